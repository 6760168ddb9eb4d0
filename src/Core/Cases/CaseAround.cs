using Casefile.Core.Partitions;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// What is around the cases of a team, whatever its kind (cases.md, "Around cases"): listed and read from the replica, made, changed and removed in one commit of the
/// team's partition. A singleton.
/// </summary>
public sealed class CaseAround(CaseDesk desk, ReplicaSet replicas)
{
    /// <summary>The directory of ids.</summary>
    internal CaseIds Ids => desk.Ids;

    /// <summary>All of a kind that the caller may read, by team and id: of one team, or of every one.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal async Task<Result<IReadOnlyList<ThingView>>> ListAsync(Caller caller, ThingKind kind, long? teamId, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        if (teamId is { } asked && (!caller.CanRead(asked) || !tenant.Teams.ContainsKey(asked))) return Refusals.NotFound("Team", asked);
        var views = new List<ThingView>();
        foreach (var team in teamId is { } one ? [one] : tenant.Teams.Keys.Where(caller.CanRead))
        {
            if (!(await replicas.OpenAsync(CaseRow.Address(team), cancellationToken)).Try(out var lease, out var problem))
            {
                if (problem.Kind == ProblemKind.NotFound) continue;
                return problem;
            }

            using (lease)
            {
                if (!new CaseQueries(lease, team).Things(kind.Prefix, cancellationToken).Try(out var things, out problem)) return problem;
                views.AddRange(things.Select(thing => new ThingView(team, thing, tenant)));
            }
        }

