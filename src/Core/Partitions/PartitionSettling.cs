namespace Casefile.Core.Partitions;

/// <summary>How a timer puts a partition down again after it has looked at it.</summary>
public sealed class PartitionSettling(PartitionSet partitions, DueTable dueTable)
{
    /// <summary>
    /// Takes back the promise that a timer looks at the partition, and promises the next look. The commit comes first, so whoever writes
    /// afterwards sees that nothing is promised and promises anew, which the row's ETag then tells.
    /// </summary>
    /// <param name="due">The partition as the timer found it.</param>
    /// <param name="kind">Which timer.</param>
    /// <param name="next">Finds, inside the commit, when the timer has to look again; null for not before something is written.</param>
    /// <param name="cancellationToken">Stops; the timer then looks again at its next run.</param>
    /// <returns>Whether the commit was made; where it was not, the timer looks again at its next run.</returns>
    public async Task<bool> SettleAsync(
        DuePartition due, DueKind kind, Func<OperationScope, CancellationToken, ValueTask<DateTimeOffset?>> next, CancellationToken cancellationToken)
    {
        var settled = await partitions[due.Address].CommitAsync<DateTimeOffset?>(
            async (scope, token) =>
            {
                var at = await next(scope, token);
                scope.Settle(kind);
                return at;
            },
            cancellationToken);
        if (settled.Try(out var nextLook, out var problem)) await dueTable.MoveAsync(due, kind, nextLook, cancellationToken);
        else if (problem.Kind == ProblemKind.NotFound && kind == DueKind.Retention) await dueTable.MoveAsync(due, kind, null, cancellationToken);
        return settled.Problem is null;
    }
}
