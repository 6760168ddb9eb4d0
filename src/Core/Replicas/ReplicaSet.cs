using System.Collections.Concurrent;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Replicas;

/// <summary>The replicas of this process: copies of partitions in SQLite, which lists are answered from. A singleton.</summary>
public sealed class ReplicaSet : IAsyncDisposable
{
    private static readonly TimeSpan BudgetSpacing = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<PartitionAddress, Replica> replicas = new();
    private readonly PartitionSet partitions;
    private readonly IStorage storage;
    private readonly ReplicaOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<ReplicaSet> logger;
    private readonly Lazy<ReplicaFolder> folder;
    private long budgetLookedAt;
    private volatile bool disposed;

    /// <summary>Without any replica yet: the folder is made with the first one, and what dead processes left is removed then.</summary>
    public ReplicaSet(PartitionSet partitions, IStorage storage, ReplicaOptions options, TimeProvider time, ILogger<ReplicaSet> logger)
    {
        (this.partitions, this.storage, this.options, this.time, this.logger) = (partitions, storage, options, time, logger);
        folder = new Lazy<ReplicaFolder>(() => new ReplicaFolder(options.Folder));
        partitions.Committed += Remember;
    }

    /// <summary>
    /// The partition as it is now, or later: its head is read after this call, and the replica is brought up to it where it moved.
    /// </summary>
    /// <returns>
    /// A lease that the caller disposes; NotFound when there is no such partition or it is being deleted; Unavailable, with a time to come back, when
    /// the replica has to be built and that takes longer than <see cref="ReplicaOptions.Patience"/>.
    /// </returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<ReplicaLease>> OpenAsync(PartitionAddress address, CancellationToken cancellationToken) => OpenAsync(address, null, cancellationToken);

    /// <summary>As the other, with the first read of the head spared to a caller that has just made one.</summary>
    /// <param name="address">The partition.</param>
    /// <param name="newest">Its head, not deleted, by a read that started after the request arrived; or null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    internal async Task<Result<ReplicaLease>> OpenAsync(PartitionAddress address, Head? newest, CancellationToken cancellationToken)
    {
        for (var first = newest; ; first = null)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var head = first ?? await partitions[address].ReadHeadAsync(cancellationToken);
            if (head is null || head.Deleting)
            {
                if (replicas.TryRemove(address, out var gone)) await gone.DisposeAsync();
                return Problem.NotFound("Record type", $"{address.Key} does not exist.");
            }

            var replica = replicas.GetOrAdd(address, static (key, set) => set.Create(key), this);
            KeepToBudget();
            try
            {
                return await replica.OpenAsync(head, cancellationToken);
            }
            catch (ReplicaClosedException)
            {
                // Deleted meanwhile, as the head says now; or dropped, and there will be another.
            }
        }
    }

    /// <summary>The partition at this head's version or a later one, for an operation that knows the head and must not read another: it is unavailable where the replica went away meanwhile.</summary>
    internal async Task<Result<ReplicaLease>> OpenAtAsync(PartitionAddress address, Head head, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var replica = replicas.GetOrAdd(address, static (key, set) => set.Create(key), this);
        try
        {
            return await replica.OpenAsync(head, cancellationToken);
        }
        catch (ReplicaClosedException)
        {
            return Problem.Of(ProblemKind.Unavailable, "The list is being rebuilt", retryAfter: TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>
    /// The partition at a version that this process has just committed, or later: without a read where its replica is warm, else as
    /// <see cref="OpenAsync(PartitionAddress, CancellationToken)"/>. What an answer to a write shows.
    /// </summary>
    internal async Task<Result<ReplicaLease>> OpenWrittenAsync(PartitionAddress address, long version, CancellationToken cancellationToken)
        => replicas.TryGetValue(address, out var replica) && replica.NewestHere is { } head && head.Version >= version
            ? await OpenAtAsync(address, head, cancellationToken)
            : await OpenAsync(address, cancellationToken);

    /// <summary>Stops what is running and removes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        disposed = true;
        partitions.Committed -= Remember;
        foreach (var (address, replica) in replicas)
        {
            if (replicas.TryRemove(address, out _)) await replica.DisposeAsync();
        }

        if (folder.IsValueCreated) folder.Value.Dispose();
    }

    /// <summary>Whether this process has a replica of the partition, so that a question costs no more than a look at the head.</summary>
    internal bool IsWarm(PartitionAddress address) => replicas.TryGetValue(address, out var replica) && replica.Bytes > 0;

    internal Replica? Find(PartitionAddress address) => replicas.GetValueOrDefault(address);

    /// <summary>What this process committed spares its own replica the read of the commit log.</summary>
    private void Remember(PartitionAddress address, LogEntry entry, Head head)
    {
        if (replicas.TryGetValue(address, out var replica)) replica.Committed(entry, head);
    }

    private Replica Create(PartitionAddress address)
        => new(
            address, partitions, storage.Table(address.Table), new ReplicaSnapshots(address, partitions, storage.Blobs, folder.Value, options, time, logger),
            folder.Value, options, time, logger);

    private void KeepToBudget()
    {
        var looked = Interlocked.Read(ref budgetLookedAt);
        var now = time.GetTimestamp();
        if (looked != 0 && time.GetElapsedTime(looked, now) < BudgetSpacing) return;
        if (Interlocked.CompareExchange(ref budgetLookedAt, now, looked) == looked) DropOverBudget();
    }

    /// <summary>Drops replicas that are not in use, least recently used first, until the rest fits.</summary>
    internal void DropOverBudget()
    {
        var kept = replicas.Values.Select(replica => (Replica: replica, replica.Bytes, replica.LastUsed)).Where(entry => entry.Bytes > 0).ToList();
        var bytes = kept.Sum(entry => entry.Bytes);
        foreach (var entry in kept.OrderBy(entry => entry.LastUsed))
        {
            if (bytes <= options.ByteBudget) return;
            if (entry.Replica.TryDropUnused()) bytes -= entry.Bytes;
        }
    }
}
