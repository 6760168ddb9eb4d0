using System.Collections.Immutable;
using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>
/// A commit in the making: the changes of the operations accepted so far, folded to one action a row. One that runs ahead is made while the commit before
/// it is under way, on the state that this one would leave; whatever it reads, the changes of that commit lie over it.
/// </summary>
internal sealed class CommitDraft
{
    /// <summary>Bytes of the head row's action and of the transaction's frame, generously.</summary>
    private const long FrameBytes = 16 * 1024;

    /// <summary>Raw bytes of images that surely fit the first log row; more may need further rows.</summary>
    private const long ImageBytesPerLogRow = 900_000;

    private readonly ITable table;
    private readonly int mostActions;
    private readonly Dictionary<string, DraftRow> rows = new(StringComparer.Ordinal);
    private readonly List<RowChange> changes = [];
    private readonly List<OwedWork> owed = [];
    private readonly Dictionary<DueKind, DateTimeOffset> dues = [];
    private readonly HashSet<DueKind> settled = [];
    private readonly Dictionary<string, long> counters = new(StringComparer.Ordinal);
    private readonly Guid commitId = Guid.NewGuid();
    private readonly DateTimeOffset clock;
    private CommitScope? spare;
    private CommitDraft? under;
    private Head? nextHead;
    private List<RowAction>? body;
    private long actionBytes;
    private long imageBytes;
    private long logFloor;
    private string? snapshot;
    private bool deleting;

    /// <param name="address">The partition.</param>
    /// <param name="state">What is known of it.</param>
    /// <param name="table">Where it is kept.</param>
    /// <param name="clock">The time.</param>
    /// <param name="careful">Whether rows that are presumed absent are read all the same, because such a presumption failed.</param>
    /// <param name="mostActions">Actions that operations may share (<see cref="PartitionOptions.MostActions"/>).</param>
    /// <param name="under">The commit under way that this one is to follow; null where <paramref name="state"/> is the newest.</param>
    public CommitDraft(PartitionAddress address, PartitionState state, ITable table, DateTimeOffset clock, bool careful, int mostActions, CommitDraft? under = null)
    {
        Address = address;
        State = state;
        this.table = table;
        this.clock = clock;
        this.mostActions = mostActions;
        this.under = under;
        Careful = careful;
        Head = under?.NextHead ?? state.Head;
        logFloor = Head.LogFloor;
        deleting = Head.Deleting;
        snapshot = Head.Snapshot;
        NowMilliseconds = Math.Max(clock.ToUnixTimeMilliseconds(), Head.Newest);
    }

    public PartitionAddress Address { get; }

    public PartitionState State { get; }

    /// <summary>The head that the commit replaces; while it runs ahead, the one that the commit under way would make.</summary>
    public Head Head { get; }

    /// <summary>Whether rows that are presumed absent are read all the same, because such a presumption failed.</summary>
    public bool Careful { get; }

    /// <summary>Whether the commit before it is not certain yet.</summary>
    public bool RunsAhead => under is not null;

    public bool IsDeleting => deleting;

    public long Version => Head.Version + 1;

    public long NowMilliseconds { get; }

    public bool IsEmpty { get; private set; } = true;

    /// <summary>Whether nothing more may join: it is full, or it deletes the partition, and what comes behind finds none.</summary>
    public bool IsFull => deleting || ActionCount >= mostActions - 1 || Bytes >= StorageLimits.TransactionBytes * 9L / 10;

    /// <summary>Which promises have to stand in the <c>due</c> table before this commit is sent.</summary>
    public IReadOnlyDictionary<DueKind, DateTimeOffset> DuesToLower
        => dues.Where(due => Lowers(due.Key, due.Value)).ToDictionary(due => due.Key, due => due.Value);

    /// <summary>The head that the commit makes, without an ETag.</summary>
    public Head NextHead => nextHead ??= MakeNextHead();

    /// <summary>What the commit log says of it. Not to be asked for before the draft is complete.</summary>
    public LogEntry Entry => new(Version, commitId, NowMilliseconds, changes);

    public Guid CommitId => commitId;

    public IEnumerable<(string RowKey, Row? Row)> ResultingRows
        => rows.Where(row => row.Value.IsKnown).Select(row => (row.Key, row.Value.Row));

    /// <summary>The scope of the next operation; whoever has looked at what came of it gives it back.</summary>
    public CommitScope Begin()
    {
        var scope = spare ?? new CommitScope(this);
        spare = null;
        return scope;
    }

    /// <summary>Takes a scope back for the next operation: its collections are as good as new.</summary>
    public void End(CommitScope scope)
    {
        scope.Clear();
        spare = scope;
    }

    /// <summary>Whether an operation's changes still find room in the transaction.</summary>
    public bool Fits(CommitScope scope)
        => FitsAlone(scope) || (ActionCount + scope.ActionCount <= mostActions && Bytes + scope.Bytes <= StorageLimits.TransactionBytes);

