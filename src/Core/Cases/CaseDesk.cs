using System.Collections.Concurrent;
using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// Where cases are written: finds the team that a case is in, checks what the caller may do there, and commits. What may not be read answers 404, what may only be read
/// 403 (common.md, "Authentication"). A singleton.
/// </summary>
public sealed class CaseDesk(PartitionSet partitions, TenantDirectory tenant, CaseIds ids, IStorage storage)
{
    /// <summary>How often a case may move while one request looks for it.</summary>
    private const int Hops = 8;

    /// <summary>In whose name owed work is done: what it is about was allowed when it was asked for.</summary>
    private static readonly Caller Nobody = new(0, 0, IsOwner: true, new Dictionary<long, TeamRole>());

    private readonly ConcurrentDictionary<long, long> moved = new();
    private readonly CaseMove mover = new(partitions, ids, storage);

    /// <summary>The directory of ids.</summary>
    internal CaseIds Ids => ids;

    /// <summary>The tenant, as authentication knows it.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public ValueTask<TenantSnapshot> TenantAsync(CancellationToken cancellationToken) => tenant.CurrentAsync(cancellationToken);

    /// <summary>The team that a case was last known to be in; null for an id that was never given. Its row there says whether it still is.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<long?> TeamOfAsync(long caseId, CancellationToken cancellationToken)
        => moved.TryGetValue(caseId, out var team) ? team : await ids.TeamOfCaseAsync(caseId, cancellationToken);

