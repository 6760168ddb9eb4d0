namespace Casefile.Core.Replicas;

/// <summary>
/// Where pages of lists began that were read lately, so that a page from there on, or a little further, is not reached by passing over all before it. A place is good for
/// one version, in which the same question has the same answer. Readers of any version come from any thread.
/// </summary>
internal sealed class PageStarts
{
    /// <summary>How many lists are remembered; the one asked for the longest ago makes room.</summary>
    private const int Lists = 32;

    /// <summary>How many pages of each, the latest.</summary>
    private const int PagesOfList = 32;

    /// <summary>A longer text is not kept.</summary>
    private const int LongestText = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Known> known = new(StringComparer.Ordinal);
    private long asks;

    /// <summary>The last place known that is not behind a number of records.</summary>
    /// <param name="version">The version that is read.</param>
    /// <param name="list">What is asked, and in which order.</param>
    /// <param name="skip">How many records are to be passed over.</param>
    public PageStart? Before(long version, string list, long skip)
    {
        lock (gate)
        {
            if (!known.TryGetValue(list, out var at) || at.Version != version) return null;
            at.LastAsked = ++asks;
            return at.Starts.Where(start => start.Skip <= skip).MaxBy(static start => start.Skip);
        }
    }

    /// <summary>Remembers where a page begins, unless what is known of the list is newer.</summary>
    public void Remember(long version, string list, PageStart start)
    {
        if (start.First.Value is string { Length: > LongestText }) return;
        lock (gate)
        {
            if (!known.TryGetValue(list, out var at))
            {
                if (known.Count >= Lists) known.Remove(known.MinBy(static entry => entry.Value.LastAsked).Key);
                known.Add(list, at = new Known());
            }

            if (at.Version > version) return;
            if (at.Version < version) at.MoveTo(version);
            if (at.Starts.Exists(other => other.Skip == start.Skip)) return;
            if (at.Starts.Count >= PagesOfList) at.Starts.RemoveAt(0);
            at.Starts.Add(start);
            at.LastAsked = ++asks;
        }
    }

    private sealed class Known
    {
        public long Version { get; private set; }

        public long LastAsked { get; set; }

        public List<PageStart> Starts { get; } = [];

        public void MoveTo(long version)
        {
            Version = version;
            Starts.Clear();
        }
    }
}

/// <summary>Where a page begins.</summary>
/// <param name="Skip">How many records are before it.</param>
/// <param name="First">Its first record.</param>
internal sealed record PageStart(long Skip, RecordPosition First);