    /// <summary>Takes over the changes of an accepted operation.</summary>
    public void Accept(CommitScope scope)
    {
        IsEmpty = false;
        (nextHead, body) = (null, null);
        foreach (var (rowKey, row) in scope.Rows)
        {
            var folded = rows.TryGetValue(rowKey, out var before) ? row.Over(before) : row;
            if (folded.Cancelled) rows.Remove(rowKey);
            else rows[rowKey] = folded;
        }

        changes.AddRange(scope.Changes);
        if (scope.Owed.Count > 0) owed.AddRange(scope.Owed);
        if (scope.Dues.Count > 0)
        {
            foreach (var (kind, at) in scope.Dues) Keep(dues, kind, at);
        }

        if (scope.Rows.Count > 0) Keep(dues, DueKind.Maintenance, DateTimeOffset.FromUnixTimeMilliseconds(NowMilliseconds) + LogRetention.Pruned);
        if (scope.Settled.Count > 0) settled.UnionWith(scope.Settled);
        foreach (var (name, value) in scope.Counters) counters[name] = value;
        actionBytes += scope.ActionBytes;
        imageBytes += scope.ImageBytes;
        logFloor = Math.Max(logFloor, scope.LogFloor);
        snapshot = scope.NamedSnapshot ?? snapshot;
        deleting |= scope.Deleting;
    }

    /// <summary>How long ago its timestamp was taken.</summary>
    public TimeSpan AgeAt(DateTimeOffset now) => now - clock;

    /// <summary>The commit that was under way has been won, and the state says so: from here on this is a draft as any other.</summary>
    public void StopRunningAhead() => under = null;

    /// <summary>Makes what is sent behind the head, unless it has been made. Operations may still join, and then it is made anew.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask EncodeAsync(CancellationToken cancellationToken)
    {
        await DropVainDeletionsAsync(cancellationToken);
        body ??= EncodeBody();
    }

    /// <summary>The transaction, once it is encoded: the head first, under the ETag that it was read with; then the data, the log, and what is owed.</summary>
    public IReadOnlyList<RowAction> Actions()
    {
        body![0] = RowAction.Replace(NextHead.ToRow(Address.Key), State.Head.ETag);
        return body;
    }

    /// <summary>A row as this commit leaves it so far, or as the one under way does.</summary>
    internal bool TryGetRow(string rowKey, out DraftRow row)
        => rows.TryGetValue(rowKey, out row) || (under is not null && under.rows.TryGetValue(rowKey, out row));

    /// <summary>Whether this commit itself changes a row so far.</summary>
    internal bool Changes(string rowKey) => rows.ContainsKey(rowKey);

