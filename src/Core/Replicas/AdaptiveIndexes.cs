using System.Collections.Concurrent;

namespace Casefile.Core.Replicas;

/// <summary>
/// Which indexes queries have asked for, and which there are. An index is named by its columns, joined by <c>_</c>. It is made once it was asked for often
/// enough; when there are as many as there may be, one that nobody has asked for in a long time makes room. Readers ask from any thread, one writer makes.
/// </summary>
internal sealed class AdaptiveIndexes(ReplicaOptions options)
{
    private readonly ConcurrentDictionary<string, Use> uses = new(StringComparer.Ordinal);
    private long asks;
    private int made;

    /// <summary>Whether <see cref="Next"/> has something to make.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>Whether there is an index over these columns.</summary>
    public bool Has(string columns) => uses.TryGetValue(columns, out var use) && use.IsMade;

    /// <summary>Whether there is an index whose first column this is.</summary>
    public bool HasFrom(string column) => uses.Any(use => use.Value.IsMade && (use.Key == column || use.Key.StartsWith($"{column}_", StringComparison.Ordinal)));

    /// <summary>A query would be, or was, quicker by an index over these columns.</summary>
    public void Asked(string columns)
    {
        var use = uses.GetOrAdd(columns, static _ => new Use());
        use.LastAsked = Interlocked.Increment(ref asks);
        if (!use.IsMade && Interlocked.Increment(ref use.Times) >= options.IndexAfter && HasRoom(out _)) IsWanted = true;
    }

    /// <summary>Takes an index that is there already.</summary>
    public void Adopt(string columns)
    {
        uses[columns] = new Use { IsMade = true };
        made++;
    }

    /// <summary>What is to be made, and what is to be dropped for it; each null for nothing.</summary>
    public (string? Make, string? Drop) Next()
    {
        var wanted = uses.FirstOrDefault(use => !use.Value.IsMade && use.Value.Times >= options.IndexAfter).Key;
        if (wanted is not null && HasRoom(out var idle)) return (wanted, idle);
        IsWanted = false;
        return (null, null);
    }

    public void Made(string columns)
    {
        uses[columns].IsMade = true;
        made++;
    }

    public void Dropped(string columns)
    {
        uses.TryRemove(columns, out _);
        made--;
    }

    /// <summary>Whether one more may be made, at least in the place of one that is idle.</summary>
    private bool HasRoom(out string? idle)
    {
        idle = null;
        if (made < options.IndexMaximum) return true;
        var oldest = uses.Where(static use => use.Value.IsMade).MinBy(static use => use.Value.LastAsked);
        if (Interlocked.Read(ref asks) - oldest.Value.LastAsked < options.IndexIdle) return false;
        idle = oldest.Key;
        return true;
    }

    private sealed class Use
    {
        public int Times;

        public bool IsMade { get; set; }

        public long LastAsked { get; set; }
    }
}
