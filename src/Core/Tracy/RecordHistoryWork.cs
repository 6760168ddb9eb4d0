using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Tracy;

/// <summary>Deletes the history of a record that is gone, after the commit that deleted it.</summary>
public sealed class RecordHistoryWork(PartitionSet partitions) : IOwedWorkHandler
{
    private const string Kind = "record-history";

    /// <summary>Rows that one commit deletes: as many as fit into a transaction with what else is in it.</summary>
    private const int RowsPerCommit = 90;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Kind];

    /// <summary>Owed by the commit that deletes a record which has a history.</summary>
    internal static OwedWork Of(long recordId) => new(Kind, recordId.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var prefix = RecordHistory.PrefixOf(long.Parse(work.Payload, CultureInfo.InvariantCulture));
        while (true)
        {
            var deleted = await partitions[owner].CommitAsync<int>(
                async (scope, token) =>
                {
                    var rows = await scope.ReadAsync(prefix, RowsPerCommit, token);
                    foreach (var row in rows) scope.Delete(row.RowKey);
                    return rows.Count;
                },
                cancellationToken);
            if (!deleted.Try(out var count, out var problem))
            {
                if (problem.Kind == ProblemKind.NotFound) return;
                throw new StorageUnavailableException(problem.Faults[0].Message);
            }

            if (count < RowsPerCommit) return;
        }
    }
}
