using System.Diagnostics;
using System.Globalization;
using Casefile.ColdStart;
using Casefile.Core;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;

namespace Casefile.QueryBench;

/// <summary>How long lists take over one folder of sample records, and what they allocate.</summary>
internal sealed class QueryTimes
{
    private const int Times = 200;
    private const int Page = 20;
    private const long DeepPage = 200_000;

    private readonly List<(string What, double[] Milliseconds, long Bytes)> rows = [];

    public static async Task<QueryTimes> MeasureAsync(string folder)
    {
        var times = new QueryTimes();
        // Each index by itself first, so that what the pair of fields gets on top of that can be told.
        await times.MeasureAsync(folder, "", options => options);
        await times.MeasureAsync(folder, ", no index over both", options => options with { CompositeWorth = long.MaxValue });
        return times;
    }

    public static void Write(IReadOnlyList<(int Records, QueryTimes Times)> columns)
    {
        var least = columns[0].Times.rows;
        Console.WriteLine($"| p50, p99 ms (KiB allocated) | {string.Join(" | ", columns.Select(column => column.Records.ToString("N0", CultureInfo.InvariantCulture)))} | p50, most records to least |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", columns.Count + 1))}");
        for (var i = 0; i < least.Count; i++)
        {
            var cells = columns.Select(column => Cell(column.Times.rows[i].Milliseconds, column.Times.rows[i].Bytes));
            var ratio = Percentile(columns[^1].Times.rows[i].Milliseconds, 50) / Percentile(least[i].Milliseconds, 50);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {least[i].What} | {string.Join(" | ", cells)} | {ratio:0.0} |"));
        }
    }

    private async Task MeasureAsync(string folder, string suffix, Func<ReplicaOptions, ReplicaOptions> configure)
    {
        using var storage = SampleType.OpenStorage(folder);
        var partitions = SampleType.Partitions(storage);
        await using var replicas = SampleType.Replicas(folder, storage, partitions, options => configure(options) with { SnapshotMinimumRows = long.MaxValue });
        var type = await OpenAsync(replicas, queries => queries.Type);
        var total = await OpenAsync(replicas, queries => Value(queries.Count(new RecordSelection(), null)));
        var (kind, open, weight, name, seen) = (Field("kind"), Field("open"), Field("weight"), Field("name"), Field("seen"));
        var medium = new Filter.Comparison(kind, FilterOperator.Equal, ["medium"]);
        var isOpen = new Filter.Comparison(open, FilterOperator.IsTrue, []);
        var heavy = new Filter.Comparison(weight, FilterOperator.GreaterThan, [9_990.0]);

        if (suffix.Length == 0)
        {
            await ListAsync("first query of a kind: range of one field, sorted by another", 1, new RecordSelection(heavy), new RecordOrder(seen), 0);
            await ListAsync("first query of a kind: one value of a field, sorted by another", 1, new RecordSelection(medium), new RecordOrder(name), 0);
            await ListAsync("first page by creation, no filter", Times, new RecordSelection(), new RecordOrder(), 0);
        }

        await WarmAsync(new RecordSelection(medium), new RecordOrder(weight), Math.Min(DeepPage, Math.Max(0, (total / 3) - Page)));
        await ListAsync($"one value, sorted by another field{suffix}", Times, new RecordSelection(medium), new RecordOrder(weight), 0);
        await ListAsync($"the same, page 10,000 or the last{suffix}", Times / 10, new RecordSelection(medium), new RecordOrder(weight), Math.Min(DeepPage, Math.Max(0, (total / 3) - Page)));
        await CursorAsync($"the same, a page by cursor{suffix}", new RecordSelection(medium), new RecordOrder(weight));
        if (suffix.Length > 0) return;

        await WarmAsync(new RecordSelection(heavy), new RecordOrder(weight), 0);
        await ListAsync("range of a field, sorted by it", Times, new RecordSelection(heavy), new RecordOrder(weight), 0);
        var both = new Filter.All([medium, isOpen]);
        await ListAsync("one value of a field, sorted by another, right after a change", Times / 2, new RecordSelection(medium), new RecordOrder(weight), 0, ChangeAsync);
        await CountAsync("count of two filters, first", 1, new RecordSelection(both));
        await CountAsync("the same count, then", Times, new RecordSelection(both));
        await CountAsync("the same count, right after a change", Times / 2, new RecordSelection(both), ChangeAsync);

        RecordField Field(string of) => type.Fields.First(field => field.Name == of);

        async Task WarmAsync(RecordSelection selection, RecordOrder order, long skip)
        {
            for (var i = 0; i < 12; i++)
            {
                await OpenAsync(replicas, queries => Value(queries.List(selection, order, skip, Page, null)).Total);
                // An index is made beside the lists; a change makes the next one wait for it.
                await ChangeAsync();
            }
        }

        Task ListAsync(string what, int times, RecordSelection selection, RecordOrder order, long skip, Func<Task>? before = null)
            => TimeAsync(what, times, queries => Value(queries.List(selection, order, skip, Page, null)).Rows.Count, before);

        Task CountAsync(string what, int times, RecordSelection selection, Func<Task>? before = null)
            => TimeAsync(what, times, queries => Value(queries.Count(selection, null)), before);

        async Task CursorAsync(string what, RecordSelection selection, RecordOrder order)
        {
            var position = await OpenAsync(replicas, queries => Value(queries.ListAfter(selection, order, null, Page, null)).Next);
            await TimeAsync(what, Times, queries =>
            {
                var run = Value(queries.ListAfter(selection, order, position, Page, null));
                position = run.Next;
                return run.Rows.Count;
            }, null);
        }

        async Task TimeAsync(string what, int times, Func<RecordQueries, long> ask, Func<Task>? before)
        {
            var took = new double[times];
            var bytes = 0L;
            for (var i = 0; i < times; i++)
            {
                if (before is not null) await before();
                var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(precise: true));
                await OpenAsync(replicas, ask);
                took[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                bytes += GC.GetTotalAllocatedBytes(precise: true) - allocated;
            }

            rows.Add((what, took, bytes / times));
        }

        async Task ChangeAsync()
        {
            var changed = await partitions[SampleType.Address].CommitAsync<bool>(
                async (scope, token) =>
                {
                    var key = RecordRow.Key(1 + (scope.Version % total));
                    var image = new Dictionary<string, object>((await scope.GetAsync(key, token))!.Properties)
                    {
                        [RecordRow.Field(kind.Id)] = scope.Version % 2 == 0 ? "medium" : "high",
                        [RecordRow.Updated] = scope.Now.ToUnixTimeMilliseconds(),
                    };
                    scope.Put(key, image);
                    return true;
                },
                CancellationToken.None);
            if (changed.Problem is { } problem) throw new InvalidOperationException(problem.Faults[0].Message);
        }
    }

    private static async Task<T> OpenAsync<T>(ReplicaSet replicas, Func<RecordQueries, T> ask)
    {
        var opened = await replicas.OpenAsync(SampleType.Address, CancellationToken.None);
        if (opened.Problem is { } problem) throw new InvalidOperationException(problem.Faults[0].Message);
        using var lease = opened.Value!;
        return ask(new RecordQueries(lease));
    }

    private static T Value<T>(Result<T> result)
        => result.Problem is { } problem ? throw new InvalidOperationException(problem.Faults[0].Message) : result.Value!;

    private static string Cell(double[] milliseconds, long bytes)
        => string.Create(CultureInfo.InvariantCulture, $"{Percentile(milliseconds, 50):0.00}, {Percentile(milliseconds, 99):0.00} ({bytes / 1024})");

    private static double Percentile(double[] milliseconds, int percent)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
    }
}
