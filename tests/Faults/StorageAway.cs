using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Casefile.Testing;

namespace Casefile.Faults;

/// <summary>
/// Storage goes away under clients that keep asking and comes back: once so that connections to it are refused, once so that it takes requests and never answers.
/// </summary>
internal sealed class StorageAway(AwayOptions options)
{
    private const int Calm = 10;
    private const long MostLeft = 256L << 20;

    /// <summary>A commit's 25 s and a read's 12 s (docs/operating.md), and some for a busy machine.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FaultReport report = new(new FaultOptions { Clients = options.Clients });
    private readonly ConcurrentQueue<Wanted> wanted = new();
    private readonly ConcurrentQueue<TimeSpan> waits = new();
    private volatile bool isAway;
    private volatile bool isOver;
    private long backAt;
    private long peak;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var options = AwayOptions.Parse(arguments);
        Console.WriteLine("| while storage is away | clients | answers | of them 503 with Retry-After | 503 p50 | p99 | slowest | said that nothing was written | writes again after | memory before, MiB | at most | after | violations |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        return await new StorageAway(options).RefusesAsync() + await new StorageAway(options).HangsAsync() > 0 ? 1 : 0;
    }

    private async Task<int> RefusesAsync()
    {
        var folder = Directory.CreateTempSubdirectory("casefile-away-");
        var azurite = await Azurite.StartAsync(folder.FullName);
        try
        {
            return await RunAsync(
                "its connections are refused",
                azurite.ConnectionString,
                azurite.DisposeAsync,
                async () => azurite = await Azurite.StartAsync(folder.FullName, azurite.BlobPort, azurite.TablePort));
        }
        finally
        {
            await azurite.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    private async Task<int> HangsAsync()
    {
        await using var azurite = await Azurite.StartAsync();
        await using var tables = new FaultProxy(azurite.TablePort);
        await using var blobs = new FaultProxy(azurite.BlobPort);
        return await RunAsync("it never answers", Azurite.ConnectionStringTo(blobs.Port, tables.Port), () => Let(ProxyFault.SwallowReply), () => Let(ProxyFault.None).AsTask());

        ValueTask Let(ProxyFault fault)
        {
            tables.OnRequest = blobs.OnRequest = _ => fault;
            return ValueTask.CompletedTask;
        }
    }

    private async Task<int> RunAsync(string how, string connectionString, Func<ValueTask> away, Func<Task> back)
    {
        var address = ServiceSettings.FreeAddress();
        await using var service = await LocalHostProcess.StartAsync([.. ServiceSettings.At(address), .. ServiceSettings.Over(connectionString)]);
        using var api = new RecordsApi(address);
        var type = await api.MakeTypeAsync("Alerts", WhenFull.Grows, 0);
        var clients = Task.WhenAll(Enumerable.Range(0, options.Clients).Select(client => Task.Run(() => AskAsync(api, type, client))));

        await WatchAsync(service, Calm);
        var before = peak;
        peak = 0;
        isAway = true;
        await away();
        await WatchAsync(service, options.Seconds);
        await back();
        isAway = false;
        var returned = Stopwatch.GetTimestamp();
        await WatchAsync(service, Calm);
        var most = peak;
        isOver = true;
        await clients;
        var after = service.WorkingSet;

        if (backAt == 0) report.Violated("no write was acknowledged after storage was back");
        if (after - before > MostLeft) report.Violated($"{(after - before) >> 20} MiB are left behind");
        var sorted = waits.Order().ToArray();
        if (sorted.Length == 0) report.Violated("nobody was told to come back");
        else if (sorted[^1] > Budget) report.Violated($"an answer took {sorted[^1].TotalSeconds:N1} s");
        var audit = new Audit(wanted, report);
        await audit.ComesBackAsync(api, type);
        await audit.TypeAsync(api, type, 0);

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {how} | {options.Clients} | {report["answers"]:N0} | {report["come back"]:N0} | {Wait(0.5)} | {Wait(0.99)} | {Wait(1)} | {report["nothing written"]:N0} | {(backAt == 0 ? "never" : $"{Stopwatch.GetElapsedTime(returned, backAt).TotalSeconds:N1} s")} | {before >> 20} | {most >> 20} | {after >> 20} | {report["violations"]} |"));
        foreach (var violation in report.Violations) await Console.Error.WriteLineAsync(violation);
        return report.Violations.Count;

        string Wait(double share) => sorted.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{sorted[(int)((sorted.Length - 1) * share)].TotalSeconds:N2} s");
    }

    private async Task WatchAsync(LocalHostProcess service, int seconds)
    {
        for (var i = 0; i < seconds * 2; i++)
        {
            await Task.Delay(500);
            peak = Math.Max(peak, service.WorkingSet);
        }

        if (service.HasExited) report.Violated("the service has ended");
    }

    private async Task AskAsync(RecordsApi api, FaultType type, int client)
    {
        for (var i = 0; !isOver; i++)
        {
            var wasAway = isAway;
            var started = Stopwatch.GetTimestamp();
            var reply = (i % 4) switch
            {
                0 => await api.PageAsync(type, 1, 20),
                1 => await api.GetAsync($"/api/v1/record_types/{type.Id}"),
                _ => await CreateAsync(api, new Wanted(type, $"{client}-{i}", null)),
            };
            if (wasAway && isAway)
            {
                report.Count("answers");
                if (reply.Status == 503)
                {
                    waits.Enqueue(Stopwatch.GetElapsedTime(started));
                    report.Count(reply.HasRetryAfter ? "come back" : "503 without Retry-After");
                    if (!reply.HasRetryAfter) report.Violated("a 503 does not say when to come back");
                }
            }

            if (reply.Status is not (200 or 201 or 503)) report.Violated($"a request was answered {reply}");
            await Task.Delay(Pause);
        }
    }

    private async Task<Reply> CreateAsync(RecordsApi api, Wanted each)
    {
        wanted.Enqueue(each);
        var reply = await api.CreateAsync(each);
        if (reply.WroteNothing) report.Count("nothing written");
        each.WasRefused = reply.WroteNothing;
        if (reply.Status != 201) return reply;
        each.Id = reply.Json.GetProperty("id").GetInt64();
        if (!isAway && !waits.IsEmpty) Interlocked.CompareExchange(ref backAt, Stopwatch.GetTimestamp(), 0);
        return reply;
    }
}
