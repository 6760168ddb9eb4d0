using System.Collections.Concurrent;
using System.Globalization;
using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>
/// The directory of one sequence of ids: which partition each block of ids was handed to. A block never changes hands, and later blocks lie above
/// earlier ones, so ids grow in every partition and a process looks a block up once.
/// </summary>
/// <param name="storage">Where the directory is.</param>
/// <param name="options">How lost races are paced.</param>
/// <param name="sequence">The directory's partition: ids are unique within it. The default is the sequence of record ids.</param>
public sealed class IdBlocks(IStorage storage, PartitionOptions options, string sequence = "blocks")
{
    /// <summary>Ids of the smallest block.</summary>
    public const long UnitSize = 1_000;

    /// <summary>Units of the largest block: 64,000 ids. One transaction holds a row a unit.</summary>
    public const int LargestBlock = 64;

    private const string NextProperty = "next";
    private const string TableProperty = "table";
    private const string KeyProperty = "key";
    private const string AllocationProperty = "allocation";

    private readonly ITable table = storage.Table(TableNames.Directory);
    private readonly ConcurrentDictionary<long, PartitionAddress> known = new();
    private readonly ConcurrentDictionary<PartitionAddress, IdBlock> spare = new();

    /// <summary>The partition that an id was handed to, or null when it was handed to none yet. A miss is not remembered.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<PartitionAddress?> PartitionOfAsync(long id, CancellationToken cancellationToken)
    {
        if (id < 1) return null;
        var unit = (id - 1) / UnitSize;
        if (known.TryGetValue(unit, out var address)) return address;
        if (await table.GetAsync(sequence, Key(unit), cancellationToken) is not { } row) return null;
        address = new PartitionAddress(row.Text(TableProperty)!, row.Text(KeyProperty)!);
        known[unit] = address;
        return address;
    }

    /// <summary>
    /// A block for a partition above all ids that it had. The block is offered again until the partition's head shows that it was used, so
    /// an operation that runs several times takes one block.
    /// </summary>
    /// <param name="owner">The partition.</param>
    /// <param name="above">The end of its newest block, exclusive; 0 when it had none.</param>
    /// <param name="units">How many units it asks for, 1..64.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal async ValueTask<IdBlock> TakeAsync(PartitionAddress owner, long above, int units, CancellationToken cancellationToken)
    {
        if (spare.TryGetValue(owner, out var block) && block.First >= above) return block;
        block = await AllocateAsync(owner, units, cancellationToken);
        spare[owner] = block;
        return block;
    }

    private async Task<IdBlock> AllocateAsync(PartitionAddress owner, int units, CancellationToken cancellationToken)
    {
        var allocation = Guid.NewGuid().ToString("N");
        for (var attempt = 0; attempt < 50; attempt++)
        {
            if (attempt > 0) await options.Delay(Backoff.Jittered(options, attempt), cancellationToken);

            var head = await table.GetAsync(sequence, RowKeys.Head, cancellationToken);
            var next = head?.Integer(NextProperty) ?? 0;
            var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [NextProperty] = next + units };
            var newHead = new Row(sequence, RowKeys.Head, properties);
            var actions = new List<RowAction> { head is null ? RowAction.Insert(newHead) : RowAction.Replace(newHead, head.ETag) };
            for (var unit = next; unit < next + units; unit++)
                actions.Add(RowAction.Insert(new Row(sequence, Key(unit), BlockProperties(owner, allocation))));

            var outcome = await table.TransactAsync(sequence, actions, CancellationToken.None);
            var won = outcome.Status == TransactionStatus.Committed
                || (await table.GetAsync(sequence, Key(next), cancellationToken))?.Text(AllocationProperty) == allocation;
            if (!won) continue;
            for (var unit = next; unit < next + units; unit++) known[unit] = owner;
            return new IdBlock(next * UnitSize + 1, (next + units) * UnitSize + 1, units);
        }

        throw new StorageUnavailableException("No block of ids could be had.");
    }

    private static Dictionary<string, object> BlockProperties(PartitionAddress owner, string allocation)
        => new(StringComparer.Ordinal)
        {
            [TableProperty] = owner.Table,
            [KeyProperty] = owner.Key,
            [AllocationProperty] = allocation,
        };

    private static string Key(long unit) => string.Create(CultureInfo.InvariantCulture, $"block-{RowKeys.Number(unit)}");
}

/// <summary>Ids that belong to one partition.</summary>
/// <param name="First">The first id.</param>
/// <param name="End">The id behind the last.</param>
/// <param name="Units">How many units of <see cref="IdBlocks.UnitSize"/> it has.</param>
internal sealed record IdBlock(long First, long End, int Units);
