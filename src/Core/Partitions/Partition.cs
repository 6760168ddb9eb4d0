using System.Collections.Immutable;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Partitions;

/// <summary>
/// One partition as this process works on it: the committer of its operations and the shared reader of its head. Every commit is one
/// entity group transaction whose first action replaces the head row under its ETag; operations that wait together share a commit. While one commit is
/// under way the next is made ready on the state that this one would leave; it is sent when this one is won, and thrown away otherwise.
/// </summary>
public sealed partial class Partition
{
    /// <summary>How old a commit that ran ahead may be when its turn comes: its timestamp is the one that its operations were run with.</summary>
    private static readonly TimeSpan MostAhead = TimeSpan.FromSeconds(1);

    private readonly ITable table;
    private readonly DueTable dueTable;
    private readonly OwedWorkHandlers owedWork;
    private readonly TransactionSender sender;
    private readonly SharedRead<Head?> headReads;
    private readonly PartitionOptions options;
    private readonly IStorage storage;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Action<PartitionAddress, LogEntry, Head> committed;

    private readonly Lock gate = new();
    private readonly Queue<PendingOperation> waiting = new();
    private bool running;
    private TaskCompletionSource<bool>? gathered;
    private int wanted;
    private Task creation = Task.CompletedTask;

    // Only the running committer touches what follows.
    private readonly LinkedList<PendingOperation> again = new();
    private PartitionState? state;
    private bool stateIsStale;
    private bool careful;
    private int oneByOne;
    private int losses;

    internal Partition(
        PartitionAddress address, IStorage storage, DueTable dueTable, OwedWorkHandlers owedWork, PartitionOptions options, TimeProvider time, ILogger logger,
        Action<PartitionAddress, LogEntry, Head> committed)
    {
        Address = address;
        this.storage = storage;
        this.dueTable = dueTable;
        this.owedWork = owedWork;
        this.options = options;
        this.time = time;
        this.logger = logger;
        this.committed = committed;
        table = storage.Table(address.Table);
        sender = new TransactionSender(table, options);
        headReads = new SharedRead<Head?>(
            ReadStoredHeadAsync, options.ReadSpacing, options.ReadCrowd, delay => options.Delay(delay, CancellationToken.None));
    }

    /// <summary>Where it is kept.</summary>
    public PartitionAddress Address { get; }

