using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Replicas;

/// <summary>
/// The snapshots of one partition as this process sees them: it starts a cold replica from the newest, and writes another from a warm one. A snapshot saves time
/// and nothing depends on it: on any doubt the replica is built from the rows.
/// </summary>
internal sealed partial class ReplicaSnapshots(
    PartitionAddress address, PartitionSet partitions, IBlobStore blobs, ReplicaFolder folder, ReplicaOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>How long after a claim has run out maintenance looks for what its holder left.</summary>
    private static readonly TimeSpan SweptAfter = TimeSpan.FromMinutes(1);

    private string? doubtful;
    private long? triedAt;
    private ReplicaFile? watched;
    private string? named;
    private long changesWhenNamed;

    /// <summary>A file at the version of the snapshot that the head names.</summary>
    /// <returns>Null when there is none that can be used; the log from the file's version on leads to the head's.</returns>
    public async Task<ReplicaFile?> LoadAsync(Head head, CancellationToken cancellationToken)
    {
        while (head.Snapshot is { } name && name != doubtful)
        {
            try
            {
                return await TryLoadAsync(head, cancellationToken);
            }
#pragma warning disable CA1031 // Whatever it is, there are the rows.
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                // Replaced since the head was read, and so deleted, it is in no doubt.
                if (await partitions[address].ReadHeadAsync(cancellationToken) is { } now && now.Snapshot != name)
                {
                    head = now;
                    continue;
                }

                Doubt(name, exception);
            }
        }

        return null;
    }

    /// <summary>A snapshot that was loaded does not lead to where the head is: it is not used again.</summary>
    public void Doubt(string? name, Exception reason)
    {
        if (name is null) return;
        LogDoubtful(reason, address, name);
        if (reason is not StorageUnavailableException) doubtful = name;
    }

    /// <summary>Whether the file has come so far from the newest snapshot that another is worth its while, and nobody is at it.</summary>
    public bool Wants(ReplicaFile file)
    {
        if (file.Head is not { } head) return false;
        Watch(file, head);
        var rows = file.Schema.Rows(head);
        if (rows < options.SnapshotMinimumRows || head[SnapshotReference.ClaimCounter] > time.GetUtcNow().ToUnixTimeMilliseconds()) return false;
        if (triedAt is { } tried && time.GetElapsedTime(tried) < options.SnapshotSpacing) return false;
        if (head.Snapshot is null) return true;

        // One of another form was written by a newer version of the service, and is its to replace.
        return SnapshotReference.Parse(head.Snapshot) is { } newest
            && (head.Snapshot == doubtful
                || head.Version - newest.Version >= options.SnapshotAfterVersions
                || file.Changes - changesWhenNamed >= Math.Max(options.SnapshotAfterChanges, rows / 4));
    }

    /// <summary>
    /// Writes a snapshot of the file and has the head name it, unless another process is at it or was faster. What is left behind when that fails, the sweep
    /// of orphans deletes.
    /// </summary>
    public async Task WriteAsync(ReplicaFile file, CancellationToken cancellationToken)
    {
        triedAt = time.GetTimestamp();
        using var patience = new CancellationTokenSource(options.SnapshotPatience, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var path = folder.NewFile();
        try
        {
            var claimed = await ClaimAsync(file.Head!.Snapshot, stopping.Token);
            if (!claimed.Try(out var claim, out _)) return;
            var startedAt = time.GetTimestamp();
            var changes = file.Changes;
            if (file.TryCopy(path, stopping.Token) is not { } copied)
            {
                LogNotWhole(address);
                return;
            }

            var reference = await SnapshotContent.UploadAsync(
                blobs, path, SnapshotReference.NewBlob(address, copied.Version), copied.Version, stopping.Token);
            var outcome = await NameAsync(reference, claim, stopping.Token);
            if (outcome.Try(out _, out var problem))
            {
                (named, changesWhenNamed) = (reference.ToString(), changes);
                LogWritten(address, reference.Version, reference.Bytes, time.GetElapsedTime(startedAt).TotalMilliseconds);
                return;
            }

            LogLost(address, reference.Version, problem.Kind);
            // Where it is not known whether it is named, it stays until the sweep finds out.
            if (problem.Kind is ProblemKind.Conflict or ProblemKind.NotFound) await blobs.DeleteAsync(reference.Blob, stopping.Token);
        }
#pragma warning disable CA1031 // A snapshot is a saving: whatever is in its way, the service goes on without.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!cancellationToken.IsCancellationRequested) LogFailed(exception, address);
        }
        finally
        {
            ReplicaFolder.Remove(path);
        }
    }

    private async Task<ReplicaFile?> TryLoadAsync(Head head, CancellationToken cancellationToken)
    {
        var reference = SnapshotReference.Parse(head.Snapshot) ?? throw new DoubtfulSnapshotException("It has a form that is not known here.");
        if (reference.Version > head.Version) throw new DoubtfulSnapshotException("It is of a version that is not there yet.");
        if (head.LogFloor > reference.Version + 1) throw new DoubtfulSnapshotException("The log above it is gone.");
        if (head.Version - reference.Version > options.LongestRun) return null;

        var path = folder.NewFile();
        ReplicaFile? file = null;
        try
        {
            await SnapshotContent.DownloadAsync(blobs, reference, path, cancellationToken);
            file = ReplicaFile.Open(path, ReplicaSchema.For(address, options), options, time);
            if (file.Head!.Version != reference.Version) throw new DoubtfulSnapshotException("It is of another version than it was named by.");
            return file;
        }
        catch
        {
            file?.Retire();
            ReplicaFolder.Remove(path);
            throw;
        }
    }

    /// <summary>Sees to it that nobody else writes a snapshot for a while. The value is this process's own, and stands until it has named what it wrote.</summary>
    private Task<Result<long>> ClaimAsync(string? seen, CancellationToken cancellationToken)
        => partitions[address].CommitAsync<long>(
            (scope, _) =>
            {
                var before = scope[SnapshotReference.ClaimCounter];
                if (before > scope.Now.ToUnixTimeMilliseconds() || scope.Snapshot != seen)
                    return ValueTask.FromResult<Result<long>>(Problem.Of(ProblemKind.Conflict, "Another process writes a snapshot"));
                var until = scope.Now + options.SnapshotPatience;
                var claim = Math.Max(until.ToUnixTimeMilliseconds(), before + 1);
                scope[SnapshotReference.ClaimCounter] = claim;
                scope.DueBy(DueKind.Maintenance, until + SweptAfter);
                return ValueTask.FromResult<Result<long>>(claim);
            },
            cancellationToken);

    private Task<Result<bool>> NameAsync(SnapshotReference reference, long claim, CancellationToken cancellationToken)
        => partitions[address].CommitAsync<bool>(
            (scope, _) =>
            {
                if (scope[SnapshotReference.ClaimCounter] != claim || scope[SnapshotReference.VersionCounter] > reference.Version)
                    return ValueTask.FromResult<Result<bool>>(Problem.Of(ProblemKind.Conflict, "Another process was faster"));
                if (SnapshotReference.Parse(scope.Snapshot) is { } replaced) BlobWork.Owe(scope, [replaced.Blob]);
                scope[SnapshotReference.ClaimCounter] = 0;
                scope[SnapshotReference.VersionCounter] = reference.Version;
                scope.NameSnapshot(reference);
                return ValueTask.FromResult<Result<bool>>(true);
            },
            cancellationToken);

    /// <summary>Notes how many changes the file had seen when the newest snapshot was named.</summary>
    private void Watch(ReplicaFile file, Head head)
    {
        if (watched != file) changesWhenNamed = 0;
        else if (named != head.Snapshot) changesWhenNamed = file.Changes;
        (watched, named) = (file, head.Snapshot);
    }

    [LoggerMessage(2301, LogLevel.Information, "Wrote a snapshot of {Address} at version {Version}, {Bytes} bytes, in {Milliseconds} ms")]
    private partial void LogWritten(PartitionAddress address, long version, long bytes, double milliseconds);

    [LoggerMessage(2302, LogLevel.Warning, "The snapshot {Name} of {Address} cannot be used; the replica is built from the rows")]
    private partial void LogDoubtful(Exception exception, PartitionAddress address, string name);

    [LoggerMessage(2303, LogLevel.Information, "The snapshot of {Address} at version {Version} was not named ({Kind})")]
    private partial void LogLost(PartitionAddress address, long version, ProblemKind kind);

    [LoggerMessage(2304, LogLevel.Warning, "A snapshot of {Address} could not be written; another try follows later")]
    private partial void LogFailed(Exception exception, PartitionAddress address);

    [LoggerMessage(2305, LogLevel.Warning, "The replica of {Address} does not hold what its head says; no snapshot is written of it")]
    private partial void LogNotWhole(PartitionAddress address);
}
