using Casefile.Core.Partitions;

namespace Casefile.Core.Records;

/// <summary>Gives records their ids: ascending in the order of their commits, from blocks that double while the type fills them.</summary>
public sealed class RecordIds(IdBlocks blocks)
{
    /// <summary>The next id of the partition; taken only when the operation's commit wins.</summary>
    /// <exception cref="Storage.StorageUnavailableException">A new block was needed, and storage did not answer.</exception>
    public async ValueTask<long> TakeAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        var id = scope[RecordCounters.NextId];
        if (id >= scope[RecordCounters.BlockEnd])
        {
            var size = scope[RecordCounters.BlockSize];
            var units = size == 0 ? 1 : (int)Math.Min(size * 2, IdBlocks.LargestBlock);
            var block = await blocks.TakeAsync(scope.Address, scope[RecordCounters.BlockEnd], units, cancellationToken);
            id = block.First;
            scope[RecordCounters.BlockEnd] = block.End;
            scope[RecordCounters.BlockSize] = block.Units;
        }

        scope[RecordCounters.NextId] = id + 1;
        return id;
    }
}
