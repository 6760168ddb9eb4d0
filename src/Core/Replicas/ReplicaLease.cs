using Casefile.Core.Partitions;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Replicas;

/// <summary>
/// A partition at one version: everything read through it is of that version, whatever is committed meanwhile. It keeps the
/// replica's file alive, and is for one caller at a time. Dispose it soon: while it stands, the file's log grows with every commit.
/// </summary>
public sealed class ReplicaLease : IDisposable
{
    private const int Interrupted = 9;

    private readonly Replica replica;
    private readonly ReplicaFile file;
    private readonly ReplicaReader reader;
    private bool broken;
    private bool disposed;

    internal ReplicaLease(Replica replica, ReplicaFile file, ReplicaReader reader)
        => (this.replica, this.file, this.reader) = (replica, file, reader);

    /// <summary>The head at <see cref="Version"/>. It is not fit for a write: its ETag may not be known.</summary>
    public Head Head => reader.Head;

    /// <summary>The version that is read; never older than the request for this lease.</summary>
    public long Version => reader.Head.Version;

    internal ReplicaSchema Schema => file.Schema;

    internal ReplicaOptions Options => replica.Options;

    /// <summary>Gives the replica back.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        replica.GiveBack(file, reader, broken);
    }

    /// <summary>Asks the replica, within a time limit. One that fails for any other reason is given up and built anew.</summary>
    /// <exception cref="OperationCanceledException">The caller no longer waits.</exception>
    internal Result<T> Ask<T>(TimeSpan timeout, Func<ReplicaReader, Result<T>> query, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (broken) return Broken();
        reader.Limit(replica.Deadline(timeout), cancellationToken);
        try
        {
            return query(reader);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == Interrupted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Problem.Of(ProblemKind.TimedOut, "The query took too long", $"It was given up after {timeout.TotalSeconds:0} s.");
        }
        catch (SqliteException exception)
        {
            broken = true;
            replica.GiveUp(file, exception);
            return Broken();
        }
    }

    private static Problem Broken()
        => Problem.Of(ProblemKind.Unavailable, "The list is being rebuilt", retryAfter: TimeSpan.FromSeconds(1));
}
