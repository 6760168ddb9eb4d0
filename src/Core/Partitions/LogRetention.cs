namespace Casefile.Core.Partitions;

/// <summary>How long the commit log is kept.</summary>
public static class LogRetention
{
    /// <summary>Entries younger than this stay: idempotent repeats, lagging replicas and readers of changes live on them.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(25);

    /// <summary>When a partition is looked at for entries to prune: a little after they may go.</summary>
    public static readonly TimeSpan Pruned = TimeSpan.FromHours(26);
}