        return views;
    }

    /// <summary>One of a kind; NotFound where there is none that the caller may read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal Task<Result<ThingView>> GetAsync(Caller caller, ThingKind kind, long id, CancellationToken cancellationToken)
        => ReadAsync<ThingView>(
            caller, kind, id, async (_, team, thing) => new ThingView(team, thing, await desk.TenantAsync(cancellationToken)), cancellationToken);

    /// <summary>Reads something about one of a kind that the caller may read; all questions are answered of one version.</summary>
    internal async Task<Result<T>> ReadAsync<T>(
        Caller caller, ThingKind kind, long id, Func<CaseQueries, long, CaseThing, ValueTask<Result<T>>> read, CancellationToken cancellationToken)
    {
        if (await desk.Ids.TeamOfPartAsync(id, cancellationToken) is not { } team || !caller.CanRead(team)) return Refusals.NotFound(kind.What, id);
        var opened = await replicas.OpenAsync(CaseRow.Address(team), cancellationToken);
        if (!opened.Try(out var lease, out var problem)) return problem.Kind == ProblemKind.NotFound ? Refusals.NotFound(kind.What, id) : problem;
        using (lease)
        {
            var queries = new CaseQueries(lease, team);
            if (!queries.Thing(kind.Prefix, id, cancellationToken).Try(out var thing, out problem)) return problem;
            return thing is null ? Refusals.NotFound(kind.What, id) : await read(queries, team, thing);
        }
    }

    /// <summary>Makes one, or answers what the first request of this idempotency key made.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="teamId">The team.</param>
    /// <param name="once">The idempotency key, or null.</param>
    /// <param name="make">Answers its row, and writes what else belongs to it; or refuses.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    internal async Task<Result<Made<ThingView>>> MakeAsync(
        Caller caller, ThingKind kind, long teamId, Once? once,
        Func<OperationScope, long, CancellationToken, ValueTask<Result<Dictionary<string, object>>>> make, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        if (!caller.CanRead(teamId) || !tenant.Teams.ContainsKey(teamId)) return Refusals.NotFound("Team", teamId);
        if (RefuseToWrite(caller, kind.Maker, teamId) is { } forbidden) return forbidden;

        var committed = await desk.CommitAsync<(OnceMade? Before, CaseThing? Thing)>(
            teamId,
            async (scope, token) =>
            {
                if (once is not null)
                {
                    if (!(await once.FindAsync(scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return (before, null);
                }

                var id = await desk.Ids.TakePartAsync(scope, token);
                if (!(await make(scope, id, token)).Try(out var image, out var problem)) return problem;
                image[CaseRow.Created] = image[CaseRow.Updated] = scope.Now.ToUnixTimeMilliseconds();
                image[CaseRow.Revision] = 1L;
                scope.Insert(kind.Key(id), image);
                scope[CaseCounters.Rows]++;
                once?.Remember(scope, kind.Key(id));
                return (null, new CaseThing(id, image));
            },
            cancellationToken);
        if (!committed.Try(out var outcome, out var refusal)) return refusal;
        if (outcome.Thing is { } made) return new Made<ThingView>(new ThingView(teamId, made, tenant), Replayed: false);

        var first = outcome.Before!;
        var rows = await desk.ReplayAsync(teamId, first.Version, key => key == first.Made, cancellationToken);
        return rows is [{ Image: { } row }]
            ? new Made<ThingView>(new ThingView(teamId, new CaseThing(RowKeys.LastNumber(first.Made), row), tenant), Replayed: true)
            : Refusals.KeyForgotten();
    }

    /// <summary>Changes one.</summary>
    /// <param name="caller">Who changes it.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Which one.</param>
    /// <param name="ifMatch">The revisions under which it is to happen, or null for any.</param>
    /// <param name="change">Changes a copy of its row, and writes what else belongs to it; or refuses.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    internal async Task<Result<ThingView>> ChangeAsync(
        Caller caller, ThingKind kind, long id, IfMatch? ifMatch,
        Func<OperationScope, CaseThing, Dictionary<string, object>, CancellationToken, ValueTask<Problem?>> change, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        var committed = await CommitAsync<CaseThing>(
            caller,
            kind,
            id,
            ifMatch,
            async (scope, thing, token) =>
            {
                var image = new Dictionary<string, object>(thing.Image, StringComparer.Ordinal);
                return await change(scope, thing, image, token) is { } problem ? problem : Put(scope, kind, id, image);
            },
            cancellationToken);
        return committed.Map(written => new ThingView(written.TeamId, written.Answer, tenant));
    }

    /// <summary>Removes one.</summary>
    /// <param name="caller">Who removes it.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Which one.</param>
    /// <param name="ifMatch">The revisions under which it is to happen, or null for any.</param>
    /// <param name="remove">Removes what else belongs to it, and owes what is to be done in cases; or refuses.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The refusal, or null when it is done.</returns>
    internal async Task<Problem?> RemoveAsync(
        Caller caller, ThingKind kind, long id, IfMatch? ifMatch, Func<OperationScope, CaseThing, CancellationToken, ValueTask<Problem?>> remove,
        CancellationToken cancellationToken)
    {
        var committed = await CommitAsync<bool>(
            caller,
            kind,
            id,
            ifMatch,
            async (scope, thing, token) =>
            {
                if (await remove(scope, thing, token) is { } problem) return problem;
                scope.Delete(kind.Key(id));
                scope[CaseCounters.Rows]--;
                return true;
            },
            cancellationToken);
        return committed.Problem;
    }

    /// <summary>Writes a row anew: one revision further.</summary>
    internal static CaseThing Put(OperationScope scope, ThingKind kind, long id, Dictionary<string, object> image)
    {
        image[CaseRow.Updated] = scope.Now.ToUnixTimeMilliseconds();
        image[CaseRow.Revision] = (long)image[CaseRow.Revision] + 1;
        scope.Put(kind.Key(id), image);
        return new CaseThing(id, image);
    }

    private async Task<Result<Written<T>>> CommitAsync<T>(
        Caller caller, ThingKind kind, long id, IfMatch? ifMatch, Func<OperationScope, CaseThing, CancellationToken, ValueTask<Result<T>>> work,
        CancellationToken cancellationToken)
    {
        if (await desk.Ids.TeamOfPartAsync(id, cancellationToken) is not { } team || !caller.CanRead(team)) return Refusals.NotFound(kind.What, id);
        if (!caller.CanAdminister(team))
        {
            // Whoever may read is told that the thing is there and not theirs to change; of what is not there, that it is not.
            return (await GetAsync(caller, kind, id, cancellationToken)).Problem ?? Refusals.AdminOnly();
        }

        return await desk.CommitAsync<Written<T>>(
            team,
            async (scope, token) =>
            {
                if (await scope.GetAsync(kind.Key(id), token) is not { } row) return Refusals.NotFound(kind.What, id);
                var thing = new CaseThing(id, row.Properties);
                if (ifMatch?.Refuse(thing.Revision) is { } stale) return stale;
                return (await work(scope, thing, token)).Try(out var answer, out var problem) ? new Written<T>(answer, team, scope.Version) : problem;
            },
            cancellationToken);
    }

    private static Problem? RefuseToWrite(Caller caller, TeamRole least, long teamId)
        => least == TeamRole.Admin && !caller.CanAdminister(teamId) ? Refusals.AdminOnly()
            : !caller.CanWrite(teamId) ? Refusals.Forbidden("This takes the role editor in the team")
            : null;
}

/// <summary>A kind of what is around cases.</summary>
/// <param name="Prefix">What the keys of its rows begin with (<see cref="CaseRow"/>).</param>
/// <param name="What">What it is called: "Tag".</param>
/// <param name="Maker">The role that makes one; changing and removing them takes an admin.</param>
internal sealed record ThingKind(string Prefix, string What, TeamRole Maker)
{
    /// <summary>Tags: writing a case makes them too, so who writes cases makes them here.</summary>
    public static ThingKind Tag { get; } = new(CaseRow.TagPrefix, "Tag", TeamRole.Editor);

    /// <summary>Sub-statuses.</summary>
    public static ThingKind SubStatus { get; } = new(CaseRow.SubStatusPrefix, "Case sub-status", TeamRole.Admin);

    /// <summary>Case inputs.</summary>
    public static ThingKind Input { get; } = new(CaseRow.InputPrefix, "Case input", TeamRole.Admin);

    /// <summary>The row of one.</summary>
    public string Key(long id) => Prefix + RowKeys.Number(id);
}

/// <summary>Something around the cases of a team, with what its answer needs.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Thing">What it is.</param>
/// <param name="Tenant">Users and teams.</param>
public sealed record ThingView(long TeamId, CaseThing Thing, TenantSnapshot Tenant);
