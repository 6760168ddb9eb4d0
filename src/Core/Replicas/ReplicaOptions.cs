using Casefile.Core.Partitions;

namespace Casefile.Core.Replicas;

/// <summary>How replicas are kept.</summary>
public sealed record ReplicaOptions
{
    /// <summary>The folder that every process makes its own folder in; the temp folder's <c>casefile-replicas</c> by default.</summary>
    public string Folder { get; init; } = Path.Combine(Path.GetTempPath(), "casefile-replicas");

    /// <summary>Bytes of all replica files together. Above it those least recently used go, but never one that is in use.</summary>
    public long ByteBudget { get; init; } = 4L << 30;

    /// <summary>Bytes of a replica that are mapped into memory at most.</summary>
    public long MappedBytes { get; init; } = 256L << 20;

    /// <summary>How long a caller waits for a replica to be brought up before it is told to come back. The work goes on.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a query may take, other than an aggregation, which brings its own limit.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many versions behind a replica is built anew rather than brought up by the log.</summary>
    public long LongestRun { get; init; } = LogRetention.LongestRun;

    /// <summary>How many rows a partition has to have before a snapshot of it is written: smaller ones are soon built from their rows.</summary>
    public long SnapshotMinimumRows { get; init; } = 20_000;

    /// <summary>How many versions the newest snapshot may be behind before another is written.</summary>
    public long SnapshotAfterVersions { get; init; } = 10_000;

    /// <summary>How many changes of rows, as far as this process has seen them, the newest snapshot may be behind; a quarter of the rows where that is more.</summary>
    public long SnapshotAfterChanges { get; init; } = 100_000;

    /// <summary>The least time between two snapshots of one partition by one process, whether they succeed or not.</summary>
    public TimeSpan SnapshotSpacing { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long writing a snapshot may take. Others may begin one after that, so a process that dies over it holds nobody up for longer.</summary>
    public TimeSpan SnapshotPatience { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How many range reads a build has under way at once; with one it stays on the way that it was called on.</summary>
    public int BuildParallelism { get; init; } = 8;

    /// <summary>Starts work that belongs to no request; a simulation puts its own order here.</summary>
    public Func<Func<Task>, Task> Start { get; init; } = Task.Run;

    /// <summary>How often a field has to be sorted or filtered by before it gets an index.</summary>
    public int IndexAfter { get; init; } = 3;

    /// <summary>How many rows a replica has to have before a field gets an index.</summary>
    public int IndexMinimumRows { get; init; } = 500;

    /// <summary>How many indexes a replica gets on demand. Each costs every later write.</summary>
    public int IndexMaximum { get; init; } = 16;

    /// <summary>How many askings for any index have to pass without one for this until it may make room for another.</summary>
    public int IndexIdle { get; init; } = 10_000;

    /// <summary>
    /// How many rows an index over a filtered field and the sorted one has to spare a page, over the indexes of each alone, before it is asked for.
    /// <see cref="long.MaxValue"/> for none of these.
    /// </summary>
    public long CompositeWorth { get; init; } = 200;

    /// <summary>How many records a page has to pass over before it is remembered where it begins.</summary>
    public long RememberedSkip { get; init; } = 500;
}
