using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>Records as callers see them (records.md, "Records"). A singleton.</summary>
public sealed class RecordStore
{
    private readonly RecordReading reading;
    private readonly RecordCreation creation;
    private readonly RecordUpdating updating;
    private readonly RecordDeletion deletion;
    private readonly RecordListing listing;
    private readonly ListGrounds grounds;
    private readonly RecordUpsert upsert;
    private readonly ChangeFeed feed;
    private readonly RecordAccess access;
    private readonly RecordLimits limits;
    private readonly CaseLinks cases;

    /// <summary>Puts the parts together.</summary>
    public RecordStore(
        IStorage storage,
        PartitionSet partitions,
        RecordTypeCatalog catalog,
        IdBlocks blocks,
        ArtifactBlobs artifacts,
        ReplicaSet replicas,
        CaseLinks cases,
        RecordCursor cursors,
        RecordLimits limits,
        TimeProvider time)
    {
        (this.limits, this.cases) = (limits, cases);
        access = new RecordAccess(catalog, blocks, storage, time);
        var drafting = new RecordDrafting(catalog, artifacts);
        var ancestry = new RecordAncestry(storage);
        reading = new RecordReading(partitions, catalog, blocks, artifacts, limits, storage, time);
        creation = new RecordCreation(partitions, catalog, access, drafting, new RecordIds(blocks), new RecordRoom(limits), cases, limits, storage);
        updating = new RecordUpdating(partitions, catalog, access, drafting, ancestry, cases, limits);
        deletion = new RecordDeletion(partitions, catalog, access);
        upsert = new RecordUpsert(partitions, replicas, catalog, access, drafting, creation, updating, cases);
        feed = new ChangeFeed(partitions, catalog, storage, time);
        grounds = new ListGrounds(partitions, catalog, cases, time);
        listing = new RecordListing(replicas, catalog, cursors, limits, time);
    }

    /// <summary>Creates a record, or answers what the first request of this idempotency key made.</summary>
    public async Task<Result<CreatedRecord>> CreateAsync(Caller caller, NewRecord record, Once? once, CancellationToken cancellationToken)
        => (await creation.CreateAsync(caller, record, once, cancellationToken)).Try(out var created, out var problem)
            ? created with { Record = await cases.ShowAsync(caller, created.Record, cancellationToken) }
            : problem;

    /// <summary>Creates a record of a batch or stream, whose answer is its id. Such creates run at the same time, and share commits then.</summary>
    public Task<Result<Made<long>>> CreateLineAsync(Caller caller, NewRecord record, OnceLine? once, CancellationToken cancellationToken)
        => creation.CreateLineAsync(caller, record, once, cancellationToken);

    /// <summary>Changes the record whose fields have given values, or creates it. Conflict when there are several.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<UpsertedRecord>> UpsertAsync(Caller caller, NewRecord record, IReadOnlyList<long> matchFieldIds, CancellationToken cancellationToken)
        => (await upsert.UpsertAsync(caller, record, matchFieldIds, cancellationToken)).Try(out var upserted, out var problem)
            ? upserted with { Record = await cases.ShowAsync(caller, upserted.Record, cancellationToken) }
            : problem;

    /// <summary>The type that a caller wants to create records in; NotFound or Forbidden where that may not be.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public ValueTask<Result<RecordType>> TypeToCreateInAsync(Caller caller, long typeId, CancellationToken cancellationToken)
        => access.TypeToCreateInAsync(caller, typeId, cancellationToken);

    /// <summary>All records that a list would page through, of one version of their type; the caller disposes it.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<RecordExport>> ExportAsync(Caller caller, ListRequest request, CancellationToken cancellationToken)
        => listing.ExportAsync(caller, request, cancellationToken);

    /// <summary>What happened to the records of a type after a place (null: now), in order. Gone when that is no longer kept.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<ChangePage>> ChangesAsync(Caller caller, long typeId, ChangePlace? since, int limit, CancellationToken cancellationToken)
    {
        if (!(await feed.ReadAsync(caller, typeId, since, limit, cancellationToken)).Try(out var page, out var problem)) return problem;
        var shown = new List<RecordChange>(page.Changes.Count);
        foreach (var change in page.Changes)
            shown.Add(change.Record is { } record ? change with { Record = await cases.ShowAsync(caller, record, cancellationToken) } : change);
        return page with { Changes = shown };
    }

    /// <summary>A record; NotFound where there is none that the caller may read, and where it has expired.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<RecordSnapshot>> GetAsync(Caller caller, long id, CancellationToken cancellationToken)
        => (await reading.GetAsync(caller, id, cancellationToken)).Try(out var record, out var problem) ? await cases.ShowAsync(caller, record, cancellationToken) : problem;

