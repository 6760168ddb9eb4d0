using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>Checks values against a definition that may have changed since this process read it, and puts the large ones into Blob Storage.</summary>
internal sealed class RecordDrafting(RecordTypeCatalog catalog, ArtifactBlobs artifacts)
{
    /// <summary>
    /// The values, checked. What an outdated definition would refuse is checked against a fresh one, so that no refusal is false; what it
    /// would let pass, the commit finds.
    /// </summary>
    public async Task<Result<RecordDraft>> CheckAsync(
        Caller caller, RecordType type, RecordContent content, bool isNew, IReadOnlyCollection<Fault> others, CancellationToken cancellationToken)
    {
        var read = content.Check(type, isNew, others);
        if (read.Problem is not null)
        {
            if (await catalog.FindFreshAsync(type.Id, cancellationToken) is not { } fresh) return RecordAccess.NoSuchType(type.Id);
            if (fresh.SchemaVersion != type.SchemaVersion) (type, read) = (fresh, content.Check(fresh, isNew, others));
        }

        if (!read.Try(out var passed, out var problem))
        {
            return problem.Kind == ProblemKind.NotFound && await AreAllElsewhereAsync(caller, type, content.FieldIds, cancellationToken)
                ? problem with { Kind = ProblemKind.Invalid }
                : problem;
        }

        var values = RecordDraft.Has(passed.Values, static value => value is LargeValue) ? await StoreAsync(type, passed.Values, cancellationToken) : passed.Values;
        return new RecordDraft(type, values, passed.Traits, caller.UserId);
    }

    /// <summary>Takes back what was written for a draft that came to nothing. Blobs that stay behind do no harm.</summary>
    public async Task DiscardAsync(RecordDraft draft)
    {
        try
        {
            await artifacts.DeleteAsync(draft.Blobs, CancellationToken.None);
        }
        catch (Storage.StorageUnavailableException)
        {
            // The refusal is the answer; the sweep of orphans finds the blobs.
        }
    }

    /// <summary>Whether the fields that the type lacks are those of other types that the caller may know of: then they are not unknown, but wrong.</summary>
    private async Task<bool> AreAllElsewhereAsync(Caller caller, RecordType type, IEnumerable<long> fieldIds, CancellationToken cancellationToken)
    {
        foreach (var fieldId in fieldIds)
        {
            if (type.Field(fieldId) is not null) continue;
            if (await catalog.TypeOfFieldAsync(fieldId, cancellationToken) is not { } typeId) return false;
            if (await catalog.FindAsync(typeId, cancellationToken) is not { } other || !caller.CanRead(other.TeamId)) return false;
        }

        return true;
    }

    private async Task<IReadOnlyList<(RecordField, object?)>> StoreAsync(
        RecordType type, IReadOnlyList<(RecordField Field, object? Value)> values, CancellationToken cancellationToken)
    {
        var stored = new List<(RecordField, object?)>(values.Count);
        foreach (var (field, value) in values)
            stored.Add((field, value is LargeValue large ? await artifacts.WriteAsync(type.Id, large.Utf8, cancellationToken) : value));
        return stored;
    }
}
