using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Replicas;

/// <summary>
/// Where a new replica starts from: the partition's rows. <see cref="ReplicaSnapshots"/> is the other start: what it leaves to do, the log from
/// the version that it stands at, is the same.
/// </summary>
internal sealed class ReplicaSource(ITable table, string partitionKey, ReplicaOptions options)
{
    /// <summary>Numbers of the narrowest range: a page's worth of rows where none is missing.</summary>
    private const long NarrowestRange = StorageLimits.RowsPerPage;

    /// <summary>
    /// Fills an empty file with the partition's rows. They are read while commits go on, so that each is of its own moment, none earlier than the call:
    /// the log since then, applied in order, makes them all of one version.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="rows">How many rows there are, about.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task FillAsync(ReplicaFile file, long rows, CancellationToken cancellationToken)
    {
        foreach (var key in file.Schema.KeptRows)
        {
            if (await table.GetAsync(partitionKey, key, cancellationToken) is { } row) file.Load([row]);
        }

        foreach (var prefix in file.Schema.Prefixes) await FillAsync(file, prefix, rows, cancellationToken);
    }

    private async Task FillAsync(ReplicaFile file, string prefix, long rows, CancellationToken cancellationToken)
    {
        var first = await table.ReadAsync(RowRange.Prefix(partitionKey, prefix), cancellationToken);
        file.Load(first.Rows);
        if (first.Continuation is null) return;

        var from = first.Rows.Count == 0 ? 0 : RowKeys.FirstNumber(first.Rows[^1].RowKey, prefix);
        var end = await EndAsync(prefix, from, cancellationToken);
        using var writing = new SemaphoreSlim(1);
        if (options.BuildParallelism == 1)
        {
            foreach (var range in Ranges(prefix, from, end, rows)) await LoadAsync(file, range, writing, cancellationToken);
            return;
        }

        await Parallel.ForEachAsync(
            Ranges(prefix, from, end, rows),
            new ParallelOptions { MaxDegreeOfParallelism = options.BuildParallelism, CancellationToken = cancellationToken },
            async (range, token) => await LoadAsync(file, range, writing, token));
    }

    private async Task LoadAsync(ReplicaFile file, RowRange range, SemaphoreSlim writing, CancellationToken cancellationToken)
    {
        do
        {
            var page = await table.ReadAsync(range, cancellationToken);
            if (page.Rows.Count > 0)
            {
                await writing.WaitAsync(cancellationToken);
                try
                {
                    file.Load(page.Rows);
                }
                finally
                {
                    writing.Release();
                }
            }

            range = range with { Continuation = page.Continuation };
        }
        while (range.Continuation is not null);
    }

    /// <summary>A number above every row's, and not far: found by doubling, then by halving, a few reads of one row.</summary>
    private async Task<long> EndAsync(string prefix, long from, CancellationToken cancellationToken)
    {
        for (var step = NarrowestRange; ; step *= 4)
        {
            if (from > long.MaxValue / 2 - step) return long.MaxValue;
            if (await FirstAsync(prefix, from + step, cancellationToken) is not { } next) return await NearerEndAsync(prefix, from, from + step, cancellationToken);
            from = next;
        }
    }

    private async Task<long> NearerEndAsync(string prefix, long last, long end, CancellationToken cancellationToken)
    {
        while (end - last > NarrowestRange)
        {
            var middle = last + (end - last) / 2;
            if (await FirstAsync(prefix, middle, cancellationToken) is { } next) last = Math.Max(next, middle);
            else end = middle;
        }

        return end;
    }

    /// <summary>The number of the first row from this one on; null where there is none.</summary>
    private async Task<long?> FirstAsync(string prefix, long from, CancellationToken cancellationToken)
    {
        var range = RowRange.Prefix(partitionKey, prefix, take: 1) with { From = prefix + RowKeys.Number(from) };
        while (true)
        {
            var page = await table.ReadAsync(range, cancellationToken);
            if (page.Rows.Count > 0) return RowKeys.FirstNumber(page.Rows[0].RowKey, prefix);
            if (page.Continuation is null) return null;
            range = range with { Continuation = page.Continuation };
        }
    }

    /// <summary>
    /// Ranges of about a page each, and no more of them than that takes: ids may be far apart. Those next to each other are read at the same time, so rows come nearly in order,
    /// in which SQLite adds them fastest.
    /// </summary>
    private IEnumerable<RowRange> Ranges(string prefix, long from, long end, long rows)
    {
        var parts = rows / NarrowestRange + options.BuildParallelism * 2L;
        var width = Math.Max(NarrowestRange, (end - from) / parts + 1);
        var all = RowRange.Prefix(partitionKey, prefix);
        for (var start = from; start < end; start += width)
        {
            // The last one is open above: a row may have come since the end was looked for.
            yield return all with
            {
                From = prefix + RowKeys.Number(start),
                To = start >= end - width ? all.To : prefix + RowKeys.Number(start + width),
            };
            if (start >= end - width) yield break;
        }
    }
}
