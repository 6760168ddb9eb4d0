using Casefile.Testing;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>LocalHost as a process of its own, and what a test needs to talk to it.</summary>
public sealed class ServiceProcess : ServiceClient, IAsyncDisposable
{
    private readonly LocalHostProcess process;

    private ServiceProcess(LocalHostProcess process)
    {
        this.process = process;
        Connect(process.Address);
    }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="connectionString">The way to its storage account.</param>
    /// <param name="name">What its tables' names begin with and its container is called.</param>
    /// <param name="settings">Further settings, as <c>--Name value</c>.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message says what it said.</exception>
    public static async Task<ServiceProcess> StartAsync(string connectionString, string name, params IEnumerable<string> settings)
        => new(await LocalHostProcess.StartAsync([.. SettingsOf(connectionString, name), .. settings]));

    /// <summary>Ends it with SIGKILL, in the middle of whatever it does.</summary>
    public Task KillAsync() => process.KillAsync();

    /// <summary>Asks it to end, and waits until it has.</summary>
    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return process.DisposeAsync();
    }
}
