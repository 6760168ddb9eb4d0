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
}
