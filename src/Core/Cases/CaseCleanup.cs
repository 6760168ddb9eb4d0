using System.Globalization;
using Casefile.Core.Cases.Files;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Storage;

namespace Casefile.Core.Cases;

/// <summary>
/// Clears what was inside a case that is deleted: the records and cases that were linked lose it first, so that whatever is left of its rows says what is still to be done. The
/// contents of its files go with their rows.
/// </summary>
public sealed class CaseCleanup(PartitionSet partitions, CaseDesk desk, CaseRecordWork records, IStorage storage) : IOwedWorkHandler
{
    private const string Kind = "case-cleanup";
    private const int PartsPerCommit = 80;
    private const int AtOnce = 8;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Kind];

    /// <summary>The work.</summary>
    internal static OwedWork Of(long caseId, long userId) => new(Kind, string.Create(CultureInfo.InvariantCulture, $"{caseId} {userId}"));

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var numbers = work.Payload.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var caseId = numbers[0];
        long? userId = numbers.Length > 1 ? numbers[1] : null;
        await LeaveAsync(
            owner,
            CaseRow.PartsOf(caseId, PartKind.Record),
            row => records.ForgetAsync(row.Integer(CopyRow.RecordType) ?? 0, RowKeys.LastNumber(row.RowKey), caseId, cancellationToken),
            cancellationToken);
        await LeaveAsync(
            owner,
            CaseRow.PartsOf(caseId, PartKind.Link),
            row => LinkedCaseWork.ForgetAsync(desk, RowKeys.LastNumber(row.RowKey), caseId, CaseCopies.VersionOf(row.Properties) + 1, userId, cancellationToken),
            cancellationToken);
        for (var more = true; more;)
        {
            var cleared = await partitions[owner].CommitAsync<bool>(
                async (scope, token) =>
                {
                    var rows = await scope.ReadAsync(CaseRow.PartsOf(caseId), PartsPerCommit, token);
                    foreach (var row in rows) scope.Delete(row.RowKey);
                    // What has moved took its files along: a row of the case is there then, which says where to.
                    if (await scope.GetAsync(CaseRow.Key(caseId), token) is null) BlobWork.Owe(scope, [.. rows.Select(row => row.Text(FileRow.Blob)).OfType<string>()]);
                    scope[CaseCounters.Rows] -= rows.Count(row => !CaseCopies.IsGone(row.Properties));
                    return rows.Count == PartsPerCommit;
                },
                cancellationToken);
            if (cleared.Problem is { Kind: not ProblemKind.NotFound } problem) throw new StorageUnavailableException(problem.Faults[0].Message);
            more = cleared.Value;
        }
    }

    /// <summary>Has everything of a kind that is linked lose the case. No row is added to it any more.</summary>
    private async Task LeaveAsync(PartitionAddress owner, string prefix, Func<Row, Task> leave, CancellationToken cancellationToken)
    {
        var range = RowRange.Prefix(owner.Key, prefix);
        while (true)
        {
            var page = await storage.Table(owner.Table).ReadAsync(range, cancellationToken);
            await Abreast.RunAsync(page.Rows.Where(row => !CaseCopies.IsGone(row.Properties)), AtOnce, leave);
            if (page.Continuation is null) return;
            range = range with { Continuation = page.Continuation };
        }
    }
}
