using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Casefile.Testing;

/// <summary>
/// The emulator, on free loopback ports, with its data in a folder of its own that goes when it ends. It ends with the process that
/// started it, however that one ends, because it watches its standard input.
/// </summary>
public sealed partial class Azurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    // The emulator's well-known key, no secret: it is in the emulator's documentation.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private static readonly Lazy<Task<Azurite>> TheShared = new(() => StartAsync());

    private readonly Process process;
    private readonly string? ownFolder;

    private Azurite(Process process, int blobPort, int tablePort, string? ownFolder)
        => (this.process, BlobPort, TablePort, this.ownFolder) = (process, blobPort, tablePort, ownFolder);

    /// <summary>The port of its blobs on 127.0.0.1.</summary>
    public int BlobPort { get; }

    /// <summary>The port of its tables on 127.0.0.1.</summary>
    public int TablePort { get; }

    /// <summary>The way to it.</summary>
    public string ConnectionString => ConnectionStringTo(BlobPort, TablePort);

    /// <summary>One emulator for all tests of this process, started by whoever asks first.</summary>
    public static Task<Azurite> SharedAsync() => TheShared.Value;

    /// <summary>The way to an emulator, or to proxies in front of it, on these ports of 127.0.0.1.</summary>
    public static string ConnectionStringTo(int blobPort, int tablePort)
        => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint=http://127.0.0.1:{blobPort}/{Account};TableEndpoint=http://127.0.0.1:{tablePort}/{Account};";

    /// <summary>Starts an emulator and waits until it listens.</summary>
    /// <param name="folder">Where it keeps its data, and leaves it; null for a folder in the temp folder that goes with it.</param>
    /// <param name="blobPort">0 for a free one.</param>
    /// <param name="tablePort">0 for a free one.</param>
    /// <exception cref="InvalidOperationException">It is not installed, or did not start; the message says what it said.</exception>
    public static async Task<Azurite> StartAsync(string? folder = null, int blobPort = 0, int tablePort = 0)
    {
        var script = await AzuriteInstall.ScriptAsync();
        var own = folder is null ? Directory.CreateTempSubdirectory("casefile-azurite-").FullName : null;
        var location = folder ?? own!;
        var watch = Path.Combine(Path.GetTempPath(), $"casefile-azurite-watch-{Guid.NewGuid():N}.cjs");
        await File.WriteAllTextAsync(watch, WatchStandardInput(own));
        var process = Process.Start(new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                "--require", watch, script,
                "--location", location,
                "--blobPort", Text(blobPort), "--queuePort", "0", "--tablePort", Text(tablePort),
                "--skipApiVersionCheck", "--silent", "--disableTelemetry",
            },
            WorkingDirectory = location,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("Azurite did not start: no process");

        using var patience = new CancellationTokenSource(LongestStart);
        try
        {
            var (blobs, tables) = await ListeningAsync(process.StandardOutput, patience.Token);
            Drain(process.StandardOutput);
            Drain(process.StandardError);
            return new Azurite(process, blobs, tables, own);
        }
        catch (Exception failure) when (failure is EndOfStreamException or OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"Azurite did not start: {await process.StandardError.ReadToEndAsync(CancellationToken.None)}", failure);
        }

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Ends it at once, as a power cut would. What it held in memory is lost.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, which writes what it holds in memory, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
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
        if (ownFolder is not null && Directory.Exists(ownFolder))
            Directory.Delete(ownFolder, recursive: true);
    }

    // Loaded into node before the emulator: the end of standard input is taken for SIGTERM. This file goes at once and the folder last, by
    // another process, because the emulator's last writes end after all of its own code.
    private static string WatchStandardInput(string? folderToDelete) => $$"""
        require('fs').rmSync(__filename);
        process.stdin.resume();
        process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
        const folder = {{(folderToDelete is null ? "null" : $"'{folderToDelete.Replace('\\', '/').Replace("'", "\\'", StringComparison.Ordinal)}'")}};
        if (folder) process.on('exit', () => require('child_process').spawn('sh', ['-c', 'sleep 1; rm -rf "$0"', folder], { detached: true, stdio: 'ignore' }).unref());
        """;

    private static async Task<(int Blobs, int Tables)> ListeningAsync(StreamReader output, CancellationToken cancellationToken)
    {
        int? blobs = null, tables = null;
        while (blobs is null || tables is null)
        {
            var line = await output.ReadLineAsync(cancellationToken) ?? throw new EndOfStreamException("It ended");
            if (ListeningLine().Match(line) is not { Success: true } match)
                continue;
            var port = int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture);
            if (match.Groups["service"].ValueSpan is "Blob")
                blobs = port;
            else if (match.Groups["service"].ValueSpan is "Table")
                tables = port;
        }

        return (blobs.Value, tables.Value);
    }

    private static void Drain(StreamReader output) => _ = output.BaseStream.CopyToAsync(Stream.Null);

    [GeneratedRegex(@"Azurite (?<service>\w+) service .*listen.*:(?<port>\d+)")]
    private static partial Regex ListeningLine();
}
