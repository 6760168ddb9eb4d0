using System.Globalization;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Tenancy;

/// <summary>
/// Deletes a team of which a commit of the tenant has said that it is to go, unless it has cases or record types. Its cases are in a partition of their own, so first that one
/// is closed by a commit that sees no case: from then on none is made in it. Then the tenant's commit deletes the team, or takes the intent back, and the partition is opened
/// again. Each step may be done twice: by the request, and by owed work where a crash comes between.
/// </summary>
public sealed class TeamRemoval(TenantDirectory tenant, PartitionSet partitions) : IOwedWorkHandler
{
    private const string Kind = "team-removal";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Kind];

    /// <summary>The work.</summary>
    /// <param name="teamId">The team.</param>
    /// <param name="intent">The version of the tenant's commit that says so.</param>
    internal static OwedWork Of(long teamId, long intent) => new(Kind, string.Create(CultureInfo.InvariantCulture, $"{teamId}/{intent}"));

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var slash = work.Payload.IndexOf('/', StringComparison.Ordinal);
        var problem = await FinishAsync(
            long.Parse(work.Payload.AsSpan(0, slash), CultureInfo.InvariantCulture), long.Parse(work.Payload.AsSpan(slash + 1), CultureInfo.InvariantCulture), null, cancellationToken);
        if (problem is { Kind: ProblemKind.Unavailable }) throw new StorageUnavailableException(problem.Faults[0].Message);
    }

    /// <summary>Goes on from the intent to its end.</summary>
    /// <param name="teamId">The team.</param>
    /// <param name="intent">The version of the tenant's commit that says that it is to go.</param>
    /// <param name="ifMatch">The versions of the team under which it is to happen, or null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The refusal, or null when the team is gone.</returns>
    internal async Task<Problem?> FinishAsync(long teamId, long intent, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (!(await CloseAsync(teamId, intent, cancellationToken)).Try(out var cases, out var problem)) return problem;
        var key = TenantRows.Team(teamId);
        var deleted = await tenant.CommitAsync<Outcome>(
            async (scope, token) =>
            {
                if (await scope.GetAsync(key, token) is not { } row) return new Outcome(null);
                var team = TenantRows.ReadTeam(key, row.Properties);
                var refusal = ifMatch?.Refuse(team.Version) ?? RefuseInUse(team, cases);
                if (team.Removal != intent) return new Outcome(refusal ?? InUse("It was to be deleted by several requests at once; try again"));
                if (refusal is null)
                {
                    scope.Delete(key);
                    scope.Owe(TeamCleanup.Of(teamId));
                }
                else
                {
                    // The answer of this commit is a refusal, and yet it commits: it takes the intent back.
                    scope.Put(key, TenantRows.Encode(team with { Removal = 0 }));
                }

                return new Outcome(refusal);
            },
            cancellationToken);
        if (!deleted.Try(out var outcome, out problem)) return problem;
        if (outcome.Refusal is not null && cases == 0) await OpenAsync(teamId, intent, cancellationToken);
        return outcome.Refusal;
    }

    /// <summary>The refusal of deleting a team that still has something, or null.</summary>
    internal static Problem? RefuseInUse(Team team, long cases)
        => team.RecordTypes > 0 ? InUse(string.Create(CultureInfo.InvariantCulture, $"It still has {team.RecordTypes} record types; delete them first"))
            : cases > 0 ? InUse(string.Create(CultureInfo.InvariantCulture, $"It still has {cases} cases; delete or move them first"))
            : null;

    /// <summary>Closes the partition of a team's cases unless there are any, and answers how many there are. It is made for that where there is none, or one could be made after.</summary>
    private async Task<Result<long>> CloseAsync(long teamId, long intent, CancellationToken cancellationToken)
    {
        var partition = partitions[CaseRow.Address(teamId)];
        var closed = await partition.CommitAsync<long>(Close, cancellationToken);
        if (closed.Problem is not { Kind: ProblemKind.NotFound }) return closed;

        await partition.CreateIfMissingAsync();
        closed = await partition.CommitAsync<long>(Close, cancellationToken);

        // One that is there and still not to be had is being cleared: it is closed for good.
        return closed.Problem is { Kind: ProblemKind.NotFound } ? 0L : closed;

        ValueTask<Result<long>> Close(OperationScope scope, CancellationToken token)
        {
            var cases = scope[CaseCounters.Cases];
            if (cases == 0) scope[CaseCounters.Closed] = Math.Max(scope[CaseCounters.Closed], intent);
            return ValueTask.FromResult<Result<long>>(cases);
        }
    }

    /// <summary>Opens the partition again, unless a later intent has closed it too.</summary>
    private Task<Result<bool>> OpenAsync(long teamId, long intent, CancellationToken cancellationToken)
        => partitions[CaseRow.Address(teamId)].CommitAsync<bool>(
            (scope, _) =>
            {
                if (scope[CaseCounters.Closed] == intent) scope[CaseCounters.Closed] = 0;
                return ValueTask.FromResult<Result<bool>>(true);
            },
            cancellationToken);

    private static Problem InUse(string details) => Problem.Invalid("Team is in use", details);

    /// <summary>How the tenant's commit ended.</summary>
    /// <param name="Refusal">Why the team stays, or null when it is gone.</param>
    private sealed record Outcome(Problem? Refusal);
}