    internal IEnumerable<KeyValuePair<string, DraftRow>> RowsUnder(string prefix)
        => ChangedRows.Where(row => row.Key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The rows from one key, inclusive, to another, exclusive, that are changed so far; the last of the same key counts.</summary>
    internal IEnumerable<KeyValuePair<string, DraftRow>> RowsWithin(string from, string to)
        => ChangedRows.Where(row => IsWithin(row.Key, from, to));

    internal static bool IsWithin(string rowKey, string from, string to)
        => string.CompareOrdinal(rowKey, from) >= 0 && string.CompareOrdinal(rowKey, to) < 0;

    internal string? Snapshot => snapshot;

    internal long Counter(string name) => counters.TryGetValue(name, out var value) ? value : Head[name];

    internal async ValueTask<Row?> ReadRowAsync(string rowKey, bool presumedAbsent, CancellationToken cancellationToken)
    {
        if (under is not null && under.rows.TryGetValue(rowKey, out var changed)) return changed.Row;
        var isKnown = State.CacheOf(rowKey).TryGet(rowKey, out var row);
        // Another process may have used a key anew once it was past its time, and the log does not tell of keys.
        if (isKnown && !(rowKey.StartsWith(RowKeys.OncePrefix, StringComparison.Ordinal) && Once.IsPast(row!, NowMilliseconds))) return row;
        if (presumedAbsent && !isKnown && !Careful) return null;
        row = await table.GetAsync(Address.Key, rowKey, cancellationToken);
        State.HasRead();
        // The log does not carry the protocol's own rows, so nothing would take back that one is absent.
        if (row is not null || !RowKeys.IsProtocol(rowKey)) State.CacheOf(rowKey).Set(rowKey, row);
        return row;
    }

    /// <summary>Reads the rows that an operation presumed absent.</summary>
    /// <returns>Whether one of them is there, and known from now on.</returns>
    internal async ValueTask<bool> FindPresumedAbsentAsync(CommitScope scope, CancellationToken cancellationToken)
    {
        var found = false;
        foreach (var rowKey in scope.PresumedAbsent)
            found |= await ReadRowAsync(rowKey, presumedAbsent: false, cancellationToken) is not null;
        return found;
    }

    internal async ValueTask<RowWindow> LoadedWindowAsync(string prefix, Func<RowWindow, bool> suffices, CancellationToken cancellationToken)
    {
        var window = State.Window(prefix);
        while (!window.IsComplete && !suffices(window))
        {
            await window.LoadMoreAsync(table, Address.Key, cancellationToken);
            State.HasRead();
        }

        return window;
    }

    internal async ValueTask<List<Row>> ReadRangeAsync(string from, string to, int limit, CancellationToken cancellationToken)
    {
        var found = new List<Row>();
        var range = new RowRange(Address.Key, from, to, Math.Min(limit, StorageLimits.RowsPerPage));
        while (true)
        {
            var page = await table.ReadAsync(range, cancellationToken);
            State.HasRead();
            found.AddRange(page.Rows);
            if (page.Continuation is null || found.Count >= limit) return found;
            range = range with { Continuation = page.Continuation };
        }
    }

    internal static void Keep(Dictionary<DueKind, DateTimeOffset> dues, DueKind kind, DateTimeOffset at)
    {
        if (!dues.TryGetValue(kind, out var before) || at < before) dues[kind] = at;
    }

    private IEnumerable<KeyValuePair<string, DraftRow>> ChangedRows => under is null ? rows : under.rows.Concat(rows);

    private int ActionCount => 1 + rows.Count + owed.Count + LogRows(imageBytes);

    private long Bytes => FrameBytes + actionBytes + Base64(imageBytes);

    private Head MakeNextHead()
    {
        var next = Head.Counters.SetItems(counters);
        foreach (var kind in settled) next = next.SetItem(DueTable.Counter(kind), 0);
        foreach (var (kind, at) in dues)
        {
            var promised = next.GetValueOrDefault(DueTable.Counter(kind));
            if (promised == 0 || at.ToUnixTimeMilliseconds() < promised)
                next = next.SetItem(DueTable.Counter(kind), at.ToUnixTimeMilliseconds());
        }

        return new Head(Version, NowMilliseconds, logFloor, deleting, next, "", snapshot);
    }

    /// <summary>
    /// Drops the deletion of rows that only this commit itself would have added: storage refuses to delete what is not there, and would refuse the
    /// commit for as long as the same operations come together.
    /// </summary>
    private async ValueTask DropVainDeletionsAsync(CancellationToken cancellationToken)
    {
        foreach (var (rowKey, row) in rows.Where(row => row.Value is { Row: null, MayBeNew: true }).ToArray())
        {
            body = null;
            if (await ReadRowAsync(rowKey, presumedAbsent: false, cancellationToken) is null) rows.Remove(rowKey);
            else rows[rowKey] = row with { MayBeNew = false };
        }
    }

    /// <summary>All of the transaction but the head, whose place is the first.</summary>
    private List<RowAction> EncodeBody()
    {
        var key = Address.Key;
        var actions = new List<RowAction>(StorageLimits.ActionsPerTransaction) { null! };
        foreach (var (rowKey, row) in rows)
        {
            actions.Add(row switch
            {
                { Row: null } => RowAction.Delete(key, rowKey, RowAction.AnyETag),
                { MustBeNew: true } => RowAction.Insert(row.Row!),
                _ => RowAction.Put(row.Row!),
            });
        }

        foreach (var logRow in CommitLog.Encode(key, Entry))
            actions.Add(RowAction.Insert(logRow));
        for (var i = 0; i < owed.Count; i++)
            actions.Add(RowAction.Insert(OwedRow.Write(key, Version, i, owed[i])));
        return actions;
    }

    /// <summary>Bounds are upper ones, so an operation that stands alone is let through and measured exactly when it is sent.</summary>
    private bool FitsAlone(CommitScope scope) => IsEmpty && scope.ActionCount <= StorageLimits.ActionsPerTransaction;

    private bool Lowers(DueKind kind, DateTimeOffset at)
    {
        var promised = Head[DueTable.Counter(kind)];
        return promised == 0 || settled.Contains(kind) || at.ToUnixTimeMilliseconds() < promised;
    }

    internal static int LogRows(long imageBytes) => 1 + (int)(imageBytes / ImageBytesPerLogRow);

    internal static long Base64(long bytes) => bytes * 4 / 3 + 4;
}

/// <summary>A row as a commit leaves it.</summary>
/// <param name="Row">The row, or null when it is deleted.</param>
/// <param name="MustBeNew">Whether storage must not have had it: it was inserted, or presumed absent and then put.</param>
/// <param name="Cancelled">Inserted and deleted by the same commit: nothing is to be done.</param>
/// <param name="MayBeNew">Whether storage may or may not have had it: it was put, which asks for neither.</param>
internal readonly record struct DraftRow(Row? Row, bool MustBeNew, bool Cancelled = false, bool MayBeNew = false)
{
    /// <summary>Whether later operations may take this for the row's state without a read.</summary>
    public bool IsKnown => !Cancelled;

    /// <summary>This change after an earlier one of the same row in the same commit.</summary>
    public DraftRow Over(DraftRow before)
    {
        if (Cancelled) return before.MustBeNew || before.Cancelled ? this : new DraftRow(null, false);
        if (before.Cancelled) return this with { MustBeNew = Row is not null, MayBeNew = false };
        if (!before.MustBeNew) return this with { MustBeNew = false, MayBeNew = before.MayBeNew };
        return Row is null ? new DraftRow(null, false, Cancelled: true) : this with { MustBeNew = true, MayBeNew = false };
    }
}
