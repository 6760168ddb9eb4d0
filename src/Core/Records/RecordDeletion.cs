using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>Deletes records (records.md, "Delete"): their children lose their parent, their artifacts go.</summary>
internal sealed class RecordDeletion(PartitionSet partitions, RecordTypeCatalog catalog, RecordAccess access)
{
    /// <summary>Deletes a record.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The record.</param>
    /// <param name="ifMatch">The revisions that the client wants deleted; null for any.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Result<long>> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var found = await access.TypeOfRecordToWriteAsync(caller, id, cancellationToken);
        if (!found.Try(out var type, out var problem)) return problem;

        var deleted = await partitions[RecordTypeRow.Address(type.Id)].CommitAsync<long>(
            async (scope, token) =>
            {
                var current = await catalog.OfAsync(scope, type.Id, token);
                if (await RecordRows.FindAsync(scope, current, id, token) is not { } image) return RecordAccess.NoSuchRecord(id);
                if (ifMatch?.Refuse(RecordRows.RevisionOf(image)) is { } changed) return changed;

                var blobs = new List<string>();
                RecordRows.Remove(scope, current, id, (long)image[RecordRow.Updated], image, blobs, caller.UserId);
                BlobWork.Owe(scope, blobs);
                return id;
            },
            cancellationToken);
        return deleted.Problem is { Kind: ProblemKind.NotFound } ? RecordAccess.NoSuchRecord(id) : deleted;
    }
}
