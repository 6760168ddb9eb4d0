using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>The rows of the commit log: how an entry is written, and how a run of them is read.</summary>
public static class CommitLog
{
    /// <summary>The entry's rows, <c>log-{version}</c> and further ones behind it where it is large.</summary>
    public static IReadOnlyList<Row> Encode(string partitionKey, LogEntry entry) => throw new NotImplementedException();

    /// <summary>
    /// The entries from one version to another, both inclusive, in order. It ends early, without an error, at the first version that is
    /// missing: the caller checks that it got as far as it wanted.
    /// </summary>
    public static IAsyncEnumerable<LogEntry> ReadAsync(ITable table, string partitionKey, long from, long to, CancellationToken cancellationToken)
        => throw new NotImplementedException();
}
