namespace Casefile.Core.Partitions;

/// <summary>One partition as this process works on it: the committer of its operations and the shared reader of its head.</summary>
public sealed class Partition
{
    /// <summary>Where it is kept.</summary>
    public PartitionAddress Address { get; }

    internal Partition(PartitionAddress address) => Address = address;

    /// <summary>
    /// Runs an operation in a commit, together with whatever else waits for this partition, and answers when the commit is durable. Work that
    /// the operation owed to other partitions is done, or tried once, before the answer.
    /// </summary>
    /// <returns>
    /// The operation's answer or refusal; NotFound when the partition does not exist or is being deleted; Unavailable when the outcome
    /// is not known in time.
    /// </returns>
    public Task<Result<T>> CommitAsync<T>(Operation<T> operation, CancellationToken cancellationToken)
        => throw new NotImplementedException();

    /// <summary>
    /// Makes the partition with its first commit, version 1. A repeat with the same rows is harmless.
    /// </summary>
    /// <returns>False when the partition exists already.</returns>
    public Task<bool> CreateAsync(
        IReadOnlyDictionary<string, long> counters,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, object>> rows,
        CancellationToken cancellationToken)
        => throw new NotImplementedException();

    /// <summary>
    /// The head, by a read that starts after this call and is shared with others that wait for the same; null when the partition does
    /// not exist. One that is <see cref="Head.Deleting"/> is to be treated as gone.
    /// </summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public Task<Head?> ReadHeadAsync(CancellationToken cancellationToken)
        => throw new NotImplementedException();
}
