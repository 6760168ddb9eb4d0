using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Storage;

namespace Casefile.Core.RecordTypes;

/// <summary>
/// Brings the <c>age-</c> rows of a type to what its definition asks for: clears those of an earlier definition, then, under UPDATED_AT, adds
/// one a record in the order of ids. Each commit does a chunk and says in the head how far it is, so any process goes on from there.
/// </summary>
public sealed class AgeOrderWork(PartitionSet partitions, RecordTypeCatalog catalog) : IOwedWorkHandler
{
    /// <summary>Rows deleted in one commit: under the actions of a transaction.</summary>
    private const int ClearedPerCommit = 80;

    /// <summary>Rows added in one commit: each may carry some 60 KiB of artifact references.</summary>
    private const int BuiltPerCommit = 40;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [AgeOrder.Work];

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        while (true)
        {
            var step = await partitions[owner].CommitAsync<AgePhase>(StepAsync, cancellationToken);
            if (step.Problem is { Kind: not ProblemKind.NotFound } problem) throw new StorageUnavailableException(problem.Faults[0].Message);
            if (step.Problem is not null || step.Value == AgePhase.Complete) return;
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async ValueTask<Result<AgePhase>> StepAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        var type = await catalog.OfAsync(scope, RecordTypeRow.IdOf(scope.Address), cancellationToken);
        switch ((AgePhase)scope[AgeOrder.Phase])
        {
            case AgePhase.Clearing:
                await ClearAsync(scope, type, cancellationToken);
                break;
            case AgePhase.Building:
                await BuildAsync(scope, type, cancellationToken);
                break;
        }

        return (AgePhase)scope[AgeOrder.Phase];
    }

    private static async ValueTask ClearAsync(OperationScope scope, RecordType type, CancellationToken cancellationToken)
    {
        var rows = await scope.ReadAsync(RecordRows.AgePrefix, ClearedPerCommit, cancellationToken);
        foreach (var row in rows) scope.Delete(row.RowKey);
        if (rows.Count == ClearedPerCommit) return;

        if (type.Retention != RetentionColumn.UpdatedAt)
        {
            Complete(scope, type);
            return;
        }

        // From here on whoever adds a record adds its row too; those that are there are this work's.
        scope[AgeOrder.Phase] = (long)AgePhase.Building;
        scope[AgeOrder.BuiltBelow] = 0;
        scope[AgeOrder.BuildEnd] = scope[RecordCounters.NextId];
    }

    private static async ValueTask BuildAsync(OperationScope scope, RecordType type, CancellationToken cancellationToken)
    {
        var records = await scope.ReadAsync(
            RecordRow.Key(scope[AgeOrder.BuiltBelow]), RecordRow.Key(scope[AgeOrder.BuildEnd]), BuiltPerCommit, cancellationToken);
        foreach (var record in records)
        {
            var id = RowKeys.LastNumber(record.RowKey);
            scope.Insert(RecordRows.AgeKey(record.Integer(RecordRow.Updated) ?? 0, id), RecordRows.AgeImage(record.Properties));
            scope[AgeOrder.BuiltBelow] = id + 1;
        }

        if (records.Count < BuiltPerCommit) Complete(scope, type);
    }

    private static void Complete(OperationScope scope, RecordType type)
    {
        scope[AgeOrder.Phase] = (long)AgePhase.Complete;
        scope[AgeOrder.BuiltBelow] = 0;
        scope[AgeOrder.BuildEnd] = 0;
        // The sweep leaves a type alone while its order is incomplete.
        if (type.Ttl is not null || type.OnLimit == LimitBehaviour.EvictOldest) scope.DueBy(DueKind.Retention, scope.Now);
    }
}
