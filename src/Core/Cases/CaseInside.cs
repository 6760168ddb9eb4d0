using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Replicas;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// What is inside a case, whatever its kind: listed and read from the replica, made, changed and removed in one commit with the case's row and the activity that tells
/// of it. A singleton.
/// </summary>
public sealed class CaseInside(CaseDesk desk, ReplicaSet replicas)
{
    private const char KeySeparator = ' ';

    private readonly CaseReading reading = new(desk, replicas);

    /// <summary>All of one kind, by id.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<PartList>> ListAsync(Caller caller, long caseId, string kind, bool newestFirst, CancellationToken cancellationToken)
        => reading.ReadAsync<PartList>(
            caller,
            caseId,
            null,
            async (queries, found) => queries.Parts(caseId, kind, newestFirst, cancellationToken).Try(out var parts, out var problem)
                    && queries.Things(CaseView.Named(parts), cancellationToken).Try(out var things, out problem)
                ? new PartList(found, parts, await desk.TenantAsync(cancellationToken)) { Things = things }
                : problem,
            cancellationToken);

    /// <summary>A page of one kind, newest first: for what there may be very many of.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="types">Of activities only those of these types; all where there is none.</param>
    /// <param name="skip">How many are on the pages before.</param>
    /// <param name="take">How many are on a page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    internal Task<Result<PartPage>> PageAsync(
        Caller caller, long caseId, string kind, IReadOnlyList<string> types, long skip, int take, CancellationToken cancellationToken)
        => reading.ReadAsync<PartPage>(
            caller,
            caseId,
            null,
            async (queries, _) => queries.Page(caseId, PartKind.OfRows(kind), types.Count > 0 ? types : PartKind.TypesOf(kind), skip, take, cancellationToken)
                .Try(out var page, out var problem)
                ? new PartPage(caseId, page.Parts, page.Total, await desk.TenantAsync(cancellationToken))
                : problem,
            cancellationToken);

    /// <summary>One of a kind; NotFound where there is none.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<PartView>> GetAsync(Caller caller, long caseId, string kind, long id, CancellationToken cancellationToken)
        => reading.ReadAsync<PartView>(
            caller,
            caseId,
            null,
            async (queries, _) =>
            {
                if (!queries.Part(caseId, PartKind.OfRows(kind), id, cancellationToken).Try(out var part, out var problem)) return problem;
                if (part is null || !PartKind.Holds(kind, part)) return NoSuchPart(kind, id);
                return queries.Things(CaseView.Named([part]), cancellationToken).Try(out var things, out problem)
                    ? new PartView(caseId, part, await desk.TenantAsync(cancellationToken)) { TeamId = queries.TeamId, Things = things }
                    : problem;
            },
            cancellationToken);

    /// <summary>Makes one, or answers what the first request of this idempotency key made.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="once">The idempotency key, or null.</param>
    /// <param name="make">Adds it (<see cref="CaseEdit.AddAsync"/>) and tells of it (<see cref="CaseEdit.TellAsync"/>), or refuses.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    internal async Task<Result<Made<PartView>>> MakeAsync(
        Caller caller, long caseId, Once? once, Func<CaseEdit, TenantSnapshot, CancellationToken, ValueTask<Result<CasePart>>> make, CancellationToken cancellationToken)
    {
        var all = await MakeAllAsync(
            caller, caseId, once, async (edit, tenant, token) => (await make(edit, tenant, token)).Map(part => (IReadOnlyList<CasePart>)[part]), cancellationToken);
        return all.Map(made => new Made<PartView>(
            new PartView(caseId, made.Value.Parts[0], made.Value.Tenant) { TeamId = made.Value.TeamId, Things = made.Value.Things }, made.Replayed));
    }

    /// <summary>As <see cref="MakeAsync"/>, of several at once: all or none, in one commit.</summary>
    internal async Task<Result<Made<PartPage>>> MakeAllAsync(
        Caller caller, long caseId, Once? once, Func<CaseEdit, TenantSnapshot, CancellationToken, ValueTask<Result<IReadOnlyList<CasePart>>>> make,
        CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        var written = await desk.ChangeAsync<(OnceMade? Before, PartPage? Parts)>(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                if (once is not null)
                {
                    if (!(await once.FindAsync(edit.Scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return (before, null);
                }

                if (!(await make(edit, tenant, token)).Try(out var parts, out var problem)) return problem;
                once?.Remember(edit.Scope, string.Join(KeySeparator, parts.Select(part => CaseRow.PartKey(caseId, part.Kind, part.Id))));
                return (null, new PartPage(caseId, parts, parts.Count, tenant) { TeamId = edit.TeamId, Things = await edit.ThingsAsync(CaseView.Named(parts), token) });
            },
            cancellationToken);
        if (!written.Try(out var outcome, out var refusal)) return refusal;
        if (outcome.Answer.Parts is { } made) return new Made<PartPage>(made, Replayed: false);

        var first = outcome.Answer.Before!;
        var keys = first.Made.Split(KeySeparator);
        var rows = await desk.ReplayAsync(outcome.TeamId, first.Version, key => keys.Contains(key), cancellationToken);
        if (rows is null || rows.Count != keys.Length) return Refusals.KeyForgotten();
        var answered = keys.Select(key => CasePart.Read(key, rows.First(row => row.RowKey == key).Image!)).ToArray();
        var things = await desk.ThingsAsync(outcome.TeamId, CaseView.Named(answered), cancellationToken);
        return new Made<PartPage>(new PartPage(caseId, answered, answered.Length, tenant) { TeamId = outcome.TeamId, Things = things }, Replayed: true);
    }

    /// <summary>Changes one.</summary>
    /// <param name="caller">Who changes it.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Which one.</param>
    /// <param name="ifMatch">The revisions of it under which it is to happen, or null for any.</param>
    /// <param name="change">Changes it (<see cref="CaseEdit.Change"/>) and tells of it, or refuses; answers it as it is then.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    internal async Task<Result<PartView>> ChangeAsync(
        Caller caller, long caseId, string kind, long id, IfMatch? ifMatch,
        Func<CaseEdit, CasePart, TenantSnapshot, CancellationToken, ValueTask<Result<CasePart>>> change, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        var written = await desk.ChangeAsync<PartView>(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                if (await edit.FindAsync(kind, id, token) is not { } part) return NoSuchPart(kind, id);
                if (ifMatch?.Refuse(part.Revision) is { } stale) return stale;
                return (await change(edit, part, tenant, token)).Try(out var changed, out var problem) ? await ViewAsync(edit, changed, tenant, token) : problem;
            },
            cancellationToken);
        return written.Map(outcome => outcome.Answer);
    }

    /// <summary>Removes one.</summary>
    /// <param name="caller">Who removes it.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Which one.</param>
    /// <param name="ifMatch">The revisions of it under which it is to happen, or null for any.</param>
    /// <param name="remove">Removes it (<see cref="CaseEdit.Remove"/>) and tells of it; or refuses by a problem.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The refusal, or null when it is done.</returns>
    internal async Task<Problem?> RemoveAsync(
        Caller caller, long caseId, string kind, long id, IfMatch? ifMatch,
        Func<CaseEdit, CasePart, TenantSnapshot, CancellationToken, ValueTask<Problem?>> remove, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        var written = await desk.ChangeAsync<bool>(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                if (await edit.FindAsync(kind, id, token) is not { } part) return NoSuchPart(kind, id);
                if (ifMatch?.Refuse(part.Revision) is { } stale) return stale;
                return await remove(edit, part, tenant, token) is { } problem ? problem : true;
            },
            cancellationToken);
        return written.Problem;
    }

    private static async ValueTask<PartView> ViewAsync(CaseEdit edit, CasePart part, TenantSnapshot tenant, CancellationToken cancellationToken)
        => new(edit.Id, part, tenant) { TeamId = edit.TeamId, Things = await edit.ThingsAsync(CaseView.Named([part]), cancellationToken) };

    /// <summary>The refusal of what is not in the case: "Note not found".</summary>
    internal static Problem NoSuchPart(string kind, long id)
        => Problem.NotFound($"{char.ToUpperInvariant(kind[0])}{kind[1..]}", string.Create(CultureInfo.InvariantCulture, $"The case has no {kind} {id}"));
}

