using System.Globalization;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Webhooks;

namespace Casefile.Core.Tenancy;

/// <summary>Deletes the memberships and keys of a deleted team, which count for nothing from its deletion on, and what was around its cases, webhooks and their deliveries too.</summary>
public sealed class TeamCleanup(TenantDirectory tenant, PartitionSet partitions) : IOwedWorkHandler
{
    private const string Kind = "team-cleanup";

    /// <summary>Rows that go in one commit: under the actions of a transaction.</summary>
    private const int RowsPerCommit = 80;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Kind];

    internal static OwedWork Of(long teamId) => new(Kind, teamId.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var teamId = long.Parse(work.Payload, CultureInfo.InvariantCulture);
        var snapshot = await tenant.FreshAsync(cancellationToken);
        var rows = snapshot.MembersOf(teamId).Select(member => TenantRows.Member(teamId, member.UserId))
            .Concat(snapshot.Keys.Values.Where(key => key.TeamId == teamId).Select(key => TenantRows.Key(key.Id)));
        foreach (var chunk in rows.Chunk(RowsPerCommit))
        {
            var deleted = await tenant.CommitAsync<bool>(
                async (scope, token) =>
                {
                    foreach (var rowKey in chunk)
                    {
                        if (await scope.GetAsync(rowKey, token) is not null) scope.Delete(rowKey);
                    }

                    return true;
                },
                cancellationToken);
            if (deleted.Problem is { } problem) throw new StorageUnavailableException(problem.Faults[0].Message);
        }

        var cleared = await partitions[CaseRow.Address(teamId)].CommitAsync<bool>(
            async (scope, token) =>
            {
                // What is owed of deleted cases is done first: it reads what was inside them.
                var owed = await scope.ReadAsync(RowKeys.OwedPrefix, StorageLimits.RowsPerPage, token);
                if (owed.Any(row => OwedRow.Tries(row) < OwedRow.TriesBeforeAside)) return Problem.Of(ProblemKind.Unavailable, "Work of the team's cases is still owed");

                // Sign-posts of cases that have moved to other teams stay, in a partition that is closed.
                if ((await scope.ReadAsync(CaseRow.Prefix, 1, token)).Count > 0) return false;
                scope.DeletePartition();
                scope.DueBy(DueKind.Maintenance, scope.Now);
                return true;
            },
            cancellationToken);
        if (cleared.Problem is { Kind: not ProblemKind.NotFound } failed) throw new StorageUnavailableException(failed.Faults[0].Message);

        var untold = await partitions[DeliveryQueue.Address(teamId)].CommitAsync<bool>(
            (scope, _) =>
            {
                scope.DeletePartition();
                scope.DueBy(DueKind.Maintenance, scope.Now);
                return ValueTask.FromResult<Result<bool>>(true);
            },
            cancellationToken);
        if (untold.Problem is { Kind: not ProblemKind.NotFound } left) throw new StorageUnavailableException(left.Faults[0].Message);
    }
}
