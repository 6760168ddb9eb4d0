using System.Diagnostics;
using System.Globalization;
using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.SideBySide;

/// <summary>What the storage takes without the service: transactions of one row and of a hundred, from this process.</summary>
internal sealed class BareStorage(TimeSpan time, List<Figure> figures)
{
    public const string Single = "inserts of one row";
    public const string Hundred = "transactions of 100 rows by one sender, rows";

    public async Task TakeEmbeddedAsync(string folder, string name)
    {
        using var storage = EmbeddedStorage.Open(new StorageOptions { Embedded = folder }, TimeProvider.System, NullLoggerFactory.Instance);
        await TakeAsync(storage, name);
    }

    public async Task TakeAzuriteAsync(string connection, string name)
    {
        var storage = AzureStorage.Create(new StorageOptions { ConnectionString = connection, TablePrefix = "bare", Container = "bare" }, TimeProvider.System, NullLoggerFactory.Instance);
        await storage.CreateIfMissingAsync(CancellationToken.None);
        await TakeAsync(storage, name);
    }

    private async Task TakeAsync(IStorage storage, string name)
    {
        var table = storage.Table(TableNames.Records);
        foreach (var callers in (int[])[16, 64])
        {
            await SendAsync(table, $"warm-{callers}", callers, 1, time / 4);
            Add(name, $"{Single}, {callers} callers", await SendAsync(table, $"single-{callers}", callers, 1, time));
        }

        await SendAsync(table, "warm-hundred", 1, 100, time / 4);
        Add(name, Hundred, await SendAsync(table, "hundred", 1, 100, time));
    }

    private void Add(string name, string request, (double PerSecond, double P50, double P99) figure)
        => figures.Add(new Figure(name, false, request, 0, figure.PerSecond, figure.P50, figure.P99, null, null));

    private static async Task<(double PerSecond, double P50, double P99)> SendAsync(ITable table, string partition, int callers, int rows, TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            List<double> milliseconds = [];
            for (var n = 0; Stopwatch.GetElapsedTime(started) < time; n++)
            {
                var actions = Enumerable.Range(0, rows).Select(row => RowAction.Insert(NewRow(partition, caller, (n * rows) + row))).ToArray();
                var sent = Stopwatch.GetTimestamp();
                var outcome = await table.TransactAsync(partition, actions, CancellationToken.None);
                if (outcome.Status != TransactionStatus.Committed) throw new InvalidOperationException($"{outcome.Status} {outcome.Reason}");
                milliseconds.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            return milliseconds;
        })));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var sorted = latencies.SelectMany(milliseconds => milliseconds).Order().ToArray();
        return (sorted.Length * rows / elapsed, sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
    }

    private static Row NewRow(string partition, int caller, int n)
    {
        var properties = new Dictionary<string, object> { ["created"] = 1_790_000_000_000L + n, ["updated"] = 1_790_000_000_000L + n, ["version"] = (long)n };
        foreach (var (field, value) in Bench.SampleRecord.Of((caller * 1_000_000) + n + 1).Values) properties[$"f{field}"] = value;
        return new Row(partition, string.Create(CultureInfo.InvariantCulture, $"rec-{caller:D3}{n:D16}"), properties);
    }
}
