using Casefile.Core.Partitions;

namespace Casefile.Core.Replicas;

/// <summary>
/// A partition at one version: everything read through it is of that version, whatever is committed meanwhile. It keeps the
/// replica's file alive, and for one caller at a time. Dispose it soon: while it stands, the file's log grows with every commit.
/// </summary>
public sealed class ReplicaLease : IDisposable
{
    internal ReplicaLease(Head head) => Head = head;

    /// <summary>The head at <see cref="Version"/>. Its ETag is not kept: it is not fit for a write.</summary>
    public Head Head { get; }

    /// <summary>The version that is read; never older than the request for this lease.</summary>
    public long Version => Head.Version;

    /// <summary>Gives the replica back.</summary>
    public void Dispose()
    {
    }
}
