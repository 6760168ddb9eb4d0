using System.Globalization;
using System.Text;
using Casefile.Load;
using Casefile.Testing;

namespace Casefile.ListLimit;

/// <summary>Runs the service and the bare endpoint side by side, and prints how they compare.</summary>
internal sealed class Comparison : IAsyncDisposable
{
    /// <summary>Seconds.</summary>
    private const int LongestUnrest = 60;

    private static readonly string[] Never = ["--EnforceRetentionSchedule", "0 0 0 1 1 *", "--MaintainStorageSchedule", "0 0 0 1 1 *"];
    private static readonly string[] Unlimited = ["--RateLimits:Default", "0", "--RateLimits:Records", "0"];
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(30);

    private readonly int clients;
    private readonly int requests;
    private readonly int rounds;
    private readonly string folder = Directory.CreateTempSubdirectory("casefile-list-limit-").FullName;
    private Azurite? azurite;
    private ServerProcess? service;
    private ServerProcess? bare;

    private Comparison(int clients, int requests, int rounds) => (this.clients, this.requests, this.rounds) = (clients, requests, rounds);

    public static async Task<int> RunAsync(string[] args)
    {
        var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        int Number(string name, int usual) => int.Parse(options.GetValueOrDefault(name, usual.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        string[] storages = options.TryGetValue("--storage", out var named) ? [named] : ["embedded", "azurite"];
        Console.WriteLine("| storage | request | requests/s (median; lowest to highest) | p50 ms | p99 ms | server CPU µs a request | of the bare endpoint | storage requests a list |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var storage in storages)
        {
            await using var comparison = new Comparison(Number("--clients", 16), Number("--requests", 20_000), Number("--rounds", 5));
            await comparison.RunAsync(storage, Number("--records", 20_000));
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (service is not null) await service.DisposeAsync();
        if (bare is not null) await bare.DisposeAsync();
        if (azurite is not null) await azurite.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task RunAsync(string storage, int records)
    {
        if (storage == "azurite") azurite = await Azurite.StartAsync();
        string[] where = azurite is null ? ["--Storage:Embedded", Path.Combine(folder, "storage")] : ["--Storage:ConnectionString", azurite.ConnectionString];
        var program = typeof(Comparison).Assembly.Location;
        service = await ServerProcess.StartAsync(
            program,
            ["--serve", "--urls", "http://127.0.0.1:0", "--RECORDS_OWNER_KEY", SampleList.Key, "--Logging:LogLevel:Default", "Warning", .. where, .. Never, .. Unlimited]);
        var list = await SampleList.MakeAsync(service.Url, records);
        var answer = await SettledAsync(list);
        var body = Path.Combine(folder, "answer.json");
        await File.WriteAllBytesAsync(body, answer.Body.ToArray());
        bare = await ServerProcess.StartAsync(program, ["--serve-bare", body]);

        var same = new Side("the same list", service, _ => _ => list.Request);
        var sides = new List<Side> { new("bare endpoint, the same bytes", bare, _ => _ => list.Request), same };
        if (EtagOf(answer) is { } etag) sides.Add(new Side("the same list, unchanged (304)", service, _ => _ => list.Unchanged(etag)) { Expected = 304 });
        sides.Add(new Side("each time another list", service, _ => number => list.Other(number)) { Share = 10 });

        foreach (var side in sides) Drive(side, requests / 4);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var side in sides) side.Add(Drive(side, requests / side.Share));
        }

        var limit = sides[0].Median(run => run.Load.PerSecond);
        foreach (var side in sides) Console.WriteLine(side.Row(storage, limit));
    }

    /// <summary>The answer once it stays the same: after the first list a snapshot is written, and naming it is a commit, too.</summary>
    private async Task<LoadAnswer> SettledAsync(SampleList list)
    {
        var answer = First(list);
        for (var look = 0; look < LongestUnrest; look++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            var before = EtagOf(answer);
            answer = First(list);
            if (EtagOf(answer) == before) return answer;
        }

        throw new InvalidOperationException("The list does not settle.");
    }

    private LoadAnswer First(SampleList list)
    {
        using var connection = new LoadConnection(service!.Url);
        var answer = connection.Send(list.Request);
        if (!answer.IsSuccess) throw new InvalidOperationException(Encoding.UTF8.GetString(answer.Body.Span));
        return answer with { Head = answer.Head.ToArray(), Body = answer.Body.ToArray() };
    }

    private static string? EtagOf(LoadAnswer answer)
        => Encoding.ASCII.GetString(answer.Head.Span).Split("\r\n").FirstOrDefault(line => line.StartsWith("ETag: ", StringComparison.OrdinalIgnoreCase))?["ETag: ".Length..];

    private Run Drive(Side side, int count)
    {
        var (before, cpu) = (side.Server == service ? StorageRequests() : 0, side.Server.ProcessorTime);
        var load = new LoadRun(side.Server.Url, clients, count, LongestRun) { Expected = side.Expected }.Send(side.Requests).OrThrow();
        return new Run(load, (side.Server.ProcessorTime - cpu).TotalMicroseconds / load.Count, side.Server == service ? (double)(StorageRequests() - before) / load.Count : null);
    }

    private long StorageRequests()
    {
        using var connection = new LoadConnection(service!.Url);
        return long.Parse(Encoding.ASCII.GetString(connection.Send(new LoadRequest("GET", CountedService.CountPath)).Body.Span), CultureInfo.InvariantCulture);
    }

    /// <summary>A run of one side.</summary>
    /// <param name="Load">What the clients saw.</param>
    /// <param name="Cpu">Processor time of the server, in microseconds a request.</param>
    /// <param name="Storage">Storage requests a list; null where there is no storage.</param>
    private sealed record Run(LoadResult Load, double Cpu, double? Storage);

    /// <summary>What is compared.</summary>
    private sealed record Side(string Name, ServerProcess Server, Func<int, Func<long, LoadRequest>> Requests)
    {
        private readonly List<Run> runs = [];

        /// <summary>The status that counts as an answer.</summary>
        public int? Expected { get; init; }

        /// <summary>It gets this part of the requests, being slower.</summary>
        public int Share { get; init; } = 1;

        public void Add(Run run) => runs.Add(run);

        public double Median(Func<Run, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);

        public string Row(string storage, double limit)
        {
            var perSecond = Median(run => run.Load.PerSecond);
            var (lowest, highest) = (runs.Min(run => run.Load.PerSecond), runs.Max(run => run.Load.PerSecond));
            var transactions = runs[0].Storage is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Median(run => run.Storage!.Value):N3}");
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {storage} | {Name} | {perSecond:N0} ({lowest:N0} to {highest:N0}) | {Median(run => run.Load.P50):N2} | {Median(run => run.Load.P99):N2} | {Median(run => run.Cpu):N0} | {perSecond / limit:P0} | {transactions} |");
        }
    }
}
