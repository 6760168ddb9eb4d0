using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>What one operation reads and changes, on top of the operations before it in the same commit.</summary>
internal sealed class CommitScope(CommitDraft draft) : OperationScope
{
    private static readonly HashSet<DueKind> NoKinds = [];
    private static readonly Dictionary<DueKind, DateTimeOffset> NoDues = [];
    private static readonly HashSet<string> NoKeys = [];

    // Most operations have nothing of these.
    private HashSet<string>? presumedAbsent;
    private List<OwedWork>? owed;
    private Dictionary<DueKind, DateTimeOffset>? dues;
    private HashSet<DueKind>? settled;

    public Dictionary<string, DraftRow> Rows { get; } = new(StringComparer.Ordinal);

    public List<RowChange> Changes { get; } = [];

    /// <summary>The rows that were taken for absent without a read.</summary>
    public IReadOnlyCollection<string> PresumedAbsent => presumedAbsent ?? NoKeys;

    public IReadOnlyList<OwedWork> Owed => owed ?? (IReadOnlyList<OwedWork>)[];

    public IReadOnlyDictionary<DueKind, DateTimeOffset> Dues => dues ?? NoDues;

    public IReadOnlySet<DueKind> Settled => settled ?? NoKinds;

    public Dictionary<string, long> Counters { get; } = new(StringComparer.Ordinal);

    public long LogFloor { get; private set; }

    /// <summary>The snapshot that the operation names in the head; null when it names none.</summary>
    public string? NamedSnapshot { get; private set; }

    /// <summary>Whether the operation asked to run in the next commit instead.</summary>
    public bool IsDeferred { get; private set; }

    public bool Deleting { get; private set; }

    public long ActionBytes { get; private set; }

    public long ImageBytes { get; private set; }

    public bool HasChanges => Rows.Count > 0 || Owed.Count > 0 || Counters.Count > 0 || Settled.Count > 0 || LogFloor > 0 || NamedSnapshot is not null || Deleting;

    /// <summary>How many actions this operation needs in a transaction of its own, or adds to a common one at most.</summary>
    public int ActionCount => 1 + Rows.Count + Owed.Count + CommitDraft.LogRows(ImageBytes);

    public long Bytes => ActionBytes + CommitDraft.Base64(ImageBytes);

    public override PartitionAddress Address => draft.Address;

    public override long Version => draft.Version;

    public override DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(draft.NowMilliseconds);

    internal override Head Head => draft.Head;

    internal override long StoredVersion => draft.State.Head.Version;

    public override long this[string counter]
    {
        get => Counters.TryGetValue(counter, out var value) ? value : draft.Counter(counter);
        set => Counters[counter] = value;
    }

    public override void DeletePartition() => Deleting = true;

    public override ValueTask<Row?> GetAsync(string rowKey, CancellationToken cancellationToken)
        => TryGetChanged(rowKey, out var row) ? ValueTask.FromResult(row) : draft.ReadRowAsync(rowKey, presumedAbsent: false, cancellationToken);

    public override async ValueTask<Row?> GetPresumedAbsentAsync(string rowKey, CancellationToken cancellationToken)
    {
        if (TryGetChanged(rowKey, out var changed)) return changed;
        var row = await draft.ReadRowAsync(rowKey, presumedAbsent: true, cancellationToken);
        if (row is null) (presumedAbsent ??= new HashSet<string>(StringComparer.Ordinal)).Add(rowKey);
        return row;
    }

    public override async ValueTask<IReadOnlyList<Row>> FirstAsync(string prefix, int count, CancellationToken cancellationToken)
    {
        var first = new List<Row>(Math.Min(count, 100));
        await draft.LoadedWindowAsync(
            prefix,
            window =>
            {
                first.Clear();
                foreach (var row in Merge(window.Rows, prefix, window.Covers))
                {
                    first.Add(row);
                    if (first.Count == count) return true;
                }

                return false;
            },
            cancellationToken);
        if (first.Count < count)
        {
            var window = draft.State.Window(prefix);
            first.Clear();
            first.AddRange(Merge(window.Rows, prefix, window.Covers).Take(count));
        }

        return first;
    }

    public override ValueTask<IReadOnlyList<Row>> ReadAsync(string prefix, int limit, CancellationToken cancellationToken)
    {
        var range = RowRange.Prefix(draft.Address.Key, prefix);
        return ReadAsync(range.From, range.To, limit, cancellationToken);
    }

    public override async ValueTask<IReadOnlyList<Row>> ReadAsync(string from, string to, int limit, CancellationToken cancellationToken)
    {
        // What this commit deletes still counts in storage, so that many more are asked for.
        var deleted = draft.RowsWithin(from, to).Concat(RowsWithin(from, to)).Count(row => row.Value.Row is null);
        var stored = await draft.ReadRangeAsync(from, to, limit + deleted, cancellationToken);
        return [.. Merge(stored, draft.RowsWithin(from, to).Concat(RowsWithin(from, to)), static _ => true).Take(limit)];
    }