    /// <summary>The teams that these cases are in now; null for one that is not there. A point read each.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal async Task<IReadOnlyDictionary<long, long?>> LocateAsync(IEnumerable<long> caseIds, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<long, long?>();
        await Abreast.RunAsync(
            caseIds.Distinct(),
            16,
            async id => found[id] = await LocateAsync(id, cancellationToken));
        return found;
    }

    /// <summary>The team that a case is in now; null where it is not there.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer, or the case keeps moving.</exception>
    internal async Task<long?> LocateAsync(long caseId, CancellationToken cancellationToken)
    {
        if (await TeamOfAsync(caseId, cancellationToken) is not { } team) return null;
        for (var hop = 0; hop < Hops; hop++)
        {
            var address = CaseRow.Address(team);
            if (await storage.Table(address.Table).GetAsync(address.Key, CaseRow.Key(caseId), cancellationToken) is not { } row) return null;
            if (row.Integer(CaseRow.Moved) is not { } to) return team;
            if (row.Flag(CaseRow.Moving) == true) await mover.FinishAsync(caseId, team, cancellationToken);
            Follow(caseId, team = to);
        }

        throw new StorageUnavailableException($"Case {caseId} keeps moving.");
    }

    /// <summary>A case was found to be in another team than it was looked for.</summary>
    internal void Follow(long caseId, long teamId) => moved[caseId] = teamId;

    /// <summary>Changes a case in one commit.</summary>
    /// <param name="caller">Who changes it.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="ifMatch">The revisions of the case under which it is to happen, or null for any.</param>
    /// <param name="change">Changes it, or refuses. What it answers carries what the caller needs of the commit.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The change's answer with the team and the version of its commit.</returns>
    internal async Task<Result<Written<T>>> ChangeAsync<T>(
        Caller caller, long caseId, IfMatch? ifMatch, Func<CaseEdit, CancellationToken, ValueTask<Result<T>>> change, CancellationToken cancellationToken)
    {
        if (await TeamOfAsync(caseId, cancellationToken) is not { } team) return NoSuchCase(caseId);
        for (var hop = 0; hop < Hops; hop++)
        {
            var reached = false;
            var committed = await partitions[CaseRow.Address(team)].CommitAsync<(Written<T>? Written, long MovedTo, bool IsMoving)>(
                async (scope, token) =>
                {
                    reached = true;
                    if (await CaseEdit.FindAsync(scope, ids, caller, caseId, token) is not { } edit) return NoSuchCase(caseId);
                    if (edit.Image.GetValueOrDefault(CaseRow.Moved) is long to) return (null, to, edit.Image.ContainsKey(CaseRow.Moving));
                    if (RefuseToWrite(caller, team, caseId) is { } refusal) return refusal;
                    if (ifMatch?.Refuse((long)edit.Image[CaseRow.Revision]) is { } stale) return stale;
                    if (!(await change(edit, token)).Try(out var answer, out var problem)) return problem;
                    edit.Save();
                    return (new Written<T>(answer, team, scope.Version), 0, false);
                },
                cancellationToken);
            // Where it never got to the operation it is the partition that is not there, and no case is.
            if (!committed.Try(out var outcome, out var refused)) return refused.Kind == ProblemKind.NotFound && !reached ? NoSuchCase(caseId) : refused;
            if (outcome.Written is { } written) return written;
            if (outcome.IsMoving) await mover.FinishAsync(caseId, team, cancellationToken);
            Follow(caseId, team = outcome.MovedTo);
        }

        return Problem.Of(ProblemKind.Unavailable, "Case keeps moving", "Nothing was written.", TimeSpan.FromSeconds(1));
    }

    /// <summary>Brings something of another partition up inside a case, in whatever team it is.</summary>
    /// <returns>False when the case is gone.</returns>
    /// <exception cref="StorageUnavailableException">It could not be done now.</exception>
    internal async Task<bool> BringAsync(long caseId, Func<CaseEdit, CancellationToken, ValueTask> bring, CancellationToken cancellationToken)
    {
        var done = await ChangeAsync<bool>(
            Nobody,
            caseId,
            null,
            async (edit, token) =>
            {
                await bring(edit, token);
                return true;
            },
            cancellationToken);
        return done.Problem is not { } problem
            || (problem.Kind == ProblemKind.NotFound ? false : throw new StorageUnavailableException($"Case {caseId} could not be brought up: {problem.Kind}."));
    }

    /// <summary>What an earlier request with this idempotency key made in a team, or null.</summary>
    internal Task<Result<OnceMade?>> FindMadeAsync(long teamId, Once once, CancellationToken cancellationToken)
        => partitions[CaseRow.Address(teamId)].FindMadeAsync(once, cancellationToken);

    /// <summary>Commits in a team's partition, which is made with the first commit.</summary>
    internal Task<Result<T>> CommitAsync<T>(long teamId, Operation<T> operation, CancellationToken cancellationToken)
        => CommitAsync(partitions, teamId, operation, cancellationToken);

    /// <summary>As the other.</summary>
    internal static async Task<Result<T>> CommitAsync<T>(PartitionSet partitions, long teamId, Operation<T> operation, CancellationToken cancellationToken)
    {
        var partition = partitions[CaseRow.Address(teamId)];
        var reached = false;
        var committed = await partition.CommitAsync<T>(CommitAsync, cancellationToken);
        if (reached || committed.Problem is not { Kind: ProblemKind.NotFound }) return committed;

        // It never got to the operation, so it is the partition that was not there.
        await partition.CreateIfMissingAsync();
        return await partition.CommitAsync<T>(CommitAsync, cancellationToken);

        async ValueTask<Result<T>> CommitAsync(OperationScope scope, CancellationToken token)
        {
            reached = true;
            return scope[CaseCounters.Closed] > 0 ? Refusals.NotFound("Team", teamId) : await operation(scope, token);
        }
    }

    /// <summary>What the commit of a version wrote, of rows whose keys begin with one of these; what a repeated create is answered by. Null where the log no longer says.</summary>
    internal async Task<IReadOnlyList<RowChange>?> ReplayAsync(long teamId, long version, Func<string, bool> which, CancellationToken cancellationToken)
    {
        var address = CaseRow.Address(teamId);
        await foreach (var entry in CommitLog.ReadAsync(storage.Table(address.Table), address.Key, version, version, cancellationToken))
        {
            // A row that was changed twice counts as the commit left it.
            var last = new Dictionary<string, RowChange>(StringComparer.Ordinal);
            foreach (var change in entry.Changes.Where(change => which(change.RowKey))) last[change.RowKey] = change;
            return [.. last.Values.Where(change => change.Image is not null).OrderBy(change => change.RowKey, StringComparer.Ordinal)];
        }

        return null;
    }

    /// <summary>What a case names of the things around it, read from storage.</summary>
    internal Task<Dictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>>> ThingsAsync(CaseSnapshot found, CancellationToken cancellationToken)
        => ThingsAsync(found.TeamId, CaseView.Named(found), cancellationToken);

    /// <summary>Things around the cases of a team, read from storage.</summary>
    internal async Task<Dictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>>> ThingsAsync(
        long teamId, IEnumerable<(string Prefix, long Id)> named, CancellationToken cancellationToken)
    {
        var address = CaseRow.Address(teamId);
        var things = new Dictionary<(string, long), IReadOnlyDictionary<string, object>>();
        foreach (var (prefix, id) in named)
        {
            if (await storage.Table(address.Table).GetAsync(address.Key, prefix + RowKeys.Number(id), cancellationToken) is { } row) things[(prefix, id)] = row.Properties;
        }

        return things;
    }

    /// <summary>The refusal of a write in a case as far as it can be told before the commit, for what costs something to prepare; null where the commit decides.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal async ValueTask<Problem?> RefuseToWriteAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => await TeamOfAsync(caseId, cancellationToken) is { } team ? RefuseToWrite(caller, team, caseId) : NoSuchCase(caseId);

    /// <summary>The refusal of a write in a team, or null.</summary>
    internal static Problem? RefuseToWrite(Caller caller, long teamId, long caseId)
        => !caller.CanRead(teamId) ? NoSuchCase(caseId)
            : !caller.CanWrite(teamId) ? Problem.Of(ProblemKind.Forbidden, "Not allowed", $"Writing case {caseId} takes the role editor in its team")
            : null;

    internal static Problem NoSuchCase(long id) => Problem.NotFound("Case", string.Create(CultureInfo.InvariantCulture, $"There is no case {id}"));
}

/// <summary>What a commit answers.</summary>
/// <param name="Answer">The operation's answer.</param>
/// <param name="TeamId">The team whose partition it was committed in.</param>
/// <param name="Version">Its version.</param>
internal sealed record Written<T>(T Answer, long TeamId, long Version);