    /// <summary>Whether nothing waits here, so that the object may be forgotten.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (gate) return !running;
        }
    }

    /// <summary>
    /// Runs an operation in a commit, together with whatever else waits for this partition, and answers when the commit is durable. Work that
    /// the operation owed to other partitions is done, or tried once, before the answer.
    /// </summary>
    /// <returns>
    /// The operation's answer or refusal, either true at a moment after this call; NotFound when the partition does not exist or is being
    /// deleted; Unavailable when storage does not answer or the outcome is not known in time.
    /// </returns>
    public Task<Result<T>> CommitAsync<T>(Operation<T> operation, CancellationToken cancellationToken)
        => CommitAsync(new PendingOperation<T>(operation, runsAhead: false), cancellationToken);

    /// <summary>
    /// As <see cref="CommitAsync{T}(Operation{T}, CancellationToken)"/>, for an operation that may run while the commit before its own is under way: one that
    /// knows the partition by its counters and rows of data alone, through its scope, and remembers nothing of a version that is not stored yet.
    /// </summary>
    /// <returns>The same; it is answered when its commit is durable, and so is the one before.</returns>
    internal Task<Result<T>> CommitAheadAsync<T>(Operation<T> operation, CancellationToken cancellationToken)
        => CommitAsync(new PendingOperation<T>(operation, runsAhead: true), cancellationToken);

    /// <summary>What an earlier request with this idempotency key made here: for a request that is refused before it comes to a commit. Nothing is written.</summary>
    /// <returns>As <see cref="CommitAsync{T}(Operation{T}, CancellationToken)"/>; null when there was none, or is no partition.</returns>
    internal async Task<Result<OnceMade?>> FindMadeAsync(IOnce once, CancellationToken cancellationToken)
    {
        var found = await CommitAheadAsync<OnceMade?>(once.FindAsync, cancellationToken);
        return found.Problem is { Kind: ProblemKind.NotFound } ? (OnceMade?)null : found;
    }

    private async Task<Result<T>> CommitAsync<T>(PendingOperation<T> pending, CancellationToken cancellationToken)
    {
        if (ClockProblem() is { } clockProblem) return clockProblem;
        if (!TryEnqueue(pending))
            return Unavailable("Too many writes are waiting", "Nothing was written.");

        // Awaited directly rather than by WaitAsync, which would hop to another thread on the way to the caller.
        using var patience = time.CreateTimer(static state => ((PendingOperation<T>)state!).GiveUp(), pending, options.Patience, Timeout.InfiniteTimeSpan);
        using var cancellation = cancellationToken.Register(static (state, token) => ((PendingOperation<T>)state!).Cancel(token), pending);
        return await pending.Completion;
    }

    /// <summary>Makes the partition with its first commit, version 1.</summary>
    /// <param name="counters">The head's counters.</param>
    /// <param name="rows">The first rows by row key, at most 90.</param>
    /// <param name="dues">When the timers have to look at it first; maintenance of the log is seen to anyway.</param>
    /// <param name="cancellationToken">Gives up between two tries.</param>
    /// <returns>False when the partition exists already.</returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<bool> CreateAsync(
        IReadOnlyDictionary<string, long> counters,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, object>> rows,
        IReadOnlyDictionary<DueKind, DateTimeOffset>? dues,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var promised = new Dictionary<DueKind, DateTimeOffset>(dues ?? ImmutableDictionary<DueKind, DateTimeOffset>.Empty);
        CommitDraft.Keep(promised, DueKind.Maintenance, now + LogRetention.Pruned);
        await dueTable.LowerAsync(Address, promised, cancellationToken);

        var all = counters.ToImmutableDictionary(StringComparer.Ordinal)
            .SetItems(promised.Select(due => KeyValuePair.Create(DueTable.Counter(due.Key), due.Value.ToUnixTimeMilliseconds())));
        var head = new Head(1, now.ToUnixTimeMilliseconds(), 1, Deleting: false, all, "");
        var commitId = Guid.NewGuid();
        var changes = rows.Select(row => new RowChange(row.Key, row.Value)).ToArray();
        IReadOnlyList<RowAction> actions =
        [
            RowAction.Insert(head.ToRow(Address.Key)),
            .. rows.Select(row => RowAction.Insert(new Row(Address.Key, row.Key, row.Value))),
            .. CommitLog.Encode(Address.Key, new LogEntry(1, commitId, head.Newest, changes)).Select(RowAction.Insert),
        ];
        var sent = await sender.SendAsync(Address.Key, actions, version: 1, commitId, cancellationToken);
        return sent.End switch
        {
            CommitEnd.Won => true,
            CommitEnd.Rejected => throw new InvalidOperationException($"Storage refuses the first commit of {Address}: {sent.Reason}"),
            _ => false,
        };
    }

    /// <summary>Makes the partition, with no data in it, unless it exists. Of those who ask at the same time in this process one makes it and all wait.</summary>
    /// <param name="counters">The head's counters, where it is made; null for none.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task CreateIfMissingAsync(IReadOnlyDictionary<string, long>? counters = null)
    {
        lock (gate) return creation.IsCompleted ? creation = MakeAsync() : creation;

        async Task MakeAsync()
        {
            await Task.Yield();
            if (await ReadStoredHeadAsync() is not null) return;
            await CreateAsync(
                counters ?? ImmutableDictionary<string, long>.Empty, ImmutableDictionary<string, IReadOnlyDictionary<string, object>>.Empty, null, CancellationToken.None);
        }
    }

    /// <summary>
    /// The head, by a read that starts after this call and is shared with others that wait for the same; null when the partition does
    /// not exist. One that is <see cref="Head.Deleting"/> is to be treated as gone.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Head?> ReadHeadAsync(CancellationToken cancellationToken) => headReads.ReadAsync(cancellationToken);

    private async Task<Head?> ReadStoredHeadAsync()
        => await table.GetAsync(Address.Key, RowKeys.Head, CancellationToken.None) is { } row ? Head.FromRow(row) : null;

    private bool TryEnqueue(PendingOperation pending)
    {
        bool wasRunning;
        TaskCompletionSource<bool>? enough;
        lock (gate)
        {
            if (waiting.Count >= options.MaxWaiting) return false;
            waiting.Enqueue(pending);
            enough = waiting.Count >= wanted ? gathered : null;
            (wasRunning, running) = (running, true);
        }

        enough?.TrySetResult(true);
        if (wasRunning) return true;

        // The committer outlives the request that started it, and belongs to none.
        using (ExecutionContext.SuppressFlow()) _ = RunAsync();
        return true;
    }

    private bool TryDequeue(out PendingOperation pending)
    {
        if (again.First is { } first)
        {
            again.RemoveFirst();
            pending = first.Value;
            return true;
        }

        lock (gate) return waiting.TryDequeue(out pending!);
    }

    /// <summary>The next operation, where it is one that may run ahead.</summary>
    private bool TryDequeueAhead(out PendingOperation pending)
    {
        if (again.First is { } first)
        {
            pending = first.Value;
            if (pending.RunsAhead) again.RemoveFirst();
            return pending.RunsAhead;
        }

        lock (gate) return waiting.TryPeek(out pending!) && pending.RunsAhead && waiting.TryDequeue(out pending!);
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        var crowd = 1;
        Batch? ahead = null;
        while (true)
        {
            if (crowd > 1) await GatherAsync(ahead, crowd);
            lock (gate)
            {
                if (ahead is null && waiting.Count == 0 && again.Count == 0)
                {
                    running = false;
                    return;
                }
            }

            var batch = ahead ?? new Batch();
            ahead = null;
            try
            {
                ahead = await CommitAsync(batch);
            }
            catch (StorageUnavailableException exception)
            {
                LogUnavailable(exception, Address);
                stateIsStale = true;
                RefuseAll(batch, Unavailable("Storage is unavailable", "Nothing was written."));
            }
#pragma warning disable CA1031 // It belongs to the callers of this batch; the committer goes on.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                state = null;
                FailAll(batch, exception);
            }

            crowd = batch.Accepted.Count;
        }
    }

    /// <summary>
    /// Lets more operations join the next commit for as long as more keep coming, until it has as many as the last one: callers that were answered
    /// together come back together.
    /// </summary>
    private async Task GatherAsync(Batch? ahead, int crowd)
    {
        var held = again.Count + (ahead?.All.Count() ?? 0);
        while (true)
        {
            int before;
            Task enough;
            lock (gate)
            {
                before = waiting.Count;
                if (held + before >= crowd) return;
                gathered = Completion.New<bool>();
                wanted = crowd - held;
                enough = gathered.Task;
            }

            await Task.WhenAny(enough, options.Delay(options.GroupWait, CancellationToken.None));
            lock (gate)
            {
                gathered = null;
                if (waiting.Count == before || waiting.Count + held >= crowd) return;
            }
        }
    }

    /// <summary>Makes a commit of a batch, or goes on with one that has run ahead.</summary>
    /// <returns>The next batch, run ahead of its turn, where it may be sent now.</returns>
    private async Task<Batch?> CommitAsync(Batch batch)
    {
        if (await KnownStateAsync() is not { } known)
        {
            RefuseAll(batch, Problem.NotFound(NameOf(Address), $"{NameOf(Address)} {Address.Key} does not exist."));
            return null;
        }

        var draft = batch.Draft ??= new CommitDraft(Address, known, table, time.GetUtcNow(), careful, options.MostActions);
        await FillAsync(draft, batch);
        if (!draft.IsEmpty) return await SendAsync(draft, known, batch);
        await AnswerUnchangedAsync(known, batch);
        return null;
    }

    private async Task FillAsync(CommitDraft draft, Batch batch)
    {
        while (!draft.IsFull && TryDequeue(out var operation))
        {
            if (operation.TrySend() && !await TryJoinAsync(draft, batch, operation)) return;
        }
    }

    /// <summary>Runs an operation and has it join the commit, or the next one where it does not fit.</summary>
    /// <returns>Whether more may join.</returns>
    private async ValueTask<bool> TryJoinAsync(CommitDraft draft, Batch batch, PendingOperation operation)
    {
        batch.Running = operation;
        var scope = draft.Begin();
        var accepted = await operation.RunAsync(scope, CancellationToken.None);
        // A commit finds out by itself what was wrongly presumed absent; where there is none, it has to be read before this is taken for an answer.
        if ((!accepted || !scope.HasChanges) && !scope.IsDeferred && await draft.FindPresumedAbsentAsync(scope, CancellationToken.None))
        {
            draft.End(scope);
            scope = draft.Begin();
            accepted = await operation.RunAsync(scope, CancellationToken.None);
        }

        batch.Running = null;
        var mayGrow = Join(draft, batch, operation, scope, accepted);
        draft.End(scope);
        return mayGrow;
    }

    /// <summary>Has an operation that has run join the commit, or the next one where it does not fit.</summary>
    /// <returns>Whether more may join.</returns>
    private bool Join(CommitDraft draft, Batch batch, PendingOperation operation, CommitScope scope, bool accepted)
    {
        if (scope.IsDeferred)
        {
            PutBack(operation);
            return false;
        }

        if (!accepted || !scope.HasChanges)
        {
            batch.Unchanged.Add(operation);
            return true;
        }

        if (draft.Fits(scope))
        {
            operation.Owed = scope.Owed;
            draft.Accept(scope);
            batch.Accepted.Add(operation);
            if (oneByOne == 0) return true;
            oneByOne--;
            return false;
        }

        // What runs ahead is refused nothing: it may be too much on a state that never comes to be.
        if (!draft.IsEmpty || draft.RunsAhead)
        {
            PutBack(operation);
            return false;
        }

        operation.Refuse(Problem.Invalid("Too much for one change", $"It would change {scope.Rows.Count} rows at once; a change holds at most {StorageLimits.ActionsPerTransaction - 10}."));
        return true;
    }

    /// <summary>
    /// While a commit is under way, runs what waits on the state that it would make, and writes down what would be sent when that fills a commit. Nothing
    /// of it is told to anyone, and its operations may still be given up by their callers.
    /// </summary>
    /// <returns>The next batch; null where nothing waits that may run ahead, or where trouble is to be expected.</returns>
    private async Task<Batch?> RunAheadAsync(CommitDraft under, PartitionState known, Task sending)
    {
        if (careful || oneByOne > 0 || losses > 0 || under.IsDeleting) return null;
        var draft = new CommitDraft(Address, known, table, time.GetUtcNow(), careful: false, options.MostActions, under);
        var batch = new Batch { Draft = draft };
        try
        {
            var mayGrow = true;
            while (mayGrow && !sending.IsCompleted && TryDequeueAhead(out var operation))
            {
                if (!operation.IsAbandoned) mayGrow = await TryJoinAsync(draft, batch, operation) && !draft.IsFull;
            }

            if (!mayGrow) await draft.EncodeAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // What is wrong is met again when its operations run in earnest, and told then; the commit under way is not to suffer from it.
        catch (Exception)
#pragma warning restore CA1031
        {
            PutBack(batch);
            return null;
        }

        return batch.All.Any() ? batch : null;
    }

    /// <summary>
    /// Answers operations that change nothing, once it is certain that the state they ran on was still the newest after they arrived, and after the
    /// last row was read for them: a commit would fail on a head and rows of different versions, a refusal would not.
    /// </summary>
    private async Task AnswerUnchangedAsync(PartitionState known, Batch batch)
    {
        if (known.ReadAt > known.ConfirmedAt || batch.Unchanged.Any(operation => operation.ArrivedAt > known.ConfirmedAt))
        {
            var before = known.Head.ETag;
            stateIsStale = true;
            if ((await KnownStateAsync())?.Head.ETag != before)
            {
                PutBack(batch);
                return;
            }
        }

        foreach (var operation in batch.Unchanged) operation.Answer();
    }

    /// <summary>Sends a commit, and runs the next one ahead meanwhile.</summary>
    /// <returns>The next batch, where this commit was won and left the very state that it ran on.</returns>
    private async Task<Batch?> SendAsync(CommitDraft draft, PartitionState known, Batch batch)
    {
        await draft.EncodeAsync(CancellationToken.None);
        if (draft.DuesToLower is { Count: > 0 } dues) await dueTable.LowerAsync(Address, dues, CancellationToken.None);

        var startedAt = Moment.Next();
        var sending = SendAndAnswerAsync(draft, batch);
        var ahead = await RunAheadAsync(draft, known, sending);
        SentCommit sent;
        try
        {
            sent = await sending;
        }
        catch
        {
            PutBack(ahead);
            throw;
        }

        if (sent is { End: CommitEnd.Won, ETags: [var etag, ..] })
        {
            (losses, careful) = (0, false);
            known.Advance(draft.NextHead with { ETag = etag }, startedAt, draft.ResultingRows);
            return TryTakeTurn(ahead) ? ahead : null;
        }

        PutBack(ahead);
        switch (sent.End)
        {
            case CommitEnd.Won:
                (losses, careful) = (0, false);
                stateIsStale = true;
                break;

            case CommitEnd.Rejected when batch.Accepted.Count == 1:
                LogRejected(Address, sent.Reason);
                batch.Accepted[0].Refuse(Problem.Invalid("Cannot be stored", $"It is larger than a row or a change may be ({sent.Reason})."));
                batch.Accepted.Clear();
                PutBack(batch);
                break;

            case CommitEnd.Rejected:
                // One of them is the culprit; alone, each answers for itself.
                oneByOne = batch.Accepted.Count;
                PutBack(batch);
                break;

            default:
                Diagnostics.LostRace(Address.Table);
                careful |= sent.End == CommitEnd.LostToExistingRow;
                stateIsStale = true;
                PutBack(batch);
                await options.Delay(Backoff.Jittered(options, losses++), CancellationToken.None);
                break;
        }

        return null;
    }

    /// <summary>Sends a commit and answers its callers if it is won: at once, whatever the next one is waiting for. Touches nothing of the committer's.</summary>
    private async Task<SentCommit> SendAndAnswerAsync(CommitDraft draft, Batch batch)
    {
        var actions = draft.Actions();
        var sent = await sender.SendAsync(Address.Key, actions, draft.Version, draft.CommitId, CancellationToken.None);
        if (sent.End != CommitEnd.Won) return sent;

        Diagnostics.Committed(Address.Table, actions.Count, batch.Accepted.Count);
        committed(Address, draft.Entry, draft.NextHead);
        AnswerAll(batch, actions);
        return sent;
    }

    /// <summary>
    /// Whether a batch that has run ahead becomes the next commit: not with a timestamp that is long past, and not when a caller has meanwhile been told that
    /// nothing of it was written. Otherwise its operations run anew.
    /// </summary>
    private bool TryTakeTurn(Batch? ahead)
    {
        if (ahead is null) return false;
        if (ahead.Draft!.AgeAt(time.GetUtcNow()) <= MostAhead && ahead.All.All(operation => operation.TrySend()))
        {
            ahead.Draft.StopRunningAhead();
            return true;
        }

        PutBack(ahead);
        return false;
    }

    private void AnswerAll(Batch batch, IReadOnlyList<RowAction> actions)
    {
        foreach (var operation in batch.Unchanged) operation.Answer();

        var owedAt = actions.Count - batch.Accepted.Sum(operation => operation.Owed.Count);
        foreach (var operation in batch.Accepted)
        {
            if (operation.Owed.Count == 0)
            {
                operation.Answer();
                continue;
            }

            var rows = new Row[operation.Owed.Count];
            for (var i = 0; i < rows.Length; i++) rows[i] = actions[owedAt++].Row;
            _ = FinishAsync(operation, rows);
        }
    }

    /// <summary>Does what a commit owes before its caller is answered, so that a link reads from both sides; a failure stays owed.</summary>
    private async Task FinishAsync(PendingOperation operation, IReadOnlyList<Row> owed)
    {
        try
        {
            await DoAsync(owed).WaitAsync(options.OwedPatience, time);
        }
#pragma warning disable CA1031 // The commit stands whatever becomes of this; what is owed is durable and done later.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogOwedLater(exception, Address);
        }

        operation.Answer();

        async Task DoAsync(IReadOnlyList<Row> rows)
        {
            foreach (var row in rows) await owedWork.TryDoAsync(Address, row, CancellationToken.None);
        }
    }

    /// <summary>The newest state that is known, brought up where another process has written; null when the partition is gone.</summary>
    private async Task<PartitionState?> KnownStateAsync()
    {
        if (state is { Head.Deleting: true }) state = null;
        if (state is not null && !stateIsStale) return state;
        var startedAt = Moment.Next();
        var head = await ReadStoredHeadAsync();
        if (head is null || head.Deleting) state = null;
        else if (state is null) state = new PartitionState(Address.Key, head, startedAt);
        else if (state.Head.ETag == head.ETag && losses == 0) state.Confirm(startedAt);
        // A race lost to nobody: what is remembered of the rows cannot be right.
        else if (state.Head.ETag == head.ETag) state = new PartitionState(Address.Key, head, startedAt);
        else await state.CatchUpAsync(head, startedAt, table, CancellationToken.None);
        stateIsStale = false;
        return state;
    }

    /// <summary>Has the operations of a batch run anew, before all others.</summary>
    private void PutBack(Batch? batch)
    {
        if (batch is null) return;
        foreach (var operation in batch.All.Reverse()) PutBack(operation);
    }

    private void PutBack(PendingOperation operation)
    {
        operation.Unsend();
        again.AddFirst(operation);
    }

    private void RefuseAll(Batch batch, Problem problem)
    {
        foreach (var operation in batch.All) operation.Refuse(problem);
        while (TryDequeue(out var operation)) operation.Refuse(problem);
    }

    /// <summary>An exception that comes before any operation was taken, such as an unknown format, is everybody's.</summary>
    private void FailAll(Batch batch, Exception exception)
    {
        var all = batch.All.ToArray();
        foreach (var operation in all) operation.Fail(exception);
        if (all.Length > 0) return;
        while (TryDequeue(out var operation)) operation.Fail(exception);
    }

    private Problem? ClockProblem()
    {
        if (options.ClockTolerance is not { } tolerance || storage.ClockAhead is not { } ahead || ahead.Duration() <= tolerance) return null;
        LogClockOff(ahead.TotalSeconds);
        return Unavailable("This server's clock is wrong", "Nothing was written.");
    }

    internal static Problem Unavailable(string message, string details)
        => Problem.Of(ProblemKind.Unavailable, message, details, TimeSpan.FromSeconds(5));

    private static string NameOf(PartitionAddress address) => address.Table switch
    {
        TableNames.Records => "Record type",
        TableNames.Cases => "Team",
        TableNames.Tenant => "Tenant",
        _ => "Partition",
    };

    [LoggerMessage(2101, LogLevel.Error, "Storage is unavailable to the committer of {Address}")]
    private partial void LogUnavailable(Exception exception, PartitionAddress address);

    [LoggerMessage(2102, LogLevel.Warning, "Storage rejects a commit of {Address}: {Reason}")]
    private partial void LogRejected(PartitionAddress address, string? reason);

    [LoggerMessage(2103, LogLevel.Warning, "Work owed by {Address} is left to the maintenance timer")]
    private partial void LogOwedLater(Exception exception, PartitionAddress address);

    [LoggerMessage(2104, LogLevel.Critical, "This machine's clock is {Seconds} s ahead of the storage service's: writes are refused")]
    private partial void LogClockOff(double seconds);

    /// <summary>The operations of one commit.</summary>
    private sealed class Batch
    {
        /// <summary>What they come to, once the first has run.</summary>
        public CommitDraft? Draft { get; set; }

        public List<PendingOperation> Accepted { get; } = [];

        public List<PendingOperation> Unchanged { get; } = [];

        /// <summary>The one that is being run, while it is in neither list.</summary>
        public PendingOperation? Running { get; set; }

        public IEnumerable<PendingOperation> All
            => Running is null ? Accepted.Concat(Unchanged) : Accepted.Concat(Unchanged).Append(Running);
    }
}