    internal override IEnumerable<(string RowKey, Row? Row)> ChangedBefore(string prefix)
        => draft.RowsUnder(prefix).Select(row => (row.Key, row.Value.Row));

    public override void OncePerCommit(string rowKey) => IsDeferred |= draft.Changes(rowKey);

    public override void Insert(string rowKey, IReadOnlyDictionary<string, object> properties)
        => Change(rowKey, new DraftRow(new Row(draft.Address.Key, rowKey, properties), MustBeNew: true));

    public override void Put(string rowKey, IReadOnlyDictionary<string, object> properties)
    {
        var isNew = presumedAbsent?.Contains(rowKey) == true;
        Change(rowKey, new DraftRow(new Row(draft.Address.Key, rowKey, properties), MustBeNew: isNew, MayBeNew: !isNew));
    }

    public override void Delete(string rowKey) => Change(rowKey, new DraftRow(null, MustBeNew: false));

    public override void Owe(OwedWork work)
    {
        (owed ??= []).Add(work);
        ActionBytes += 1_024 + 2 * work.Payload.Length;
        // Should the process die before it does the work, the next maintenance does.
        DueBy(DueKind.Maintenance, Now);
    }

    public override void DueBy(DueKind kind, DateTimeOffset at) => CommitDraft.Keep(dues ??= [], kind, at);

    internal override void Settle(DueKind kind) => (settled ??= []).Add(kind);

    internal override void RaiseLogFloor(long version) => LogFloor = Math.Max(LogFloor, version);

    internal override void NameSnapshot(SnapshotReference snapshot) => NamedSnapshot = snapshot.ToString();

    internal override string? Snapshot => NamedSnapshot ?? draft.Snapshot;

    /// <summary>Forgets everything. What it handed out stays with whoever has it.</summary>
    public void Clear()
    {
        (presumedAbsent, owed, dues, settled) = (null, null, null, null);
        Rows.Clear();
        Changes.Clear();
        Counters.Clear();
        (LogFloor, NamedSnapshot, IsDeferred, Deleting, ActionBytes, ImageBytes) = (0, null, false, false, 0, 0);
    }

    private void Change(string rowKey, DraftRow change)
    {
        var row = change.Row;
        Rows[rowKey] = Rows.TryGetValue(rowKey, out var before) ? change.Over(before) : change;
        if (row is not null) ActionBytes += RowWeight.Serialized(row);
        else ActionBytes += RowWeight.Deletion;
        if (RowKeys.IsProtocol(rowKey)) return;
        Changes.Add(new RowChange(rowKey, row?.Properties));
        ImageBytes += row is null ? 64 : RowWeight.Image(row);
    }

    private IEnumerable<KeyValuePair<string, DraftRow>> RowsWithin(string from, string to)
        => Rows.Where(row => CommitDraft.IsWithin(row.Key, from, to));

    private bool TryGetChanged(string rowKey, out Row? row)
    {
        if (Rows.TryGetValue(rowKey, out var changed) || draft.TryGetRow(rowKey, out changed))
        {
            row = changed.Row;
            return true;
        }

        row = null;
        return false;
    }

    /// <summary>Stored rows under a prefix with the commit's own changes over them, in order, as far as <paramref name="covers"/> reaches.</summary>
    private IEnumerable<Row> Merge(IEnumerable<Row> stored, string prefix, Func<string, bool> covers)
        => Merge(stored, draft.RowsUnder(prefix).Concat(Rows.Where(row => row.Key.StartsWith(prefix, StringComparison.Ordinal))), covers);

    private static IEnumerable<Row> Merge(IEnumerable<Row> stored, IEnumerable<KeyValuePair<string, DraftRow>> changes, Func<string, bool> covers)
    {
        SortedDictionary<string, Row?>? changed = null;
        foreach (var (rowKey, row) in changes)
        {
            if (covers(rowKey)) (changed ??= new SortedDictionary<string, Row?>(StringComparer.Ordinal))[rowKey] = row.Row;
        }

        return changed is null ? stored : Interleave(stored, changed);
    }

    private static IEnumerable<Row> Interleave(IEnumerable<Row> stored, SortedDictionary<string, Row?> changed)
    {
        using var changes = changed.GetEnumerator();
        var more = changes.MoveNext();
        foreach (var row in stored)
        {
            while (more && string.CompareOrdinal(changes.Current.Key, row.RowKey) < 0)
            {
                if (changes.Current.Value is { } added) yield return added;
                more = changes.MoveNext();
            }

            if (more && changes.Current.Key == row.RowKey)
            {
                if (changes.Current.Value is { } replaced) yield return replaced;
                more = changes.MoveNext();
                continue;
            }

            yield return row;
        }

        while (more)
        {
            if (changes.Current.Value is { } added) yield return added;
            more = changes.MoveNext();
        }
    }
}
