using Casefile.Core.Replicas;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Reads cases from the replica of their team: nothing is read from storage but the head, and after a write of this process not even that.</summary>
internal sealed class CaseReading(CaseDesk desk, ReplicaSet replicas)
{
    private const int Hops = 8;

    /// <summary>A case with what is inside.</summary>
    public Task<Result<CaseView>> GetAsync(Caller caller, long id, CancellationToken cancellationToken)
        => ReadAsync(caller, id, null, async (queries, found) => await ViewAsync(queries, found, cancellationToken), cancellationToken);

    /// <summary>A case with what is inside, all of its activities included.</summary>
    public Task<Result<CaseView>> GetWholeAsync(Caller caller, long id, CancellationToken cancellationToken)
        => ReadAsync(
            caller,
            id,
            null,
            async (queries, found) => queries.Parts(id, PartKind.Activity, newestFirst: false, cancellationToken).Try(out var activities, out var problem)
                ? await ViewAsync(queries, found with { Parts = [.. activities, .. found.Parts.Where(part => part.Kind != PartKind.Activity)] }, cancellationToken)
                : problem,
            cancellationToken);

    /// <summary>A case as a commit of this process left it, or later.</summary>
    public Task<Result<CaseView>> GetWrittenAsync<T>(Caller caller, long id, Written<T> written, CancellationToken cancellationToken)
        => ReadAsync(caller, id, (written.TeamId, written.Version), async (queries, found) => await ViewAsync(queries, found, cancellationToken), cancellationToken);

    /// <summary>Reads something of a case that the caller may read.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The case.</param>
    /// <param name="at">The team and version that this process has just committed, or null.</param>
    /// <param name="read">Reads it; all questions are answered of one version.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<T>> ReadAsync<T>(
        Caller caller, long id, (long TeamId, long Version)? at, Func<CaseQueries, CaseSnapshot, ValueTask<Result<T>>> read, CancellationToken cancellationToken)
    {
        if ((at?.TeamId ?? await desk.TeamOfAsync(id, cancellationToken)) is not { } team) return CaseDesk.NoSuchCase(id);
        if (!caller.CanRead(team))
        {
            // It may have come to a team of the caller's since.
            if (await desk.LocateAsync(id, cancellationToken) is not { } now) return CaseDesk.NoSuchCase(id);
            team = now;
        }

        for (var hop = 0; hop < Hops && caller.CanRead(team); hop++)
        {
            var opened = at is { } here && here.TeamId == team
                ? await replicas.OpenWrittenAsync(CaseRow.Address(team), here.Version, cancellationToken)
                : await replicas.OpenAsync(CaseRow.Address(team), cancellationToken);
            if (!opened.Try(out var lease, out var problem)) return problem.Kind == ProblemKind.NotFound ? CaseDesk.NoSuchCase(id) : problem;
            using (lease)
            {
                var queries = new CaseQueries(lease, team);
                if (!queries.Find(id, cancellationToken).Try(out var found, out problem)) return problem;
                if (found is not null) return await read(queries, found);
                if (!queries.MovedTo(id, cancellationToken).Try(out var moved, out problem)) return problem;
                if (moved is null) return CaseDesk.NoSuchCase(id);
            }

            // Which waits for a case that is on its way.
            if (await desk.LocateAsync(id, cancellationToken) is not { } to) return CaseDesk.NoSuchCase(id);
            team = to;
        }

        return CaseDesk.NoSuchCase(id);
    }

    /// <summary>A case that a replica has, with what its answer needs of the world around it.</summary>
    public async ValueTask<Result<CaseView>> ViewAsync(CaseQueries queries, CaseSnapshot found, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        if (!queries.Things(CaseView.Named(found), cancellationToken).Try(out var things, out var problem)) return problem;
        return new CaseView(found, tenant, things, new Dictionary<long, string>(), []);
    }
}
