using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Casefile.SideBySide;

/// <summary>A program that this one started, and stops.</summary>
internal sealed class LocalProcess : IAsyncDisposable
{
    private const int KeptLines = 40;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly string stopSignal;
    private readonly Queue<string> said = [];

    private LocalProcess(Process process, string stopSignal)
    {
        (this.process, this.stopSignal) = (process, stopSignal);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasEnded => process.HasExited;

    /// <summary>Its last lines.</summary>
    public string Said
    {
        get
        {
            lock (said) return string.Join('\n', said);
        }
    }

    /// <summary>The processor time that it has taken, and those that it started; null where the system does not tell.</summary>
    public TimeSpan? ProcessorTime => ProcessTree.ProcessorTime(process.Id);

    public static LocalProcess Start(ProcessStartInfo how, string stopSignal = "-TERM")
    {
        (how.RedirectStandardOutput, how.RedirectStandardError) = (true, true);
        return new LocalProcess(Process.Start(how)!, stopSignal);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said last.</exception>
    public static async Task RunAsync(ProcessStartInfo how)
    {
        await using var running = Start(how);
        await running.process.WaitForExitAsync();
        if (running.process.ExitCode != 0) throw new InvalidOperationException($"{how.FileName} {string.Join(' ', how.ArgumentList)} failed:\n{running.Said}");
    }

    /// <summary>Waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended, or is not within the time.</exception>
    public async Task ReadyAsync(Func<Task<bool>> isReady, TimeSpan patience)
    {
        for (var started = Stopwatch.GetTimestamp(); !await isReady(); await Task.Delay(100))
            if (HasEnded || Stopwatch.GetElapsedTime(started) > patience) throw new InvalidOperationException($"{process.StartInfo.FileName} did not start:\n{Said}");
    }

    /// <summary>A port of 127.0.0.1 that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using (var signal = Process.Start("kill", [stopSignal, process.Id.ToString(CultureInfo.InvariantCulture)])) await signal.WaitForExitAsync();
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

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (said)
        {
            said.Enqueue(line);
            if (said.Count > KeptLines) said.Dequeue();
        }
    }
}
