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

    /// <summary>Puts the parts together.</summary>
    public CaseStore(CaseDesk desk, ReplicaSet replicas, IdBlocks records, TimeProvider time)
    {
        reading = new CaseReading(desk, replicas);
        writing = new CaseWriting(desk);
        listing = new CaseListing(desk, reading, replicas, records, time);
    }

    /// <summary>Creates a case, or answers what the first request of this idempotency key made.</summary>
    public Task<Result<Made<CaseView>>> CreateAsync(Caller caller, NewCase input, Once? once, CancellationToken cancellationToken)
        => writing.CreateAsync(caller, input, once, cancellationToken);

    /// <summary>A case; NotFound where there is none that the caller may read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<CaseView>> GetAsync(Caller caller, long id, CancellationToken cancellationToken) => reading.GetAsync(caller, id, cancellationToken);

    /// <summary>A case with all of its activities, where <see cref="GetAsync"/> has the latest; NotFound where there is none that the caller may read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<CaseView>> GetWholeAsync(Caller caller, long id, CancellationToken cancellationToken) => reading.GetWholeAsync(caller, id, cancellationToken);

    /// <summary>A page of cases: of one team, or of all that the caller may read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<CaseList>> ListAsync(Caller caller, CaseListRequest request, CancellationToken cancellationToken)
        => listing.ListAsync(caller, request, cancellationToken);

    /// <summary>Changes a case: all of it or nothing.</summary>
    public async Task<Result<CaseView>> UpdateAsync(Caller caller, long id, CaseChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
        => (await writing.UpdateAsync(caller, id, changes, ifMatch, cancellationToken)).Try(out var written, out var problem)
            ? await reading.GetWrittenAsync(caller, id, written, cancellationToken)
            : problem;

    /// <summary>Deletes a case with all that is inside.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public async Task<Problem?> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => (await writing.DeleteAsync(caller, id, ifMatch, cancellationToken)).Problem;
}
