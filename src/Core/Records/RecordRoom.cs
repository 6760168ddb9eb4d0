using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Records;

/// <summary>
/// Makes room for a record within the commit that adds it (records.md, "Limits"), so that the count never passes the limit. Expired records go
/// first under either behaviour: a type that is full of them refuses nothing.
/// </summary>
public sealed class RecordRoom(RecordLimits limits)
{
    /// <summary>Records that one commit evicts at most: with all that hangs on them they fit into a transaction.</summary>
    private const int EvictedPerCommit = 30;

    /// <summary>How many expired records a create looks past at most; the sweep is to be faster than that.</summary>
    private const int ExpiredLookedAt = 5_000;

    /// <summary>The most records that a type may hold.</summary>
    public long LimitOf(RecordType type) => Math.Min(type.MaxRecords ?? limits.RecordsPerType, limits.RecordsPerType);

    /// <summary>Sees to it that one more record fits, or says why not.</summary>
    internal async ValueTask<Problem?> MakeAsync(OperationScope scope, RecordType type, CancellationToken cancellationToken)
    {
        var limit = LimitOf(type);
        var surplus = scope[RecordCounters.Live] + scope[RecordCounters.Test] - limit + 1;
        if (surplus <= 0) return null;
        if (type.Retention == RetentionColumn.UpdatedAt && !AgeOrder.IsComplete(scope)) return StillOrdering();

        var wanted = (int)Math.Min(surplus, EvictedPerCommit);
        var evictsAny = type.OnLimit == LimitBehaviour.EvictOldest;
        var removed = await EvictAsync(scope, type, wanted, evictsAny, actions: 80, cancellationToken);
        var enough = evictsAny ? removed > 0 : removed >= surplus || (removed > 0 && await AreExpiredAsync(scope, type, surplus - removed, cancellationToken));
        return enough
            ? null
            : Problem.Invalid(
                "Record limit reached",
                string.Create(CultureInfo.InvariantCulture, $"Record type {type.Id} holds its limit of {limit} records"));
    }

    /// <summary>
    /// Whether so many more of the oldest records have expired. They count as gone, since nobody sees them, though one commit cannot delete them
    /// all: a limit that was lowered leaves such a surplus.
    /// </summary>
    private static async ValueTask<bool> AreExpiredAsync(OperationScope scope, RecordType type, long count, CancellationToken cancellationToken)
    {
        if (count > ExpiredLookedAt || RecordRows.ExpiredUntil(type, scope.Now) is not { } until) return false;
        var oldest = await scope.FirstAsync(RecordRows.OldestPrefix(type), (int)count, cancellationToken);
        if (oldest.Count < count) return false;
        var last = oldest[^1];
        return (type.Retention == RetentionColumn.UpdatedAt ? RecordRows.UpdatedOf(last.RowKey) : last.Integer(RecordRow.Created)) <= until;
    }

    /// <summary>Removes the oldest records.</summary>
    /// <param name="scope">The operation's scope.</param>
    /// <param name="type">The definition.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="evictsAny">Whether records go that have not expired.</param>
    /// <param name="actions">How many rows it may change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed.</returns>
    internal static async ValueTask<int> EvictAsync(
        OperationScope scope, RecordType type, int count, bool evictsAny, int actions, CancellationToken cancellationToken)
    {
        var expiredUntil = RecordRows.ExpiredUntil(type, scope.Now);
        if (!evictsAny && expiredUntil is null) return 0;

        var byUpdate = type.Retention == RetentionColumn.UpdatedAt;
        var blobs = new List<string>();
        var removed = 0;
        foreach (var row in await scope.FirstAsync(RecordRows.OldestPrefix(type), count, cancellationToken))
        {
            var age = byUpdate ? RecordRows.UpdatedOf(row.RowKey) : row.Integer(RecordRow.Created)!.Value;
            if (!evictsAny && age > expiredUntil) break;

            actions -= 1 + (byUpdate ? 1 : 0) + (row.Properties.ContainsKey(RecordRow.Parent) ? 1 : 0) + (row.Properties.ContainsKey(RecordRow.HasChildren) ? 1 : 0)
                + (row.Properties.ContainsKey(RecordRow.Cases) ? 1 : 0) + (row.Properties.ContainsKey(RecordRow.Events) ? 1 : 0);
            if (actions < 0) break;
            var updated = byUpdate ? age : row.Integer(RecordRow.Updated)!.Value;
            RecordRows.Remove(scope, type, RowKeys.LastNumber(row.RowKey), updated, row.Properties, blobs);
            removed++;
        }

        BlobWork.Owe(scope, blobs);
        return removed;
    }

    private static Problem StillOrdering() => Problem.Of(
        ProblemKind.Unavailable,
        "Record type is being reordered",
        "Its retention column was changed; until its records are in the new order none can make room for another.",
        TimeSpan.FromSeconds(5));
}
