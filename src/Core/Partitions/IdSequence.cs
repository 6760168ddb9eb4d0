namespace Casefile.Core.Partitions;

/// <summary>Gives what is made in a partition its id: ascending in the order of commits, from blocks that double while the partition fills them.</summary>
/// <param name="blocks">Where blocks come from.</param>
/// <param name="next">The head's counter of the next id.</param>
/// <param name="end">The head's counter of the id behind the newest block.</param>
/// <param name="size">The head's counter of that block's units.</param>
internal sealed class IdSequence(IdBlocks blocks, string next, string end, string size)
{
    /// <summary>The next id of the partition; taken only when the operation's commit wins.</summary>
    /// <exception cref="Storage.StorageUnavailableException">A new block was needed, and storage did not answer.</exception>
    public async ValueTask<long> TakeAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        var id = scope[next];
        if (id >= scope[end])
        {
            var units = scope[size] == 0 ? 1 : (int)Math.Min(scope[size] * 2, IdBlocks.LargestBlock);
            var block = await blocks.TakeAsync(scope.Address, scope[end], units, cancellationToken);
            id = block.First;
            scope[end] = block.End;
            scope[size] = block.Units;
        }

        scope[next] = id + 1;
        return id;
    }
}
