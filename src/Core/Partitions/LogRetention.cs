namespace Casefile.Core.Partitions;

/// <summary>How long the commit log is kept.</summary>
public static class LogRetention
{
    /// <summary>Entries younger than this stay: idempotent repeats, lagging replicas and readers of changes live on them.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(25);

    /// <summary>How many versions a replica is brought up by at most; one that is further behind starts anew.</summary>
    public const long LongestRun = 100_000;

    /// <summary>When a partition is looked at for entries to prune: a little after they may go.</summary>
    public static readonly TimeSpan Pruned = TimeSpan.FromHours(26);

    /// <summary>
    /// The lowest version whose log entry is kept, once those below <paramref name="old"/> may go for their age: the log above the newest snapshot
    /// stays, since a replica starts from both, unless it has grown too long for that.
    /// </summary>
    internal static long Floor(Head head, long old)
        => SnapshotReference.Parse(head.Snapshot) is { } snapshot && head.Version - snapshot.Version <= LongestRun
            && snapshot.Version + 1 >= head.LogFloor
            ? Math.Min(old, snapshot.Version + 1)
            : old;
}
