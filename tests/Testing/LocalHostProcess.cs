using System.Diagnostics;
using System.Globalization;

namespace Casefile.Testing;

/// <summary>LocalHost as a process of its own: another one beside the first, or one to be killed. Its program has to lie beside the caller's.</summary>
public sealed class LocalHostProcess : IAsyncDisposable
{
    private const string Listening = "Listening on ";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private LocalHostProcess(Process process, Uri address) => (this.process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The memory that it holds now, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="settings">Settings, as <c>--Name value</c>.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message says what it said.</exception>
    public static async Task<LocalHostProcess> StartAsync(params IEnumerable<string> settings)
    {
        var dll = Path.Combine(AppContext.BaseDirectory, "Casefile.LocalHost.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [dll, .. settings, "--Logging:LogLevel:Default", "Warning"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("LocalHost did not start: no process");

        using var patience = new CancellationTokenSource(LongestStart);
        var said = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                said.Add(line);
                if (!line.StartsWith(Listening, StringComparison.Ordinal)) continue;
                Drain(process.StandardOutput);
                Drain(process.StandardError);
                return new LocalHostProcess(process, new Uri(line[Listening.Length..]));
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        said.Add(await process.StandardError.ReadToEndAsync(CancellationToken.None));
        process.Dispose();
        throw new InvalidOperationException($"LocalHost did not start: {string.Join('\n', said)}");
    }

    /// <summary>Ends it with SIGKILL, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var asking = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(LongestStop);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }

        process.Dispose();
    }

    private static void Drain(StreamReader output) => _ = output.BaseStream.CopyToAsync(Stream.Null);
}
