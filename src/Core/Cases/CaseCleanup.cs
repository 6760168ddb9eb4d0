using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Cases;

/// <summary>Clears what was inside a case that is deleted.</summary>
public sealed class CaseCleanup(PartitionSet partitions) : IOwedWorkHandler
{
    private const string Kind = "case-cleanup";
    private const int PartsPerCommit = 80;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Kind];

    /// <summary>The work.</summary>
    internal static OwedWork Of(long caseId) => new(Kind, caseId.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var caseId = long.Parse(work.Payload, CultureInfo.InvariantCulture);
        for (var more = true; more;)
        {
            var cleared = await partitions[owner].CommitAsync<bool>(
                async (scope, token) =>
                {
                    var rows = await scope.ReadAsync(CaseRow.PartsOf(caseId), PartsPerCommit, token);
                    foreach (var row in rows) scope.Delete(row.RowKey);
                    scope[CaseCounters.Rows] -= rows.Count;
                    return rows.Count == PartsPerCommit;
                },
                cancellationToken);
            if (cleared.Problem is { Kind: not ProblemKind.NotFound } problem) throw new StorageUnavailableException(problem.Faults[0].Message);
            more = cleared.Value;
        }
    }
}
