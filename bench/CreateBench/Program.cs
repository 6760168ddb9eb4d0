using System.Globalization;
using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Casefile.CreateBench;
using Microsoft.Extensions.Logging.Abstractions;

// What the commit protocol costs, or gains: records created one by one through the record store by many callers at once, beside single inserts of rows
// like theirs by as many callers over the same embedded storage. The last pair is what an import does: 320 creates under way for one sender, beside bare
// transactions of 100 rows. Every run has a partition of its own; rounds are interleaved and the median counts.
//   dotnet run --project bench/CreateBench -c Release [-- --folder DIR --rounds 7 --seconds 1.5 --callers 320]

var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var root = options.GetValueOrDefault("--folder", Path.GetTempPath());
var rounds = int.Parse(options.GetValueOrDefault("--rounds", "7"), CultureInfo.InvariantCulture);
var time = TimeSpan.FromSeconds(double.Parse(options.GetValueOrDefault("--seconds", "1.5"), CultureInfo.InvariantCulture));

Pair[] all =
[
    new("1 caller", "single inserts", 1, 1, 1),
    new("16 callers", "single inserts", 16, 16, 1),
    new("64 callers", "single inserts", 64, 64, 1),
    new("320 under way", "transactions of 100, one sender", 320, 1, 100),
];
var pairs = options.TryGetValue("--callers", out var callers) ? [.. all.Where(pair => pair.Callers == int.Parse(callers, CultureInfo.InvariantCulture))] : all;
var figures = pairs.ToDictionary(pair => pair, _ => new List<(Figure Bare, Figure Created)>());

var folder = Directory.CreateDirectory(Path.Combine(root, $"casefile-create-bench-{Environment.ProcessId}")).FullName;
try
{
    var transactions = new TransactionCounter();
    using var storage = EmbeddedStorage.Open(new StorageOptions { Embedded = folder }, TimeProvider.System, NullLoggerFactory.Instance, transactions);
    await using var service = new RecordService(storage, Path.Combine(folder, "replicas"));
    var bare = new BareInserts(storage.Table(TableNames.Records));
    foreach (var pair in pairs) await MeasureAsync(pair, TimeSpan.FromSeconds(0.7));
    for (var round = 0; round < rounds; round++)
        foreach (var pair in pairs)
            figures[pair].Add(await MeasureAsync(pair, time));

    async Task<(Figure Bare, Figure Created)> MeasureAsync(Pair pair, TimeSpan atMost)
    {
        var partition = "bare-" + Guid.NewGuid().ToString("N");
        var inserted = await Figure.MeasureAsync(pair.Senders, pair.Rows, atMost, transactions, n => bare.InsertAsync(partition, n, pair.Rows));
        var type = await service.NewTypeAsync();
        return (inserted, await Figure.MeasureAsync(pair.Callers, 1, atMost, transactions, n => service.CreateAsync(type, n)));
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

Console.WriteLine("| creates | /s (median) | beside | rows/s (median) | of each round | records a transaction | CPU µs, and of a bare row | bytes allocated, and of a bare row |");
Console.WriteLine("|---|---|---|---|---|---|---|---|");
foreach (var (pair, runs) in figures)
{
    var ratios = runs.Select(run => run.Created.PerSecond / run.Bare.PerSecond).ToArray();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {pair.Name} | {Median(runs.Select(run => run.Created.PerSecond)):N0} | {pair.Bare} | {Median(runs.Select(run => run.Bare.PerSecond)):N0} | {Median(ratios):P0} ({ratios.Min():P0} to {ratios.Max():P0}) | {Median(runs.Select(run => run.Created.PerTransaction)):N1} | {Median(runs.Select(run => run.Created.Cpu)):N1}, {Median(runs.Select(run => run.Bare.Cpu)):N1} | {Median(runs.Select(run => run.Created.Allocated)):N0}, {Median(runs.Select(run => run.Bare.Allocated)):N0} |"));
}

static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

/// <summary>A number of creates under way, and what they are compared with.</summary>
internal sealed record Pair(string Name, string Bare, int Callers, int Senders, int Rows);
