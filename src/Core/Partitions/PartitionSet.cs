using System.Collections.Concurrent;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Partitions;

/// <summary>The partitions that this process works on; a singleton.</summary>
public sealed class PartitionSet(
    IStorage storage, DueTable dueTable, OwedWorkHandlers owedWork, PartitionOptions options, TimeProvider time, ILogger<Partition> logger)
{
    /// <summary>How many partitions are kept before idle ones are forgotten, with the rows that they remember.</summary>
    private const int Capacity = 2_000;

    private readonly ConcurrentDictionary<PartitionAddress, Partition> partitions = new();

    /// <summary>
    /// Tells what this process has committed, and the head that it made, before any caller is answered, in the order of versions within a partition. Handlers only remember:
    /// the committer waits for them.
    /// </summary>
    public event Action<PartitionAddress, LogEntry, Head>? Committed;

    /// <summary>The partition of this address, whether it exists in storage or not.</summary>
    public Partition this[PartitionAddress address]
    {
        get
        {
            if (partitions.TryGetValue(address, out var partition)) return partition;
            if (partitions.Count >= Capacity) ForgetIdle();
            return partitions.GetOrAdd(address, static (key, set) => set.Create(key), this);
        }
    }

    private Partition Create(PartitionAddress address) => new(address, storage, dueTable, owedWork, options, time, logger, (of, entry, head) => Committed?.Invoke(of, entry, head));

    /// <summary>Two objects for one partition are no danger, since storage decides every commit; so this need not be exact.</summary>
    private void ForgetIdle()
    {
        foreach (var (address, partition) in partitions)
        {
            if (partition.IsIdle) partitions.TryRemove(address, out _);
        }
    }
}
