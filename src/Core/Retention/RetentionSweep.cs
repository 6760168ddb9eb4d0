using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Retention;

/// <summary>
/// The work of the EnforceRetention timer: deletes records that have expired, and under EVICT_OLDEST the surplus over a lowered limit. It looks
/// only at partitions that the <c>due</c> table names and reads only the oldest rows of each, so its cost follows what expired, not what is stored.
/// </summary>
public sealed partial class RetentionSweep(
    PartitionSet partitions,
    RecordTypeCatalog catalog,
    DueTable dueTable,
    PartitionSettling settling,
    RecordRoom room,
    TimeProvider time,
    ILogger<RetentionSweep> logger)
{
    /// <summary>Rows that one commit changes: with head and log they fit into a transaction.</summary>
    private const int ActionsPerCommit = 80;

    /// <summary>When a type is looked at again whose records are being put into a new order.</summary>
    private static readonly TimeSpan WhileOrdering = TimeSpan.FromMinutes(1);

    /// <summary>Sweeps every type that is due. It may be stopped at any point and goes on where it was.</summary>
    /// <returns>How many records it deleted.</returns>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var removed = 0L;
        await foreach (var due in dueTable.ReadAsync(DueKind.Retention, time.GetUtcNow(), cancellationToken))
        {
            try
            {
                if (due.Address.Table == TableNames.Records) removed += await SweepAsync(due, cancellationToken);
            }
#pragma warning disable CA1031 // One type's trouble is not the others'; it stays due.
            catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogFailed(exception, due.Address);
            }
        }

        return removed;
    }

    private async Task<long> SweepAsync(DuePartition due, CancellationToken cancellationToken)
    {
        var typeId = long.Parse(due.Address.Key, CultureInfo.InvariantCulture);
        var removed = 0L;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = await partitions[due.Address].CommitAsync<int>(
                async (scope, token) => await StepAsync(scope, await catalog.OfAsync(scope, typeId, token), token), cancellationToken);
            if (!step.Try(out var count, out var problem))
            {
                if (problem.Kind == ProblemKind.NotFound) break;
                throw new StorageUnavailableException($"Record type {typeId} could not be swept: {problem.Kind}.");
            }

            if (count == 0) break;
            removed += count;
        }

        if (removed > 0) LogSwept(removed, typeId);
        await settling.SettleAsync(
            due, DueKind.Retention, async (scope, token) => await NextAsync(scope, await catalog.OfAsync(scope, typeId, token), token), cancellationToken);
        return removed;
    }

    private async ValueTask<int> StepAsync(OperationScope scope, RecordType type, CancellationToken cancellationToken)
    {
        if (IsReordering(scope, type)) return 0;

        return Surplus(scope, type) is > 0 and var surplus
            ? await RecordRoom.EvictAsync(scope, type, (int)Math.Min(surplus, ActionsPerCommit), evictsAny: true, ActionsPerCommit, cancellationToken)
            : await RecordRoom.EvictAsync(scope, type, ActionsPerCommit, evictsAny: false, ActionsPerCommit, cancellationToken);
    }

    private long Surplus(OperationScope scope, RecordType type)
        => type.OnLimit == LimitBehaviour.EvictOldest ? scope[RecordCounters.Live] + scope[RecordCounters.Test] - room.LimitOf(type) : 0;

    /// <summary>When the oldest record that is left expires; at once where a limit was lowered since the last step, whose own promise this commit takes back.</summary>
    private async ValueTask<DateTimeOffset?> NextAsync(OperationScope scope, RecordType type, CancellationToken cancellationToken)
    {
        if (IsReordering(scope, type)) return scope.Now + WhileOrdering;
        if (Surplus(scope, type) > 0) return scope.Now;
        if (type.Ttl is not { } ttl) return null;
        if (await scope.FirstAsync(RecordRows.OldestPrefix(type), 1, cancellationToken) is not [var oldest]) return null;

        var age = type.Retention == RetentionColumn.UpdatedAt ? RecordRows.UpdatedOf(oldest.RowKey) : oldest.Integer(RecordRow.Created)!.Value;
        return DateTimeOffset.FromUnixTimeMilliseconds(age) + ttl;
    }

    private static bool IsReordering(OperationScope scope, RecordType type)
        => type.Retention == RetentionColumn.UpdatedAt && !AgeOrder.IsComplete(scope);

    [LoggerMessage(3101, LogLevel.Information, "{Count} records of record type {RecordType} were past their time or over the limit and are deleted")]
    private partial void LogSwept(long count, long recordType);

    [LoggerMessage(3102, LogLevel.Error, "Sweeping {Address} failed; it stays due")]
    private partial void LogFailed(Exception exception, PartitionAddress address);
}
