using Casefile.Core.Partitions;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Cases as callers see them (cases.md). A singleton.</summary>
public sealed class CaseStore
{
    private readonly CaseReading reading;
    private readonly CaseWriting writing;
    private readonly CaseListing listing;
    private readonly CaseNeighbours neighbours;

    /// <summary>Puts the parts together.</summary>
    public CaseStore(CaseDesk desk, ReplicaSet replicas, IdBlocks records, CaseNeighbours neighbours, CaseRecords links, TimeProvider time)
    {
        this.neighbours = neighbours;
        reading = new CaseReading(desk, replicas);
        writing = new CaseWriting(desk, links);
        listing = new CaseListing(desk, reading, replicas, records, time);
    }

    /// <summary>Creates a case, or answers what the first request of this idempotency key made.</summary>
    public async Task<Result<Made<CaseView>>> CreateAsync(Caller caller, NewCase input, Once? once, CancellationToken cancellationToken)
    {
        var created = await writing.CreateAsync(caller, input, once, cancellationToken);
        if (input.RecordIds.Count == 0 || created.Value is not { } made) return created;

        // The links have come since the commit that made it.
        return (await GetAsync(caller, made.Value.Case.Id, cancellationToken)).Try(out var view, out _) ? made with { Value = view } : made;
    }

    /// <summary>A case; NotFound where there is none that the caller may read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<CaseView>> GetAsync(Caller caller, long id, CancellationToken cancellationToken)
        => await FillAsync(caller, await reading.GetAsync(caller, id, cancellationToken), cancellationToken);

    /// <summary>A case with all of its activities, where <see cref="GetAsync"/> has the latest; NotFound where there is none that the caller may read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<CaseView>> GetWholeAsync(Caller caller, long id, CancellationToken cancellationToken)
        => await FillAsync(caller, await reading.GetWholeAsync(caller, id, cancellationToken), cancellationToken);

    /// <summary>A page of cases: of one team, or of all that the caller may read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<CaseList>> ListAsync(Caller caller, CaseListRequest request, CancellationToken cancellationToken)
        => (await listing.ListAsync(caller, request, cancellationToken)).Try(out var list, out var problem)
            ? list with { Cases = await neighbours.FillAsync(caller, list.Cases, cancellationToken) }
            : problem;

    /// <summary>Changes a case: all of it or nothing.</summary>
    public async Task<Result<CaseView>> UpdateAsync(Caller caller, long id, CaseChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
        => (await writing.UpdateAsync(caller, id, changes, ifMatch, cancellationToken)).Try(out var written, out var problem)
            ? await FillAsync(caller, await reading.GetWrittenAsync(caller, id, written, cancellationToken), cancellationToken)
            : problem;

    /// <summary>Deletes a case with all that is inside.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public async Task<Problem?> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => (await writing.DeleteAsync(caller, id, ifMatch, cancellationToken)).Problem;

    private async Task<Result<CaseView>> FillAsync(Caller caller, Result<CaseView> found, CancellationToken cancellationToken)
        => found.Try(out var view, out var problem) ? await neighbours.FillAsync(caller, view, cancellationToken) : problem;
}
