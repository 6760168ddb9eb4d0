using System.Diagnostics;
using System.Globalization;
using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

// What the embedded storage takes without the service on top: entity group transactions of 100 rows by one sender, and single inserts by many
// callers at once. Rounds are interleaved, so that what else runs on the machine weighs on all alike; the median counts.
//   dotnet run --project bench/EmbeddedBench -c Release [-- --folder DIR --rounds 7 --seconds 2]

var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var root = options.GetValueOrDefault("--folder", Path.GetTempPath());
var rounds = int.Parse(options.GetValueOrDefault("--rounds", "7"), CultureInfo.InvariantCulture);
var seconds = double.Parse(options.GetValueOrDefault("--seconds", "2"), CultureInfo.InvariantCulture);

(string Name, int Callers, int Rows)[] kinds =
    [("transactions of 100 rows, 1 sender", 1, 100), ("single inserts, 1 caller", 1, 1), ("single inserts, 16 callers", 16, 1), ("single inserts, 64 callers", 64, 1)];
var figures = kinds.ToDictionary(kind => kind.Name, _ => new List<Figure>());

var folder = Directory.CreateDirectory(Path.Combine(root, $"casefile-bench-{Environment.ProcessId}")).FullName;
try
{
    using var storage = EmbeddedStorage.Open(new StorageOptions { Embedded = folder }, TimeProvider.System, NullLoggerFactory.Instance);
    var table = storage.Table(TableNames.Records);
    foreach (var (_, callers, rows) in kinds) await MeasureAsync(table, $"warm-up-{callers}-{rows}", callers, rows, TimeSpan.FromSeconds(0.5));
    for (var round = 0; round < rounds; round++)
        foreach (var (name, callers, rows) in kinds)
            figures[name].Add(await MeasureAsync(table, $"{callers}-{rows}-{round}", callers, rows, TimeSpan.FromSeconds(seconds)));
}
finally
{
    Directory.Delete(folder, recursive: true);
}

Console.WriteLine("| | rows/s (median) | lowest to highest | p50 ms | p99 ms | bytes allocated a row |");
Console.WriteLine("|---|---|---|---|---|---|");
foreach (var (name, runs) in figures)
{
    var median = runs.OrderBy(run => run.RowsPerSecond).ElementAt(runs.Count / 2);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {median.RowsPerSecond:N0} | {runs.Min(run => run.RowsPerSecond):N0} to {runs.Max(run => run.RowsPerSecond):N0} | {median.P50:N2} | {median.P99:N2} | {median.BytesPerRow:N0} |"));
}

static async Task<Figure> MeasureAsync(ITable table, string partition, int callers, int rows, TimeSpan time)
{
    var allocated = GC.GetTotalAllocatedBytes();
    var started = Stopwatch.GetTimestamp();
    var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
    {
        List<double> milliseconds = [];
        for (var n = 0; Stopwatch.GetElapsedTime(started) < time; n++)
        {
            var sent = Stopwatch.GetTimestamp();
            var actions = Enumerable.Range(0, rows).Select(row => RowAction.Insert(NewRow(partition, caller, (n * rows) + row))).ToArray();
            var outcome = await table.TransactAsync(partition, actions, CancellationToken.None);
            if (outcome.Status != TransactionStatus.Committed) throw new InvalidOperationException($"{outcome.Status} {outcome.Reason}");
            milliseconds.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        return milliseconds;
    })));
    var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
    var bytes = GC.GetTotalAllocatedBytes() - allocated;
    var sorted = latencies.SelectMany(milliseconds => milliseconds).Order().ToArray();
    var count = (double)sorted.Length * rows;
    return new Figure(count / elapsed, sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100], bytes / count);
}

// The properties and sizes of a record of samples/PackageIndex.
static Row NewRow(string partition, int caller, int n) => new(
    partition,
    string.Create(CultureInfo.InvariantCulture, $"rec-{caller:D3}{n:D16}"),
    new Dictionary<string, object>
    {
        ["created"] = 1_790_000_000_000L + n,
        ["updated"] = 1_790_000_000_000L + n,
        ["version"] = (long)n,
        ["f3"] = string.Create(CultureInfo.InvariantCulture, $"package-{n}"),
        ["f4"] = "1.2.3-4+deb12u1",
        ["f5"] = "libs",
        ["f6"] = (double)n,
        ["f7"] = false,
        ["f8"] = "A library of functions that other programs use, and what it is good for, in the words of whoever keeps it in the distribution.",
    });

internal sealed record Figure(double RowsPerSecond, double P50, double P99, double BytesPerRow);
