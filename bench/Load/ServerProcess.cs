using System.Diagnostics;

namespace Casefile.Load;

/// <summary>A server in a process of its own that prints <c>Listening on URL</c> once it listens, as LocalHost does.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const string Announcement = "Listening on ";
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly Process process;

    private ServerProcess(Process process, Uri url) => (this.process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>The processor time that it has taken since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>The memory that it has resident, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>The most memory that it has had resident, in bytes.</summary>
    public long PeakWorkingSet
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts a .NET program and waits until it listens.</summary>
    /// <param name="assembly">The path of its dll.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <exception cref="InvalidOperationException">It ended, or did not listen within two minutes.</exception>
    public static async Task<ServerProcess> StartAsync(
        string assembly, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var how = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment ?? []) how.Environment[name] = value;
        var process = Process.Start(how)!;
        var url = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) url.TrySetException(new InvalidOperationException($"{assembly} ended before it listened."));
            else if (line.Data.StartsWith(Announcement, StringComparison.Ordinal)) url.TrySetResult(new Uri(line.Data[Announcement.Length..].Split(' ')[0]));
        };
        process.BeginOutputReadLine();
        try
        {
            return new ServerProcess(process, await url.Task.WaitAsync(StartPatience));
        }
        catch (Exception fault)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw fault as InvalidOperationException ?? new InvalidOperationException($"{assembly} did not listen.", fault);
        }
    }

    /// <summary>Asks it to stop (SIGTERM), and ends it where it has not within 30 seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using (var term = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await term.WaitForExitAsync();
            using var patience = new CancellationTokenSource(StopPatience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
    }
}
