using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Casefile.Core.Replicas;

/// <summary>The replicas of this process: copies of partitions in SQLite, which lists are answered from. A singleton.</summary>
public sealed class ReplicaSet(
    PartitionSet partitions,
    IStorage storage,
    IOptions<ReplicaOptions> options,
    TimeProvider time,
    ILogger<ReplicaSet> logger) : IAsyncDisposable
{
    /// <summary>
    /// The partition as it is now, or later: its head is read after this call, and the replica is brought up to it where it moved.
    /// </summary>
    /// <returns>
    /// A lease that the caller disposes; NotFound when there is no such partition or it is being deleted; Unavailable, with a time to come back, when
    /// the replica has to be built and that takes longer than <see cref="ReplicaOptions.Patience"/>.
    /// </returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<ReplicaLease>> OpenAsync(PartitionAddress address, CancellationToken cancellationToken)
        => throw new NotImplementedException($"{partitions} {storage} {options} {time} {logger}");

    /// <summary>
    /// What this process has just committed. Where a replica of the partition is kept, it spares the next list the read of the commit log. To be
    /// called after every commit, in the order of versions; it only remembers, and returns at once.
    /// </summary>
    public void Committed(PartitionAddress address, LogEntry entry) => throw new NotImplementedException();

    /// <summary>Waits for what is running and removes the files.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
