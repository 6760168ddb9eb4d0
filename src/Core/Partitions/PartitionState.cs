using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>What the committer knows of its partition: the head, and rows as of that head's version.</summary>
internal sealed class PartitionState(string partitionKey, Head head, long confirmedAt)
{
    /// <summary>Bytes of rows remembered in one generation of the cache.</summary>
    private const long CacheBytes = 4 * 1024 * 1024;

    /// <summary>From how many versions behind on it is cheaper to forget than to catch up.</summary>
    private const int CatchUpLimit = 200;

    public Head Head { get; private set; } = head;

    /// <summary>The moment at which the head was certainly the newest.</summary>
    public long ConfirmedAt { get; private set; } = confirmedAt;

    /// <summary>The moment of the newest read of rows: one that came after <see cref="ConfirmedAt"/> may show what the head does not count yet.</summary>
    public long ReadAt { get; private set; }

    private readonly RowCache data = new(partitionKey, CacheBytes);

    /// <summary>Rows that the log does not carry, so that they are known only for as long as no other process writes here.</summary>
    private readonly RowCache protocol = new(partitionKey, CacheBytes / 4);

    private readonly Dictionary<string, RowWindow> windows = new(StringComparer.Ordinal);

    /// <summary>Where a row is remembered.</summary>
    public RowCache CacheOf(string rowKey) => RowKeys.IsProtocol(rowKey) ? protocol : data;

    public RowWindow Window(string prefix)
    {
        if (!windows.TryGetValue(prefix, out var window))
            windows[prefix] = window = new RowWindow(prefix);
        return window;
    }

    public void Confirm(long at) => ConfirmedAt = at;

    /// <summary>Marks that rows have just been read.</summary>
    public void HasRead() => ReadAt = Moment.Next();

    /// <summary>Moves on to a head that our own commit made.</summary>
    public void Advance(Head to, long confirmedAt, IEnumerable<(string RowKey, Row? Row)> rows)
    {
        (Head, ConfirmedAt) = (to, confirmedAt);
        foreach (var (rowKey, row) in rows) Apply(rowKey, row);
    }

    /// <summary>Moves on to a head that other processes' commits made, by the log where it is short, else by forgetting the rows.</summary>
    public async Task CatchUpAsync(Head to, long confirmedAt, ITable table, CancellationToken cancellationToken)
    {
        var from = Head.Version + 1;
        if (to.Version >= from) protocol.Clear();
        var reached = from - 1;
        if (to.Version - from < CatchUpLimit && to.LogFloor <= from)
        {
            await foreach (var entry in CommitLog.ReadAsync(table, partitionKey, from, to.Version, cancellationToken))
            {
                foreach (var change in entry.Changes)
                    Apply(change.RowKey, change.Image is { } image ? new Row(partitionKey, change.RowKey, image) : null);
                reached = entry.Version;
            }
        }

        // Not before all of the log is in: where reading it fails half-way, the next try has to begin at the old version.
        (Head, ConfirmedAt) = (to, confirmedAt);
        if (reached >= to.Version) return;
        data.Clear();
        windows.Clear();
    }

    private void Apply(string rowKey, Row? row)
    {
        CacheOf(rowKey).Set(rowKey, row);
        foreach (var window in windows.Values) window.Apply(rowKey, row);
    }
}
