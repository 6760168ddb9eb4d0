using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Replicas;

/// <summary>
/// The replica of one partition in this process. One piece of work at a time brings it up, in the background, whoever asked for it; those
/// who come meanwhile wait for the same.
/// </summary>
internal sealed partial class Replica(
    PartitionAddress address, PartitionSet partitions, ITable table, ReplicaSnapshots snapshots, ReplicaFolder folder, ReplicaOptions options, TimeProvider time,
    ILogger logger)
    : IAsyncDisposable
{
    private const int BuildTries = 5;

    private readonly Lock gate = new();
    private readonly RecentCommits recent = new();
    private readonly CancellationTokenSource closing = new();
    private Task work = Task.CompletedTask;
    private Task snapshotting = Task.CompletedTask;
    private volatile ReplicaFile? file;
    private volatile Head? newestHere;
    private bool closed;

    public ReplicaOptions Options => options;

    /// <summary>When it was last asked for, in the clock's timestamps.</summary>
    public long LastUsed { get; private set; }

    /// <summary>The bytes that it takes on disk.</summary>
    public long Bytes => file?.Bytes ?? 0;

    /// <summary>The partition at this head's version or a later one.</summary>
    public async Task<Result<ReplicaLease>> OpenAsync(Head head, CancellationToken cancellationToken)
    {
        LastUsed = time.GetTimestamp();
        var until = Deadline(options.Patience);
        while (true)
        {
            if (TryLease(head.Version) is { } lease) return lease;
            var left = time.GetElapsedTime(time.GetTimestamp(), until);
            if (left <= TimeSpan.Zero) return NotYet();
            try
            {
                await StartOrJoin(head).WaitAsync(left, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return NotYet();
            }
        }
    }

    /// <summary>Remembers what this process committed, if a replica is kept that will want it.</summary>
    public void Committed(LogEntry entry, Head head)
    {
        if (file is not null) recent.Add(entry);
        newestHere = head;
    }

    /// <summary>The head of the newest commit of this process, or null.</summary>
    public Head? NewestHere => newestHere;

    public void GiveBack(ReplicaFile from, ReplicaReader reader, bool broken)
    {
        var wantsIndex = !broken && from.Schema.WantsIndex;
        from.Return(reader, broken);
        if (wantsIndex) StartIndex(from);
    }

    /// <summary>The file cannot be trusted: the next one who asks gets another.</summary>
    public void GiveUp(ReplicaFile broken, Exception exception)
    {
        LogBroken(exception, address);
        Drop(broken);
    }

    /// <summary>Drops the file if nobody uses it.</summary>
    public bool TryDropUnused()
    {
        lock (gate)
        {
            if (!work.IsCompleted || file is null || !file.TryRetireUnused()) return false;
            file = null;
            recent.Clear();
        }

        LogDropped(address);
        return true;
    }

    /// <summary>Stops the work and drops the file.</summary>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (gate)
        {
            closed = true;
            running = Task.WhenAll(work, snapshotting);
        }

        await closing.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (file is { } last) Drop(last);
        closing.Dispose();
    }

    public long Deadline(TimeSpan timeout) => time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency);

    /// <summary>Takes a file that was built elsewhere.</summary>
    internal void Adopt(ReplicaFile built) => file = built;

    /// <summary>The work under way, or the last.</summary>
    internal Task Idle
    {
        get
        {
            lock (gate) return work;
        }
    }

    private ReplicaLease? TryLease(long version)
    {
        if (file is not { } current || current.Head is not { } head || head.Version < version) return null;
        try
        {
            return current.TryRead() is { } reader ? new ReplicaLease(this, current, reader) : null;
        }
        catch (SqliteException exception)
        {
            GiveUp(current, exception);
            return null;
        }
    }

    private Task StartOrJoin(Head head)
    {
        lock (gate)
        {
            if (closed) throw new ReplicaClosedException();
            return work.IsCompleted ? work = options.Start(() => BringUpAsync(head, closing.Token)) : work;
        }
    }

    /// <summary>The snapshot that is being written, or the last.</summary>
    internal Task Snapshotting
    {
        get
        {
            lock (gate) return snapshotting;
        }
    }

    /// <summary>Writes a snapshot beside all else, if one is due.</summary>
    private void StartSnapshot()
    {
        lock (gate)
        {
            if (closed || !snapshotting.IsCompleted || file is not { } current || !snapshots.Wants(current)) return;
            snapshotting = options.Start(() => snapshots.WriteAsync(current, closing.Token));
        }
    }

    private void StartIndex(ReplicaFile of)
    {
        lock (gate)
        {
            if (closed || !work.IsCompleted || file != of || !of.TryHold()) return;
            work = options.Start(() =>
            {
                MakeIndex(of);
                return Task.CompletedTask;
            });
        }
    }

    private void MakeIndex(ReplicaFile of)
    {
        try
        {
            of.MakeIndex();
        }
        catch (SqliteException exception)
        {
            GiveUp(of, exception);
        }
        finally
        {
            of.Release();
        }
    }

    private async Task BringUpAsync(Head head, CancellationToken cancellationToken)
    {
        if (file is { } current && current.TryHold())
        {
            try
            {
                if (await TryApplyAsync(current, head, cancellationToken))
                {
                    StartSnapshot();
                    return;
                }
            }
            catch (SqliteException exception)
            {
                LogBroken(exception, address);
            }
            finally
            {
                current.Release();
            }

            Drop(current);
        }

        await BuildAsync(head, cancellationToken);
        StartSnapshot();
    }

    /// <summary>Brings a file up by the log, first what this process remembers of its own commits; false when the log does not lead there.</summary>
    private async Task<bool> TryApplyAsync(ReplicaFile current, Head head, CancellationToken cancellationToken)
    {
        if (current.Head is not { } at) return false;
        if (at.Version >= head.Version) return true;
        if (head.LogFloor > at.Version + 1 || head.Version - at.Version > options.LongestRun) return false;
        if (!await current.ApplyAsync(at.Version, head, EntriesAsync(at.Version + 1, head.Version, cancellationToken))) return false;
        recent.Forget(head.Version);
        Diagnostics.ReplicaApplied(address.Table, head.Version - at.Version);
        return true;
    }

    private async IAsyncEnumerable<LogEntry> EntriesAsync(
        long from, long to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (from <= to && recent.Find(from) is { } entry)
        {
            yield return entry;
            from++;
        }

        if (from > to) yield break;
        await foreach (var entry in CommitLog.ReadAsync(table, address.Key, from, to, cancellationToken)) yield return entry;
    }

    private async Task BuildAsync(Head head, CancellationToken cancellationToken)
    {
        var source = new ReplicaSource(table, address.Key, options);
        for (var attempt = 1; ; attempt++)
        {
            var startedAt = time.GetTimestamp();
            ReplicaFile? building = null;
            var published = false;
            try
            {
                var loaded = building = await snapshots.LoadAsync(head, cancellationToken);
                if (building is null)
                {
                    building = new ReplicaFile(folder.NewFile(), ReplicaSchema.For(address, options), options, time);
                    await source.FillAsync(building, building.Schema.Rows(head), cancellationToken);
                }

                var from = loaded?.Head ?? head;
                var now = await partitions[address].ReadHeadAsync(cancellationToken);
                if (now is null || now.Deleting) throw new ReplicaClosedException();
                var entries = CommitLog.ReadAsync(table, address.Key, from.Version + 1, now.Version, cancellationToken);
                published = from.LogFloor <= now.Version && await building.ApplyAsync(from.Version, now, entries);
                if (published)
                {
                    recent.Forget(now.Version);
                    Adopt(building);
                    var took = time.GetElapsedTime(startedAt);
                    Diagnostics.ReplicaBuilt(address.Table, took);
                    LogBuilt(address, now.Version, loaded is null ? "its rows" : "a snapshot", took.TotalMilliseconds);
                    return;
                }

                if (loaded is not null && now.Snapshot == head.Snapshot) snapshots.Doubt(head.Snapshot, new DoubtfulSnapshotException("The log does not lead on from it."));

                if (attempt == BuildTries) throw new StorageUnavailableException($"The replica of {address} cannot keep up with its log.");
                head = now;
            }
            catch (SqliteException exception)
            {
                throw new StorageUnavailableException("The file of a replica cannot be written.", exception);
            }
            catch (OperationCanceledException)
            {
                throw new ReplicaClosedException();
            }
            finally
            {
                if (!published) building?.Retire();
            }
        }
    }

    private void Drop(ReplicaFile which)
    {
        lock (gate)
        {
            if (file == which)
            {
                file = null;
                recent.Clear();
            }
        }

        which.Retire();
    }

    private static Problem NotYet()
        => Problem.Of(ProblemKind.Unavailable, "The list is being prepared", "Building it takes longer than a request may wait; it goes on.", TimeSpan.FromSeconds(5));

    [LoggerMessage(2201, LogLevel.Information, "Built the replica of {Address} at version {Version} from {Source} in {Milliseconds} ms")]
    private partial void LogBuilt(PartitionAddress address, long version, string source, double milliseconds);

    [LoggerMessage(2202, LogLevel.Warning, "The replica of {Address} is given up and will be built anew")]
    private partial void LogBroken(Exception exception, PartitionAddress address);

    [LoggerMessage(2203, LogLevel.Information, "Dropped the replica of {Address} to stay within the byte budget")]
    private partial void LogDropped(PartitionAddress address);
}

/// <summary>The replica, or its partition, went away while it was being brought up: the head tells which.</summary>
internal sealed class ReplicaClosedException : Exception;
