using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>
/// Work on a partition: from its state to changes and an answer, or to a refusal. It may run several times, each time against
/// newer state, so it touches nothing outside its scope. A refusal discards whatever it changed.
/// </summary>
public delegate ValueTask<Result<T>> Operation<T>(OperationScope scope, CancellationToken cancellationToken);

/// <summary>
/// The state that an operation sees and changes: the partition at the version before its commit, with the changes of the operations
/// that run before it in the same commit. What it reads is still true when the commit wins.
/// </summary>
public abstract class OperationScope
{
    /// <summary>The partition.</summary>
    public abstract PartitionAddress Address { get; }

    /// <summary>The version that this commit will have.</summary>
    public abstract long Version { get; }

    /// <summary>The timestamp of this commit: whole milliseconds, never before any earlier commit's.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>A counter of the head row (<see cref="Head.Counters"/>): 0 where it was never set.</summary>
    public abstract long this[string counter] { get; set; }

    /// <summary>Marks the partition for clearing. From this commit on nothing in it is visible.</summary>
    public abstract void DeletePartition();

    /// <summary>The row under this key, or null. Free when the process knows it, else a point read.</summary>
    public abstract ValueTask<Row?> GetAsync(string rowKey, CancellationToken cancellationToken);

    /// <summary>
    /// The row under this key where the process knows of one. When it knows of none the row is presumed absent, without a read:
    /// an <see cref="Insert"/> of it then finds out, and the operation runs again with the row read; so it does when it changes nothing or is refused, since then
    /// nothing would find out. For rows that are nearly always new.
    /// </summary>
    public abstract ValueTask<Row?> GetPresumedAbsentAsync(string rowKey, CancellationToken cancellationToken);

    /// <summary>
    /// The first rows under a prefix, in order. The partition keeps a window of them in memory, so asking for the first row in
    /// every commit costs a range read only every few hundred times.
    /// </summary>
    public abstract ValueTask<IReadOnlyList<Row>> FirstAsync(string prefix, int count, CancellationToken cancellationToken);

    /// <summary>All rows under a prefix, at most <paramref name="limit"/>, in order: range reads, nothing is kept in memory.</summary>
    public abstract ValueTask<IReadOnlyList<Row>> ReadAsync(string prefix, int limit, CancellationToken cancellationToken);

    /// <summary>The rows from one key, inclusive, to another, exclusive; at most <paramref name="limit"/>, in order; nothing is kept in memory.</summary>
    public abstract ValueTask<IReadOnlyList<Row>> ReadAsync(string from, string to, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Has the operation run in the next commit if one before it in this commit changes the same row: for rows whose commit version is what others
    /// take for their revision, so that no two revisions have one version.
    /// </summary>
    public abstract void OncePerCommit(string rowKey);

    /// <summary>Adds a row that must not exist.</summary>
    public abstract void Insert(string rowKey, IReadOnlyDictionary<string, object> properties);

    /// <summary>Adds a row or replaces all of it.</summary>
    public abstract void Put(string rowKey, IReadOnlyDictionary<string, object> properties);

    /// <summary>Deletes a row that exists.</summary>
    public abstract void Delete(string rowKey);

    /// <summary>
    /// Owes work that spans partitions or touches blobs: kept durably with this commit, done right after it, and by the maintenance timer
    /// where a crash comes between.
    /// </summary>
    public abstract void Owe(OwedWork work);

    /// <summary>
    /// Has the timers look at this partition at that time at the latest. Written to the <c>due</c> table before the commit,
    /// and only where the head does not promise as much already.
    /// </summary>
    public abstract void DueBy(DueKind kind, DateTimeOffset at);

    /// <summary>
    /// Takes back what earlier commits promised to the <c>due</c> table, for a timer that has looked at everything: from this commit on nothing is promised, so
    /// whoever needs a look asks for it anew. The time of the timer's own next look is in the table alone: of two timers that look at once,
    /// only one moves the row, and the head must not rely on what the other found.
    /// </summary>
    internal abstract void Settle(DueKind kind);

    /// <summary>Gives up the log entries below a version; their rows are deleted after the commit.</summary>
    internal abstract void RaiseLogFloor(long version);

    /// <summary>The rows under a prefix as operations before this one in the same commit leave them, null for deleted ones: what no replica has yet.</summary>
    internal abstract IEnumerable<(string RowKey, Row? Row)> ChangedBefore(string prefix);

    /// <summary>The snapshot that the head names, as it stands there (<see cref="SnapshotReference"/>), or null.</summary>
    internal abstract string? Snapshot { get; }

    /// <summary>Has the head name a snapshot from this commit on.</summary>
    internal abstract void NameSnapshot(SnapshotReference snapshot);

    /// <summary>The head that the operation runs on, without the changes of operations before it in the same commit.</summary>
    internal abstract Head Head { get; }

    /// <summary>The newest version that is known to be stored. What was written by a later one may yet be lost, so nothing of it is remembered beyond this operation.</summary>
    internal abstract long StoredVersion { get; }
}

/// <summary>Which timer a partition has to be looked at by.</summary>
public enum DueKind
{
    /// <summary>Records expire, or stand above a lowered limit: EnforceRetention.</summary>
    Retention,

    /// <summary>Owed work, log to prune, keys to forget, rows to clear: MaintainStorage.</summary>
    Maintenance,
}

/// <summary>A piece of work that a commit owes.</summary>
/// <param name="Kind">Which handler does it.</param>
/// <param name="Payload">What the handler needs, as JSON.</param>
public sealed record OwedWork(string Kind, string Payload);
