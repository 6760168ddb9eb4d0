using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>Changes records (records.md, "Update"): all of an update happens in one commit, or none of it.</summary>
internal sealed class RecordUpdating(
    PartitionSet partitions,
    RecordTypeCatalog catalog,
    RecordAccess access,
    RecordDrafting drafting,
    RecordAncestry ancestry,
    CaseLinks cases,
    RecordLimits limits)
{
    /// <summary>How often a definition may change under one request.</summary>
    private const int Attempts = 5;

    /// <summary>Changes a record.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The record.</param>
    /// <param name="changes">The changes; with none the record stays as it is.</param>
    /// <param name="ifMatch">The revisions that the client wants changed; null for any.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Result<UpdatedRecord>> UpdateAsync(
        Caller caller, long id, RecordChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var found = await access.TypeOfRecordToWriteAsync(caller, id, cancellationToken);
        if (!found.Try(out var type, out var problem)) return problem;

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var faults = new List<Fault>();
            await cases.CheckAsync(caller, changes.AddCases, atCreation: false, "add_case_ids", faults, cancellationToken);
            changes = changes with { RemoveCases = await cases.CheckLeavingAsync(caller, changes.RemoveCases, "remove_case_ids", faults, cancellationToken) };
            var links = await FindLinksAsync(caller, type, id, changes, faults, cancellationToken);
            var checkedDraft = await drafting.CheckAsync(caller, type, changes.Content, isNew: false, faults, cancellationToken);
            if (!checkedDraft.Try(out var draft, out problem)) return problem;

            var committed = await partitions[RecordTypeRow.Address(type.Id)].CommitAsync<Update>(
                async (scope, token) =>
                {
                    var current = await catalog.OfAsync(scope, type.Id, token);
                    if (current.SchemaVersion != draft.Type.SchemaVersion) return new Update(null);
                    return await ChangeAsync(scope, caller.UserId, id, changes, draft, links, ifMatch, token);
                },
                cancellationToken);

            if (!committed.Try(out var update, out problem))
            {
                if (problem.Kind != ProblemKind.Unavailable) await drafting.DiscardAsync(draft);
                return problem.Kind == ProblemKind.NotFound ? RecordAccess.NoSuchRecord(id) : problem;
            }

            if (update.Record is { } record) return new UpdatedRecord(record, draft.Contents);

            await drafting.DiscardAsync(draft);
            if (await catalog.FindFreshAsync(type.Id, cancellationToken) is not { } fresh) return RecordAccess.NoSuchRecord(id);
            type = fresh;
        }

        return Problem.Of(ProblemKind.Unavailable, "Record type keeps changing", "Nothing was written.", TimeSpan.FromSeconds(1));
    }

    /// <summary>Changes a record's values, and nothing else of it, within an operation.</summary>
    internal async ValueTask<Result<RecordSnapshot>> ChangeAsync(OperationScope scope, long userId, long id, RecordChanges values, RecordDraft draft, CancellationToken cancellationToken)
        => (await ChangeAsync(scope, userId, id, values, draft, new Links(null, []), ifMatch: null, cancellationToken)).Map(update => update.Record!);

    private async ValueTask<Result<Update>> ChangeAsync(
        OperationScope scope, long userId, long id, RecordChanges changes, RecordDraft draft, Links links, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var type = draft.Type;
        if (await RecordRows.FindAsync(scope, type, id, cancellationToken) is not { } image) return RecordAccess.NoSuchRecord(id);
        if (ifMatch?.Refuse(RecordRows.RevisionOf(image)) is { } changed) return changed;
        if (changes.IsEmpty) return new Update(RecordSnapshot.Read(type, RecordRow.Key(id), image));
        if (changes.Content.HasValues && !type.Editable)
            return Problem.Invalid("Record is not editable", $"field_values: records of record type {type.Id} cannot be changed");

        var before = RecordSnapshot.Read(type, RecordRow.Key(id), image);
        var updatedBefore = before.Record.Updated;
        var now = scope.Now.ToUnixTimeMilliseconds();
        image[RecordRow.Updated] = now;
        var released = draft.Apply(image, now, scope);
        RecordTraits.Continue(scope, draft, before, image);
        if (RecordDraft.TooLarge(type, image, limits.RecordBytes) is { } tooLarge) return tooLarge;
        if (ChangeCases(scope, userId, type, id, image, changes) is { } tooMany) return tooMany;

        if (changes.SetsParent)
        {
            if (links.Parent is { } parent && await ancestry.CheckAsync(scope, id, parent, "parent_record_id", cancellationToken) is { } cycle) return cycle;
            var linked = await RecordLinks.SetParentAsync(scope, type, id, image, links.Parent, cancellationToken);
            if (linked.Problem is { } noParent) return noParent;
        }

        RecordRows.Change(scope, type, id, updatedBefore, image);
        foreach (var child in links.Children)
        {
            if (await LinkChildAsync(scope, type, id, child, cancellationToken) is { } refused) return refused;
        }

        BlobWork.Owe(scope, released);
        if (type.Ttl is { } ttl) scope.DueBy(DueKind.Retention, scope.Now + ttl);

        // Linking children may have marked the record itself.
        var written = await scope.GetAsync(RecordRow.Key(id), cancellationToken);
        var snapshot = RecordSnapshot.Read(type, RecordRow.Key(id), written!.Properties);

        // Children of other types mark it by owed work, which is done before the answer shows them and after this image was taken.
        return new Update(links.Children.Any(child => child.Adopt) ? snapshot with { HasChildren = true } : snapshot);
    }

    private async ValueTask<Problem?> LinkChildAsync(OperationScope scope, RecordType type, long id, ChildChange child, CancellationToken cancellationToken)
    {
        var self = new RecordAddress(id, type.Id);
        if (child.Adopt && await ancestry.CheckAsync(scope, child.Id, self, child.Place, cancellationToken) is { } cycle) return cycle;
        if (child.TypeId != type.Id)
        {
            scope.Owe(new AdoptWork(id, type.Id, child.Id, child.TypeId, child.Seen, child.Adopt).ToOwed());
            return null;
        }

        if (await RecordRows.FindAsync(scope, type, child.Id, cancellationToken) is not { } image) return RecordLinks.NoSuchRecord(child.Place, child.Id);
        if (!child.Adopt && RecordLinks.ParentOf(image, type.Id) != self) return null;
        var updated = (long)image[RecordRow.Updated];
        var linked = await RecordLinks.SetParentAsync(scope, type, child.Id, image, child.Adopt ? self : null, cancellationToken);
        if (linked.Try(out var isNew, out var refused) && isNew) RecordRows.Change(scope, type, child.Id, updated, image);
        return refused;
    }

    private Problem? ChangeCases(OperationScope scope, long userId, RecordType type, long id, Dictionary<string, object> image, RecordChanges changes)
    {
        RecordCases.Change(scope, type.Id, id, image, changes.AddCases, changes.RemoveCases, userId);
        return RecordCases.Of(image).Count > limits.CasesPerRecord ? RecordCases.TooMany("add_case_ids", limits.CasesPerRecord) : null;
    }

    /// <summary>Looks up, before the commit, what it cannot see: records of other types, and what the caller may do to them.</summary>
    private async ValueTask<Links> FindLinksAsync(
        Caller caller, RecordType type, long id, RecordChanges changes, List<Fault> faults, CancellationToken cancellationToken)
    {
        RecordAddress? parent = null;
        if (changes.ParentId is { } parentId)
        {
            var parentType = await access.TypeOfRecordAsync(caller, parentId, cancellationToken);
            if (parentType is not null && (parentType.Id == type.Id || await access.RowAsync(parentType, parentId, cancellationToken) is not null))
                parent = new RecordAddress(parentId, parentType.Id);
            else
                faults.AddRange(RecordLinks.NoSuchRecord("parent_record_id", parentId).Faults);
        }

        if (changes.AddChildren.Count + changes.RemoveChildren.Count > limits.ChildrenPerUpdate)
        {
            faults.Add(new Fault("Too many children", $"An update adds and removes at most {limits.ChildrenPerUpdate} children"));
            return new Links(parent, []);
        }

        var children = new List<ChildChange>();
        for (var i = 0; i < changes.RemoveChildren.Count; i++)
            await FindChildAsync(changes.RemoveChildren[i], $"remove_child_records[{i}]", adopt: false);
        for (var i = 0; i < changes.AddChildren.Count; i++)
            await FindChildAsync(changes.AddChildren[i], $"add_child_records[{i}]", adopt: true);
        return new Links(parent, children);

        async Task FindChildAsync(long child, string place, bool adopt)
        {
            var childType = await access.TypeOfRecordAsync(caller, child, cancellationToken);
            var row = childType is null || childType.Id == type.Id ? null : await access.RowAsync(childType, child, cancellationToken);
            if (childType is null || (childType.Id != type.Id && row is null))
                faults.AddRange(RecordLinks.NoSuchRecord(place, child).Faults);
            else if (!caller.CanWrite(childType.TeamId))
                faults.Add(new Fault("Not allowed", string.Create(CultureInfo.InvariantCulture, $"{place}: record {child} belongs to a team that you may only read")));
            else if (adopt || row is null || RecordLinks.ParentOf(row.Properties, childType.Id) == new RecordAddress(id, type.Id))
                children.Add(new ChildChange(child, childType.Id, row is null ? 0 : RecordLinks.VersionOf(row.Properties), adopt, place));
        }
    }

    /// <summary>What came of the operation; nothing where the definition is not the one that was checked.</summary>
    private sealed record Update(RecordSnapshot? Record);

    private sealed record Links(RecordAddress? Parent, IReadOnlyList<ChildChange> Children);

    /// <param name="Id">The child.</param>
    /// <param name="TypeId">Its type.</param>
    /// <param name="Seen">The version of its link, where it is in another partition.</param>
    /// <param name="Adopt">Whether it becomes a child, or stops being one.</param>
    /// <param name="Place">The request's member, for faults.</param>
    private sealed record ChildChange(long Id, long TypeId, long Seen, bool Adopt, string Place);
}

/// <summary>A record that was changed.</summary>
/// <param name="Record">The record after the change.</param>
/// <param name="Contents">The large values that came with the request, by field.</param>
public sealed record UpdatedRecord(RecordSnapshot Record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Contents);
