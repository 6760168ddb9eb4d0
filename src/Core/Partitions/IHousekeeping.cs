namespace Casefile.Core.Partitions;

/// <summary>What a kind of partition wants done beside the protocol's own maintenance: tombstones, blobs that nothing refers to.</summary>
public interface IHousekeeping
{
    /// <summary>Does what is to be done in a partition that maintenance looks at.</summary>
    /// <param name="partition">The partition; one of another table is left alone.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>When it wants to look again, or null when the next write is soon enough.</returns>
    Task<DateTimeOffset?> RunAsync(Partition partition, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a commit that came while maintenance was looking has the partition looked at again soon: where its process may have died before it did
    /// what the commit calls for, and no work is owed for it.
    /// </summary>
    /// <param name="address">The partition.</param>
    /// <param name="head">Its head.</param>
    bool SeesEveryCommit(PartitionAddress address, Head head) => false;
}
