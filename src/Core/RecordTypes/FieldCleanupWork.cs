using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Storage;

namespace Casefile.Core.RecordTypes;

/// <summary>
/// Walks through the records of a type and takes out the artifacts of fields that its definition no longer has; the blobs go after each commit.
/// The head says how far the walk is. What readers see of a record does not change by it, so neither do its times and its revision.
/// </summary>
public sealed class FieldCleanupWork(IStorage storage, PartitionSet partitions, RecordTypeCatalog catalog) : IOwedWorkHandler
{
    /// <summary>Records changed in one commit: two rows each, and some 60 KiB of artifact references.</summary>
    private const int RecordsPerCommit = 20;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [FieldCleanup.Work];

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        while (await partitions[owner].ReadHeadAsync(cancellationToken) is { Deleting: false } head && head[FieldCleanup.From] is > 0 and var from)
        {
            if (await catalog.FindFreshAsync(RecordTypeRow.IdOf(owner), cancellationToken) is not { } type) return;

            var page = await ReadAsync(owner, from, cancellationToken);
            var stale = page.Rows.Where(row => References(row).Any(reference => type.Field(reference.FieldId) is null)).Select(row => row.RowKey);
            foreach (var chunk in stale.Chunk(RecordsPerCommit))
                await CommitAsync(owner, (scope, token) => CleanAsync(scope, chunk, token), cancellationToken);

            var next = page.Continuation is null ? 0 : RowKeys.LastNumber(page.Rows[^1].RowKey) + 1;
            await CommitAsync(owner, (scope, _) => ValueTask.FromResult<Result<bool>>(Advance(scope, from, next)), cancellationToken);
        }
    }

    /// <summary>The next records. A page may be empty and yet not the last.</summary>
    private async Task<RowPage> ReadAsync(PartitionAddress owner, long from, CancellationToken cancellationToken)
    {
        var range = new RowRange(owner.Key, RecordRow.Key(from), RecordRow.Key(long.MaxValue));
        while (true)
        {
            var page = await storage.Table(owner.Table).ReadAsync(range, cancellationToken);
            if (page.Rows.Count > 0 || page.Continuation is null) return page;
            range = range with { Continuation = page.Continuation };
        }
    }

    private async Task CommitAsync(PartitionAddress owner, Operation<bool> operation, CancellationToken cancellationToken)
    {
        var committed = await partitions[owner].CommitAsync(operation, cancellationToken);
        if (committed.Problem is { Kind: not ProblemKind.NotFound } problem) throw new StorageUnavailableException(problem.Faults[0].Message);
    }

    private async ValueTask<Result<bool>> CleanAsync(OperationScope scope, IReadOnlyList<string> rowKeys, CancellationToken cancellationToken)
    {
        var type = await catalog.OfAsync(scope, RecordTypeRow.IdOf(scope.Address), cancellationToken);
        var blobs = new List<string>();
        foreach (var rowKey in rowKeys)
        {
            if (await scope.GetAsync(rowKey, cancellationToken) is not { } row) continue;
            var gone = References(row).Where(reference => type.Field(reference.FieldId) is null).ToArray();
            if (gone.Length == 0) continue;

            var image = new Dictionary<string, object>(row.Properties, StringComparer.Ordinal);
            foreach (var reference in gone)
            {
                image.Remove(RecordRow.Field(reference.FieldId));
                blobs.Add(reference.Blob);
            }

            if (ArtifactReferences.Encode([.. References(row).Except(gone)]) is { } rest) image[RecordRow.Artifacts] = rest;
            else image.Remove(RecordRow.Artifacts);

            scope.Put(rowKey, image);
            var id = RowKeys.LastNumber(rowKey);
            if (AgeOrder.Keeps(scope, type, id)) scope.Put(RecordRows.AgeKey((long)image[RecordRow.Updated], id), RecordRows.AgeImage(image));
        }

        BlobWork.Owe(scope, blobs);
        return true;
    }

    /// <summary>Another deletion of a field begins the walk anew; what this one has seen counts for nothing then.</summary>
    private static bool Advance(OperationScope scope, long from, long next)
    {
        if (scope[FieldCleanup.From] != from) return false;
        scope[FieldCleanup.From] = next;
        return true;
    }

    private static IReadOnlyList<ArtifactReference> References(Row row) => ArtifactReferences.Decode(row.Text(RecordRow.Artifacts));
}
