using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;

namespace Casefile.Core.Records;

/// <summary>Walks up chains of parents, over partitions.</summary>
internal sealed class RecordAncestry(IStorage storage)
{
    /// <summary>
    /// Whether a record may get this parent: refused where the chain above the parent comes to the record itself, or is too long to be walked.
    /// Within the operation's partition it sees what the operation changes.
    /// </summary>
    /// <param name="scope">The operation, or null to read storage alone.</param>
    /// <param name="child">The record.</param>
    /// <param name="parent">The parent that it is to get, or has got.</param>
    /// <param name="place">The request's member, for the fault.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<Problem?> CheckAsync(OperationScope? scope, long child, RecordAddress parent, string place, CancellationToken cancellationToken)
    {
        RecordAddress? next = parent;
        for (var walked = 0; next is { } node; walked++)
        {
            if (node.Id == child) return Problem.Invalid("Parent is invalid", $"{place}: record {child} would be its own ancestor");
            if (walked == RecordLinks.DeepestChain)
                return Problem.Invalid("Parent is invalid", $"{place}: more than {RecordLinks.DeepestChain} records stand above one another");

            var address = RecordTypeRow.Address(node.TypeId);
            var row = scope is not null && scope.Address == address
                ? await scope.GetAsync(RecordRow.Key(node.Id), cancellationToken)
                : await storage.Table(address.Table).GetAsync(address.Key, RecordRow.Key(node.Id), cancellationToken);
            next = row is null ? null : RecordLinks.ParentOf(row.Properties, node.TypeId);
        }

        return null;
    }
}