    /// <summary>Whether there is a record of this id in a team that is open.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal Task<bool> ExistsAsync(Func<long, bool> isOpen, long id, CancellationToken cancellationToken)
        => access.ExistsAsync(isOpen, id, cancellationToken);

    /// <summary>Changes a record: all of it or nothing.</summary>
    public async Task<Result<UpdatedRecord>> UpdateAsync(Caller caller, long id, RecordChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
        => (await updating.UpdateAsync(caller, id, changes, ifMatch, cancellationToken)).Try(out var updated, out var problem)
            ? updated with { Record = await cases.ShowAsync(caller, updated.Record, cancellationToken) }
            : problem;

    /// <summary>Deletes a record; answers its id.</summary>
    public Task<Result<long>> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => deletion.DeleteAsync(caller, id, ifMatch, cancellationToken);

    /// <summary>A page of records, of one version of their type.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<RecordList>> ListAsync(Caller caller, ListRequest request, CancellationToken cancellationToken)
        => ListAsync(caller, request, newest: null, cancellationToken);

    /// <summary>As the other, where the head of the type is known by a look that was made after the request arrived (<see cref="LookAsync"/>).</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<RecordList>> ListAsync(Caller caller, ListRequest request, TypeHead? newest, CancellationToken cancellationToken)
    {
        if (!(await listing.ListAsync(caller, request, newest, cancellationToken)).Try(out var list, out var problem)) return problem;
        var shown = await cases.ShowAsync(caller, list.Records, cancellationToken);
        return list with { Records = shown, Ground = ListGrounds.Of(list.Ground!, list.Records, shown) };
    }

    /// <summary>Whether a list that was answered on this ground would be answered to this caller in the same way now: a shared read of the type's head.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer: then nobody knows.</exception>
    public Task<ListLook> LookAsync(Caller caller, ListGround ground, CancellationToken cancellationToken)
        => grounds.LookAsync(caller, ground, cancellationToken);

    /// <summary>Computes over the records of a type.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="typeId">The type.</param>
    /// <param name="read">Reads the question by the definition that is valid.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<AggregateResult>> AggregateAsync(
        Caller caller, long typeId, Func<RecordType, Result<(Aggregation Aggregation, RecordSelection Selection)>> read, CancellationToken cancellationToken)
        => listing.AggregateAsync(caller, typeId, read, cancellationToken);

    /// <summary>Fields to show by their ids, default ones included; all for null. NotFound for one that there is nowhere, Invalid for one of another type.</summary>
    public ValueTask<Result<RecordField[]>> FieldsAsync(Caller caller, RecordType type, IReadOnlyList<long>? ids, CancellationToken cancellationToken)
        => listing.FieldsAsync(caller, type, ids, cancellationToken);

    /// <summary>The record's parent as far as the caller may know of it.</summary>
    public ValueTask<long?> ParentAsync(Caller caller, RecordSnapshot record, CancellationToken cancellationToken)
        => reading.ParentAsync(caller, record, cancellationToken);

    /// <summary>The ids of the record's children that the caller may read, ascending.</summary>
    public Task<IReadOnlyList<long>> ChildIdsAsync(Caller caller, RecordSnapshot record, CancellationToken cancellationToken)
        => reading.ChildIdsAsync(caller, record, cancellationToken);

    /// <summary>The record's children that the caller may read, ascending by id, the first 50.</summary>
    public async Task<IReadOnlyList<RecordSnapshot>> ChildrenAsync(Caller caller, RecordSnapshot record, CancellationToken cancellationToken)
        => await cases.ShowAsync(caller, await reading.ChildrenAsync(caller, record, cancellationToken), cancellationToken);

    /// <summary>Records of an export as the caller may see them.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public ValueTask<IReadOnlyList<RecordSnapshot>> ShowAsync(Caller caller, IReadOnlyList<RecordSnapshot> records, CancellationToken cancellationToken)
        => cases.ShowAsync(caller, records, cancellationToken);

    /// <summary>The contents of the record's artifacts by field; Invalid when they are too large for one answer.</summary>
    public Task<Result<Dictionary<long, ReadOnlyMemory<byte>>>> ContentsAsync(
        RecordSnapshot record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? known, CancellationToken cancellationToken)
        => reading.ContentsAsync(record, known, cancellationToken);

    /// <summary>Bytes of artifacts that one answer inlines.</summary>
    public long InlinedBytes => limits.InlinedBytes;

    /// <summary>The refusal of an answer that would inline more than is allowed.</summary>
    public Problem TooMuchToInline() => reading.TooMuch();

    /// <summary>An artifact with its content.</summary>
    public Task<Result<ResolvedArtifact>> ArtifactAsync(Caller caller, long recordId, long artifactId, CancellationToken cancellationToken)
        => reading.ArtifactAsync(caller, recordId, artifactId, cancellationToken);
}
