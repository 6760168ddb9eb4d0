using Casefile.Core.Partitions;

namespace Casefile.Core.Replicas;

/// <summary>
/// What this process committed to a partition lately, so that its own replica need not read it back from the log. Bounded: past the
/// bound it forgets all, and the log is read after all.
/// </summary>
internal sealed class RecentCommits
{
    private const int Capacity = 20_000;

    private readonly Lock gate = new();
    private readonly Dictionary<long, LogEntry> entries = [];
    private int changes;

    public void Add(LogEntry entry)
    {
        lock (gate)
        {
            if (changes + entry.Changes.Count > Capacity) Empty();
            if (entries.TryAdd(entry.Version, entry)) changes += entry.Changes.Count;
        }
    }

    public LogEntry? Find(long version)
    {
        lock (gate) return entries.GetValueOrDefault(version);
    }

    /// <summary>Forgets what is at or below a version.</summary>
    public void Forget(long version)
    {
        lock (gate)
        {
            foreach (var (key, entry) in entries)
            {
                if (key <= version && entries.Remove(key)) changes -= entry.Changes.Count;
            }
        }
    }

    public void Clear()
    {
        lock (gate) Empty();
    }

    private void Empty()
    {
        entries.Clear();
        changes = 0;
    }
}
