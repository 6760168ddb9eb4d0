using Casefile.Core.Partitions;

namespace Casefile.Core.Records;

/// <summary>Gives records their ids: ascending in the order of their commits.</summary>
public sealed class RecordIds(IdBlocks blocks)
{
    private readonly IdSequence sequence = new(blocks, RecordCounters.NextId, RecordCounters.BlockEnd, RecordCounters.BlockSize);

    /// <summary>The next id of the partition; taken only when the operation's commit wins.</summary>
    /// <exception cref="Storage.StorageUnavailableException">A new block was needed, and storage did not answer.</exception>
    public ValueTask<long> TakeAsync(OperationScope scope, CancellationToken cancellationToken) => sequence.TakeAsync(scope, cancellationToken);
}
