using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>Reads single records: a point read of the row beside a shared read of the head, which says what definition is valid.</summary>
internal sealed class RecordReading(
    PartitionSet partitions, RecordTypeCatalog catalog, IdBlocks blocks, ArtifactBlobs artifacts, RecordLimits limits, IStorage storage, TimeProvider time)
{
    /// <summary>Children whose data one answer carries (records.md, "Get").</summary>
    private const int ChildrenWithData = 50;

    public async Task<Result<RecordSnapshot>> GetAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (await blocks.PartitionOfAsync(id, cancellationToken) is not { } address) return RecordAccess.NoSuchRecord(id);

        var reading = storage.Table(address.Table).GetAsync(address.Key, RecordRow.Key(id), cancellationToken);
        var head = await partitions[address].ReadHeadAsync(cancellationToken);
        var row = await reading;
        if (head is null || head.Deleting || row is null) return RecordAccess.NoSuchRecord(id);

        var type = await catalog.OfAsync(long.Parse(address.Key, CultureInfo.InvariantCulture), head, cancellationToken);
        return type is not null && caller.CanRead(type.TeamId) && !RecordRows.IsExpired(type, row.Properties, time.GetUtcNow())
            ? RecordSnapshot.Read(type, row.RowKey, row.Properties)
            : RecordAccess.NoSuchRecord(id);
    }

    /// <summary>The parent, unless it has expired, or is in a type that is gone or that the caller may not read.</summary>
    public async ValueTask<long?> ParentAsync(Caller caller, RecordSnapshot record, CancellationToken cancellationToken)
    {
        if (record is not { ParentTypeId: { } typeId, Record.ParentId: { } id }) return null;
        var type = typeId == record.Type.Id ? record.Type : await catalog.FindAsync(typeId, cancellationToken);
        if (type is null || !caller.CanRead(type.TeamId)) return null;
        return type.Ttl is null || await ReadAsync(type, id, cancellationToken) is not null ? id : null;
    }

    /// <summary>The ids of the children that the caller may read, ascending.</summary>
    public async Task<IReadOnlyList<long>> ChildIdsAsync(Caller caller, RecordSnapshot record, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        await foreach (var (link, type) in LinksAsync(caller, record, cancellationToken))
        {
            // Only where records expire may one be past its time and not yet swept.
            if (type.Ttl is null || await ReadAsync(type, link.Id, cancellationToken) is not null) ids.Add(link.Id);
        }

        return ids;
    }

    /// <summary>The children that the caller may read, ascending by id, the first 50.</summary>
    public async Task<IReadOnlyList<RecordSnapshot>> ChildrenAsync(Caller caller, RecordSnapshot record, CancellationToken cancellationToken)
    {
        var children = new List<RecordSnapshot>();
        await foreach (var (link, type) in LinksAsync(caller, record, cancellationToken))
        {
            if (await ReadAsync(type, link.Id, cancellationToken) is { } child) children.Add(child);
            if (children.Count == ChildrenWithData) break;
        }

        return children;
    }

    /// <summary>The contents of a record's artifacts by field, those known already among them.</summary>
    /// <param name="record">The record.</param>
    /// <param name="known">Contents that need not be read; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The contents; one whose blob has gone meanwhile is left out. Invalid when they are too large for one answer.</returns>
    public async Task<Result<Dictionary<long, ReadOnlyMemory<byte>>>> ContentsAsync(
        RecordSnapshot record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? known, CancellationToken cancellationToken)
    {
        var references = ArtifactReferences.Decode(record.Record.Artifacts).Where(each => record.Type.Field(each.FieldId) is not null).ToArray();
        if (references.Sum(each => each.Bytes) > limits.InlinedBytes) return TooMuch();

        var contents = new Dictionary<long, ReadOnlyMemory<byte>>();
        foreach (var reference in references)
        {
            if (known is not null && known.TryGetValue(reference.FieldId, out var given)) contents[reference.FieldId] = given;
            else if (await artifacts.ReadAsync(reference, cancellationToken) is { } utf8) contents[reference.FieldId] = utf8;
        }

        return contents;
    }

    /// <summary>The refusal of an answer that would inline too much.</summary>
    public Problem TooMuch() => Problem.Invalid(
        "Artifacts are too large to be inlined",
        string.Create(
            CultureInfo.InvariantCulture,
            $"They have more than {limits.InlinedBytes} bytes together; ask with resolve_artifacts=false and fetch each by GET /api/v1/records/{{record_id}}/artifacts/{{artifact_id}}"));

    public async Task<Result<ResolvedArtifact>> ArtifactAsync(Caller caller, long recordId, long artifactId, CancellationToken cancellationToken)
    {
        if (!(await GetAsync(caller, recordId, cancellationToken)).Try(out var record, out var problem)) return problem;
        foreach (var reference in ArtifactReferences.Decode(record.Record.Artifacts))
        {
            if (reference.Id == artifactId
                && record.Type.Field(reference.FieldId) is { } field
                && await artifacts.ReadAsync(reference, cancellationToken) is { } utf8)
                return new ResolvedArtifact(reference, field, utf8);
        }

        return Problem.NotFound("Artifact", string.Create(CultureInfo.InvariantCulture, $"Record {recordId} has no artifact {artifactId}"));
    }

    private async IAsyncEnumerable<(ChildLink Link, RecordType Type)> LinksAsync(
        Caller caller, RecordSnapshot record, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!record.HasChildren) yield break;

        var address = RecordTypeRow.Address(record.Type.Id);
        var range = RowRange.Prefix(address.Key, RecordLinks.ChildrenOf(record.Record.Id));
        while (true)
        {
            var page = await storage.Table(address.Table).ReadAsync(range, cancellationToken);
            foreach (var row in page.Rows)
            {
                var link = RecordLinks.Read(row, record.Type.Id);
                if (link.Gone) continue;
                var type = link.TypeId == record.Type.Id ? record.Type : await catalog.FindAsync(link.TypeId, cancellationToken);
                if (type is not null && caller.CanRead(type.TeamId)) yield return (link, type);
            }

            if (page.Continuation is null) yield break;
            range = range with { Continuation = page.Continuation };
        }
    }

    private async Task<RecordSnapshot?> ReadAsync(RecordType type, long id, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(type.Id);
        var row = await storage.Table(address.Table).GetAsync(address.Key, RecordRow.Key(id), cancellationToken);
        return row is not null && !RecordRows.IsExpired(type, row.Properties, time.GetUtcNow()) ? RecordSnapshot.Read(type, row.RowKey, row.Properties) : null;
    }
}

/// <summary>An artifact with its content.</summary>
/// <param name="Reference">Where it is kept, and since when.</param>
/// <param name="Field">The field whose value it is.</param>
/// <param name="Utf8">The content.</param>
public sealed record ResolvedArtifact(ArtifactReference Reference, RecordField Field, ReadOnlyMemory<byte> Utf8);
