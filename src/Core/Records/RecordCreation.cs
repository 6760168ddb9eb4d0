using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>Creates records (records.md, "Create"): one commit in the type's partition, shared with whatever else is written there at the time.</summary>
internal sealed class RecordCreation(
    PartitionSet partitions,
    RecordTypeCatalog catalog,
    RecordAccess access,
    RecordDrafting drafting,
    RecordIds ids,
    RecordRoom room,
    CaseLinks cases,
    RecordLimits limits,
    IStorage storage)
{
    /// <summary>How often a definition may change under one request.</summary>
    private const int Attempts = 5;

    /// <summary>Properties of a new record's row beside its values, usually.</summary>
    private const int OwnProperties = 5;

    /// <summary>Creates a record, or answers what the first request of this idempotency key made.</summary>
    public async Task<Result<CreatedRecord>> CreateAsync(Caller caller, NewRecord input, Once? once, CancellationToken cancellationToken)
    {
        if (!(await RunAsync(caller, input, once, cancellationToken)).Try(out var creation, out var problem)) return problem;
        return creation.Record is { } record
            ? new CreatedRecord(record.Read(), creation.Contents, Replayed: false)
            : await ReplayAsync(input.RecordTypeId, creation.Made!, cancellationToken);
    }

    /// <summary>Creates a record of a batch or stream, whose answer is its id.</summary>
    public async Task<Result<Made<long>>> CreateLineAsync(Caller caller, NewRecord input, OnceLine? once, CancellationToken cancellationToken)
        => (await RunAsync(caller, input, once, cancellationToken)).Map(creation => creation.Record is { } record
            ? new Made<long>(record.Id, Replayed: false)
            : new Made<long>(long.Parse(creation.Made!.Made, CultureInfo.InvariantCulture), Replayed: true));

    private async Task<Result<Creation>> RunAsync(Caller caller, NewRecord input, IOnce? once, CancellationToken cancellationToken)
    {
        var found = await access.TypeToCreateInAsync(caller, input.RecordTypeId, cancellationToken);
        if (!found.Try(out var type, out var problem)) return problem;

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var faults = new List<Fault>();
            await cases.CheckAsync(caller, input.CaseIds, atCreation: true, "case_ids", faults, cancellationToken);
            var parent = await FindParentAsync(caller, type, input.ParentId, faults, cancellationToken);
            var checkedDraft = await drafting.CheckAsync(caller, type, input.Content, isNew: true, faults, cancellationToken);
            if (!checkedDraft.Try(out var draft, out problem)) return await MadeBeforeAsync(type, once, problem, cancellationToken);

            var committed = await partitions[RecordTypeRow.Address(type.Id)].CommitAheadAsync<Creation>(
                async (scope, token) =>
                {
                    if (once is not null)
                    {
                        if (!(await once.FindAsync(scope, token)).Try(out var made, out var conflict)) return conflict!;
                        if (made is not null) return new Creation(null, made, RecordDraft.NoContents);
                    }

                    var current = await catalog.OfAsync(scope, type.Id, token);
                    if (current.SchemaVersion != draft.Type.SchemaVersion) return new Creation(null, null, RecordDraft.NoContents);
                    if (!(await AddAsync(scope, caller.UserId, input, draft, parent, token)).Try(out var record, out var refused)) return refused;
                    if (once is not null) await once.RememberAsync(scope, record.Id.ToString(CultureInfo.InvariantCulture), token);
                    return new Creation(record, null, RecordDraft.NoContents);
                },
                cancellationToken);

            if (!committed.Try(out var creation, out problem))
            {
                if (problem.Kind != ProblemKind.Unavailable) await drafting.DiscardAsync(draft);
                return problem.Kind == ProblemKind.NotFound ? RecordAccess.NoSuchType(type.Id) : problem;
            }

            if (creation.Record is not null) return creation with { Contents = draft.Contents };

            await drafting.DiscardAsync(draft);
            if (creation.Made is not null) return creation;
            if (await catalog.FindFreshAsync(type.Id, cancellationToken) is not { } fresh) return RecordAccess.NoSuchType(type.Id);
            type = fresh;
        }

        return Problem.Of(
            ProblemKind.Unavailable, "Record type keeps changing", "Nothing was written.", TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// The answer to a request that does not pass the checks: what an earlier one with its idempotency key made, since a case, a parent or the definition may
    /// have changed after that one; else the refusal.
    /// </summary>
    private async Task<Result<Creation>> MadeBeforeAsync(RecordType type, IOnce? once, Problem refusal, CancellationToken cancellationToken)
    {
        if (once is null) return refusal;
        var found = await partitions[RecordTypeRow.Address(type.Id)].FindMadeAsync(once, cancellationToken);
        if (!found.Try(out var made, out var problem)) return problem;
        return made is null ? refusal : new Creation(null, made, RecordDraft.NoContents);
    }

    /// <summary>Adds a record within an operation.</summary>
    internal async ValueTask<Result<AddedRecord>> AddAsync(
        OperationScope scope, long userId, NewRecord input, RecordDraft draft, RecordAddress? parent, CancellationToken cancellationToken)
    {
        if (draft.Type.Dataset is { IsDisabled: true })
            return Problem.Invalid("Record type is disabled", $"No records are created in record type {draft.Type.Id} while it is disabled");
        if (await room.MakeAsync(scope, draft.Type, cancellationToken) is { } full) return full;

        var id = await ids.TakeAsync(scope, cancellationToken);
        var now = scope.Now.ToUnixTimeMilliseconds();
        var image = new Dictionary<string, object>(OwnProperties + draft.Values.Count, StringComparer.Ordinal) { [RecordRow.Created] = now, [RecordRow.Updated] = now };
        if (input.IsTest) image[RecordRow.Test] = true;
        RecordDraft.Set(image, RecordRow.StoryId, input.StoryId);
        RecordDraft.Set(image, RecordRow.StoryContainerId, input.StoryContainerId);
        RecordDraft.Set(image, RecordRow.StoryName, input.StoryName);
        RecordDraft.Set(image, RecordRow.StoryRun, input.StoryRun);
        draft.Apply(image, now, scope);
        RecordTraits.Begin(scope, draft, id, image);
        if (RecordDraft.TooLarge(draft.Type, image, limits.RecordBytes) is { } tooLarge) return tooLarge;

        if (parent is not null)
        {
            // After making room: the parent itself may have been the oldest.
            var linked = await RecordLinks.SetParentAsync(scope, draft.Type, id, image, parent, cancellationToken);
            if (linked.Problem is { } noParent) return noParent;
        }

        RecordCases.Change(scope, draft.Type.Id, id, image, input.CaseIds, [], userId);
        RecordRows.Add(scope, draft.Type, id, image);
        return new AddedRecord(draft.Type, id, image);
    }

    /// <summary>The parent, where it is one that the caller may link to. One in the record's own partition is looked at in the commit.</summary>
    internal async ValueTask<RecordAddress?> FindParentAsync(
        Caller caller, RecordType type, long? parentId, List<Fault> faults, CancellationToken cancellationToken)
    {
        if (parentId is not { } id) return null;
        var parentType = await access.TypeOfRecordAsync(caller, id, cancellationToken);
        if (parentType is not null && (parentType.Id == type.Id || await access.RowAsync(parentType, id, cancellationToken) is not null)) return new RecordAddress(id, parentType.Id);
        faults.AddRange(RecordLinks.NoSuchRecord("parent_record_id", id).Faults);
        return null;
    }

    /// <summary>What the first request answered: the image that its commit logged. Only where that log is gone, the record as it is now.</summary>
    private async Task<Result<CreatedRecord>> ReplayAsync(long typeId, OnceMade made, CancellationToken cancellationToken)
    {
        if (await catalog.FindFreshAsync(typeId, cancellationToken) is not { } type) return RecordAccess.NoSuchType(typeId);
        var address = RecordTypeRow.Address(typeId);
        var table = storage.Table(address.Table);
        var rowKey = RecordRow.Key(long.Parse(made.Made, CultureInfo.InvariantCulture));
        await foreach (var entry in CommitLog.ReadAsync(table, address.Key, made.Version, made.Version, cancellationToken))
        {
            // A later operation of the same commit may have changed the record again: the first image is the one that was answered.
            if (entry.Changes.FirstOrDefault(change => change.RowKey == rowKey)?.Image is { } image)
                return new CreatedRecord(RecordSnapshot.Read(type, rowKey, image), RecordDraft.NoContents, Replayed: true);
        }

        return await table.GetAsync(address.Key, rowKey, cancellationToken) is { } row
            ? new CreatedRecord(RecordSnapshot.Read(type, rowKey, row.Properties), RecordDraft.NoContents, Replayed: true)
            : Problem.Of(ProblemKind.Gone, "Record is gone", "The record that this idempotency key made has been deleted since");
    }

    /// <summary>What came of the operation: a record, an earlier request's, or neither where the definition is not the one that was checked.</summary>
    private sealed record Creation(AddedRecord? Record, OnceMade? Made, IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Contents);
}

/// <summary>A record as an operation adds it.</summary>
/// <param name="Type">The definition.</param>
/// <param name="Id">The record.</param>
/// <param name="Image">Its row's image.</param>
internal sealed record AddedRecord(RecordType Type, long Id, IReadOnlyDictionary<string, object> Image)
{
    /// <summary>The record as its readers see it.</summary>
    public RecordSnapshot Read() => RecordSnapshot.Read(Type, RecordRow.Key(Id), Image);
}

/// <summary>A record that was created.</summary>
/// <param name="Record">The record as it was created.</param>
/// <param name="Contents">The large values that came with the request, by field.</param>
/// <param name="Replayed">Whether an earlier request with the same idempotency key did it.</param>
public sealed record CreatedRecord(RecordSnapshot Record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Contents, bool Replayed);
