using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Partitions;

/// <summary>
/// The work of the MaintainStorage timer: what commits owe and a crash left undone, log entries and idempotency keys past their time, and the
/// rows and blobs of deleted partitions. It looks only at partitions that the <c>due</c> table names, and may stop at any point.
/// </summary>
public sealed partial class Maintenance(
    IStorage storage,
    PartitionSet partitions,
    DueTable dueTable,
    PartitionSettling settling,
    OwedWorkHandlers owedWork,
    IEnumerable<IHousekeeping> housekeeping,
    TimeProvider time,
    ILogger<Maintenance> logger)
{
    /// <summary>When work that failed is tried again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>How long a deleted partition's head stays, so that a blob written by a request still under way is found.</summary>
    private static readonly TimeSpan Grave = TimeSpan.FromHours(1);

    private readonly IHousekeeping[] housekeeping = [.. housekeeping];

    /// <summary>Looks at every partition that is due.</summary>
    /// <returns>How many partitions it looked at.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var looked = 0;
        await foreach (var due in dueTable.ReadAsync(DueKind.Maintenance, time.GetUtcNow(), cancellationToken))
        {
            try
            {
                await MaintainAsync(due, cancellationToken);
                looked++;
            }
#pragma warning disable CA1031 // One partition's trouble is not the others'; it stays due.
            catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogFailed(exception, due.Address);
            }
        }

        return looked;
    }

    private async Task MaintainAsync(DuePartition due, CancellationToken cancellationToken)
    {
        var partition = partitions[due.Address];
        var head = await partition.ReadHeadAsync(cancellationToken);
        if (head is null)
        {
            await dueTable.MoveAsync(due, DueKind.Maintenance, null, cancellationToken);
            return;
        }

        var owedLeft = await DoOwedAsync(due.Address, cancellationToken);
        if (head.Deleting)
        {
            await ClearAsync(due, head, owedLeft, cancellationToken);
            return;
        }

        var now = time.GetUtcNow();
        var next = await ForgetKeysAsync(due.Address, now, cancellationToken);
        foreach (var keeper in housekeeping)
            next = Earlier(next, await keeper.RunAsync(partition, now, cancellationToken));

        var old = await FloorAsync(due.Address, head, now, cancellationToken);
        var floor = head.LogFloor;
        var settled = await settling.SettleAsync(
            due,
            DueKind.Maintenance,
            async (scope, token) =>
            {
                // What the named snapshot leaves to be read from the log stays, however old; a newer snapshot has the partition looked at again.
                floor = LogRetention.Floor(scope.Head, old);
                scope.RaiseLogFloor(floor);
                // A commit may have come to owe work since this run looked, and its process may die before it does it.
                var owed = await scope.ReadAsync(RowKeys.OwedPrefix, StorageLimits.RowsPerPage, token);
                if (owed.Any(row => OwedRow.Tries(row) < OwedRow.TriesBeforeAside)) next = Earlier(next, now + RetryAfter);
                if (scope.Head.Version != head.Version && housekeeping.Any(keeper => keeper.SeesEveryCommit(due.Address, scope.Head)))
                    next = Earlier(next, now + RetryAfter);
                // A commit since this run looked may have remembered a key.
                if (floor < old) return scope.Head.Version == head.Version ? next : Earlier(next, now + LogRetention.Pruned);

                var oldest = await scope.GetAsync(RowKeys.Log(floor), token);
                return Earlier(next, oldest is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(CommitLog.AtOf(oldest) ?? 0) + LogRetention.Pruned);
            },
            cancellationToken);
        // Only below a floor that the head shows: whoever reads the log relies on it.
        if (!settled) return;
        await DeleteAsync(
            new RowRange(due.Address.Key, RowKeys.LogPrefix, RowKeys.Log(floor)), due.Address, static _ => true, cancellationToken);
    }

    /// <summary>Does what is owed; true when some of it is left to be tried again.</summary>
    private async Task<bool> DoOwedAsync(PartitionAddress address, CancellationToken cancellationToken)
    {
        var table = storage.Table(address.Table);
        var left = false;
        await foreach (var row in RowsAsync(table, RowRange.Prefix(address.Key, RowKeys.OwedPrefix), cancellationToken))
        {
            var tries = OwedRow.Tries(row);
            if (tries >= OwedRow.TriesBeforeAside) continue;
            if (await owedWork.TryDoAsync(address, row, cancellationToken)) continue;

            tries++;
            await table.TransactAsync(address.Key, [RowAction.Replace(OwedRow.WithTries(row, tries), row.ETag)], cancellationToken);
            if (tries >= OwedRow.TriesBeforeAside)
            {
                LogAside(row.RowKey, address, tries);
                Diagnostics.OwedWorkPutAside(address.Table);
            }
            else
            {
                left = true;
            }
        }

        return left;
    }

    /// <summary>Empties a deleted partition: its rows at once, its head last, when no request that began before the deletion can still write a blob.</summary>
    private async Task ClearAsync(DuePartition due, Head head, bool owedLeft, CancellationToken cancellationToken)
    {
        if (owedLeft)
        {
            // What is owed may still read its rows.
            await dueTable.MoveAsync(due, DueKind.Maintenance, time.GetUtcNow() + RetryAfter, cancellationToken);
            return;
        }

        var (table, key) = (due.Address.Table, due.Address.Key);
        var cleared = await DeleteAsync(
            new RowRange(key, "!", "~"),
            due.Address,
            row => row.RowKey != RowKeys.Head && !row.RowKey.StartsWith(RowKeys.OwedPrefix, StringComparison.Ordinal),
            cancellationToken);
        foreach (var prefix in BlobsOf(due.Address))
        {
            await foreach (var blob in storage.Blobs.ListAsync(prefix, cancellationToken))
                await storage.Blobs.DeleteAsync(blob, cancellationToken);
        }

        var now = time.GetUtcNow();
        var buriedAt = DateTimeOffset.FromUnixTimeMilliseconds(head.Newest) + Grave;
        if (!cleared || now < buriedAt)
        {
            await dueTable.MoveAsync(due, DueKind.Maintenance, cleared ? buriedAt : now + RetryAfter, cancellationToken);
            return;
        }

        if (!await DeleteAsync(RowRange.Prefix(key, RowKeys.OwedPrefix), due.Address, static _ => true, cancellationToken)) return;
        var buried = await storage.Table(table).TransactAsync(key, [RowAction.Delete(key, RowKeys.Head, head.ETag)], cancellationToken);
        // Without a definite answer it stays due, and the next look finds the head or finds none.
        if (buried.Status == TransactionStatus.Committed) await dueTable.MoveAsync(due, DueKind.Maintenance, null, cancellationToken);
    }

    /// <summary>What the names of a partition's blobs begin with.</summary>
    private static IReadOnlyList<string> BlobsOf(PartitionAddress address) => address.Table switch
    {
        TableNames.Records => [$"artifacts/{address.Key}/", SnapshotReference.Prefix(address)],
        // Files of cases are named after their cases, and go with them.
        TableNames.Cases => [SnapshotReference.Prefix(address)],
        _ => [],
    };

    /// <summary>Forgets the idempotency keys that are past their time.</summary>
    /// <returns>When the next one is to be forgotten, or null.</returns>
    private async Task<DateTimeOffset?> ForgetKeysAsync(PartitionAddress address, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset? next = null;
        var all = await DeleteAsync(
            RowRange.Prefix(address.Key, RowKeys.OncePrefix),
            address,
            row =>
            {
                var forgottenAt = Once.ForgottenAt(row);
                if (forgottenAt < now) return true;
                next = Earlier(next, forgottenAt);
                return false;
            },
            cancellationToken);
        return all ? next : Earlier(next, now + RetryAfter);
    }

    /// <summary>The lowest version whose log entry has to be kept. Entries lie in the order of their time, so it is found by halving.</summary>
    private async Task<long> FloorAsync(PartitionAddress address, Head head, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var table = storage.Table(address.Table);
        var cut = (now - LogRetention.Kept).ToUnixTimeMilliseconds();
        var (low, high) = (head.LogFloor, head.Version + 1);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var row = await table.GetAsync(address.Key, RowKeys.Log(middle), cancellationToken);
            if (row is not null && CommitLog.AtOf(row) < cut) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Deletes rows that are no data: each under its own ETag, so that one that changed meanwhile stays.</summary>
    /// <returns>False when some of them are still there.</returns>
    private async Task<bool> DeleteAsync(RowRange range, PartitionAddress address, Func<Row, bool> which, CancellationToken cancellationToken)
    {
        var table = storage.Table(address.Table);
        var all = true;
        var batch = new List<RowAction>(StorageLimits.ActionsPerTransaction);
        await foreach (var row in RowsAsync(table, range, cancellationToken))
        {
            if (!which(row)) continue;
            batch.Add(RowAction.Delete(address.Key, row.RowKey, row.ETag));
            if (batch.Count < StorageLimits.ActionsPerTransaction) continue;
            await SendAsync();
        }

        if (batch.Count > 0) await SendAsync();
        return all;

        async Task SendAsync()
        {
            var outcome = await table.TransactAsync(address.Key, batch, cancellationToken);
            all &= outcome.Status == TransactionStatus.Committed;
            batch.Clear();
        }
    }

    private static async IAsyncEnumerable<Row> RowsAsync(
        ITable table, RowRange range, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await table.ReadAsync(range, cancellationToken);
            foreach (var row in page.Rows) yield return row;
            if (page.Continuation is null) yield break;
            range = range with { Continuation = page.Continuation };
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other)
        => one is null ? other : other is null || one < other ? one : other;

    [LoggerMessage(2201, LogLevel.Error, "Maintenance of {Address} failed; it stays due")]
    private partial void LogFailed(Exception exception, PartitionAddress address);

    [LoggerMessage(2202, LogLevel.Error, "Owed work {RowKey} of {Address} is put aside after {Tries} tries")]
    private partial void LogAside(string rowKey, PartitionAddress address, long tries);
}