/// <summary>Something inside a case, with what its answer needs.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Part">What it is.</param>
/// <param name="Tenant">Users and teams.</param>
public sealed record PartView(long CaseId, CasePart Part, TenantSnapshot Tenant)
{
    /// <summary>The team that the case is in.</summary>
    public long TeamId { get; init; }

    /// <summary>The images of what the part names of the things around it, by prefix (<see cref="CaseRow"/>) and id.</summary>
    public IReadOnlyDictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>> Things { get; init; }
        = new Dictionary<(string, long), IReadOnlyDictionary<string, object>>();
}

/// <summary>All of one kind inside a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Parts">What there is.</param>
/// <param name="Tenant">Users and teams.</param>
public sealed record PartList(CaseSnapshot Case, IReadOnlyList<CasePart> Parts, TenantSnapshot Tenant)
{
    /// <summary>As of <see cref="PartView.Things"/>, of all parts.</summary>
    public IReadOnlyDictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>> Things { get; init; }
        = new Dictionary<(string, long), IReadOnlyDictionary<string, object>>();
}

/// <summary>Some of one kind inside a case: a page, or what one request made.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Parts">What there is.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="Tenant">Users and teams.</param>
public sealed record PartPage(long CaseId, IReadOnlyList<CasePart> Parts, long Total, TenantSnapshot Tenant)
{
    /// <summary>The team that the case is in.</summary>
    public long TeamId { get; init; }

    /// <summary>As of <see cref="PartView.Things"/>, of all parts.</summary>
    public IReadOnlyDictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>> Things { get; init; }
        = new Dictionary<(string, long), IReadOnlyDictionary<string, object>>();
}
