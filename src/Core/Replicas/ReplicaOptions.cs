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
    public long LongestRun { get; init; } = 100_000;

    /// <summary>How many range reads a build has under way at once.</summary>
    public int BuildParallelism { get; init; } = 8;

    /// <summary>How often a field has to be sorted or filtered by before it gets an index.</summary>
    public int IndexAfter { get; init; } = 3;

    /// <summary>How many rows a replica has to have before a field gets an index.</summary>
    public int IndexMinimumRows { get; init; } = 500;

    /// <summary>How many indexes a replica gets on demand. Each costs every later write.</summary>
    public int IndexMaximum { get; init; } = 16;
}
