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
    private readonly CaseReading reading = new(desk, replicas);

    /// <summary>All of one kind, by id.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<PartList>> ListAsync(Caller caller, long caseId, string kind, bool newestFirst, CancellationToken cancellationToken)
        => reading.ReadAsync<PartList>(
            caller,
            caseId,
            null,
            async (queries, found) => queries.Parts(caseId, kind, newestFirst, cancellationToken).Try(out var parts, out var problem)
                ? new PartList(found, parts, await desk.TenantAsync(cancellationToken))
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
                if (!queries.Part(caseId, kind, id, cancellationToken).Try(out var part, out var problem)) return problem;
                return part is null ? NoSuchPart(kind, id) : new PartView(caseId, part, await desk.TenantAsync(cancellationToken));
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
        var tenant = await desk.TenantAsync(cancellationToken);
        var written = await desk.ChangeAsync<(OnceMade? Before, CasePart? Part)>(
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

                if (!(await make(edit, tenant, token)).Try(out var part, out var problem)) return problem;
                once?.Remember(edit.Scope, CaseRow.PartKey(caseId, part.Kind, part.Id));
                return (null, part);
            },
            cancellationToken);
        if (!written.Try(out var outcome, out var refusal)) return refusal;
        if (outcome.Answer.Part is { } made) return new Made<PartView>(new PartView(caseId, made, tenant), Replayed: false);

        var first = outcome.Answer.Before!;
        var rows = await desk.ReplayAsync(outcome.TeamId, first.Version, key => key == first.Made, cancellationToken);
        return rows is [{ Image: { } image }]
            ? new Made<PartView>(new PartView(caseId, CasePart.Read(first.Made, image), tenant), Replayed: true)
            : Refusals.KeyForgotten();
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
        var written = await desk.ChangeAsync(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                if (await edit.FindAsync(kind, id, token) is not { } part) return NoSuchPart(kind, id);
                return ifMatch?.Refuse(part.Revision) is { } stale ? stale : await change(edit, part, tenant, token);
            },
            cancellationToken);
        return written.Map(outcome => new PartView(caseId, outcome.Answer, tenant));
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

    /// <summary>The refusal of what is not in the case: "Note not found".</summary>
    internal static Problem NoSuchPart(string kind, long id)
        => Problem.NotFound($"{char.ToUpperInvariant(kind[0])}{kind[1..]}", string.Create(CultureInfo.InvariantCulture, $"The case has no {kind} {id}"));
}

/// <summary>Something inside a case, with what its answer needs.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Part">What it is.</param>
/// <param name="Tenant">Users and teams.</param>
public sealed record PartView(long CaseId, CasePart Part, TenantSnapshot Tenant);

/// <summary>All of one kind inside a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Parts">What there is.</param>
/// <param name="Tenant">Users and teams.</param>
public sealed record PartList(CaseSnapshot Case, IReadOnlyList<CasePart> Parts, TenantSnapshot Tenant);
