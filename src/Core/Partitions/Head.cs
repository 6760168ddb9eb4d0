using System.Collections.Immutable;
using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>
/// The head row of a partition: what is true of all of it at one version. Every commit replaces it under its ETag, which is
/// what makes the commits of a partition a single sequence without gaps.
/// </summary>
/// <param name="Version">The number of the newest commit; the first commit is 1.</param>
/// <param name="Newest">The newest timestamp given, in Unix milliseconds: no later commit gets an earlier one.</param>
/// <param name="LogFloor">The lowest version whose log entry is kept.</param>
/// <param name="Deleting">True once the partition is to be cleared: nothing in it is visible any more.</param>
/// <param name="Counters">The partition's own numbers, by name: counts, next ids, versions of its parts. A missing one is 0.</param>
/// <param name="ETag">The storage's version of the row that this was read from.</param>
/// <param name="Snapshot">
/// The newest snapshot of the partition (<see cref="SnapshotReference"/>), or null. It is kept as it stands in the row, known form or not; a version of
/// the service that knows of no snapshots drops it with its next commit, and replicas then start from the rows.
/// </param>
public sealed record Head(
    long Version,
    long Newest,
    long LogFloor,
    bool Deleting,
    ImmutableDictionary<string, long> Counters,
    string ETag,
    string? Snapshot = null)
{
    /// <summary>The format that this code writes. A partition that needs a newer writer or reader is left alone.</summary>
    public const long Format = 1;

    private const string CounterPrefix = "n_";
    private const string SnapshotProperty = "snapshot";

    /// <summary>A counter of the partition, 0 where it was never set.</summary>
    public long this[string counter] => Counters.GetValueOrDefault(counter);

    /// <summary>Reads a head row.</summary>
    /// <exception cref="UnknownFormatException">A newer version of the service wrote it in a form that this one does not know.</exception>
    public static Head FromRow(Row row)
    {
        if (row.Integer("reader") > Format)
            throw new UnknownFormatException($"Partition {row.PartitionKey} needs a reader of format {row.Integer("reader")}; this is {Format}.");

        var counters = ImmutableDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var (name, value) in row.Properties)
        {
            if (value is long number && name.StartsWith(CounterPrefix, StringComparison.Ordinal))
                counters[name[CounterPrefix.Length..]] = number;
        }

        return new Head(
            row.Integer("version") ?? 0,
            row.Integer("newest") ?? 0,
            row.Integer("floor") ?? 1,
            row.Flag("deleting") ?? false,
            counters.ToImmutable(),
            row.ETag,
            row.Text(SnapshotProperty));
    }

    /// <summary>The row to store.</summary>
    public Row ToRow(string partitionKey)
    {
        var properties = new Dictionary<string, object>(8 + Counters.Count, StringComparer.Ordinal)
        {
            ["version"] = Version,
            ["newest"] = Newest,
            ["floor"] = LogFloor,
            ["deleting"] = Deleting,
            ["reader"] = Format,
            ["writer"] = Format,
        };
        if (Snapshot is not null) properties[SnapshotProperty] = Snapshot;
        foreach (var (name, value) in Counters)
            properties[CounterPrefix + name] = value;
        return new Row(partitionKey, RowKeys.Head, properties);
    }
}

/// <summary>Stored data has a form that this version of the service does not know; it refuses instead of guessing.</summary>
public sealed class UnknownFormatException : Exception
{
    /// <summary>With what was found.</summary>
    public UnknownFormatException(string message) : base(message)
    {
    }

    /// <summary>Without detail.</summary>
    public UnknownFormatException() : this("Unknown format")
    {
    }

    /// <summary>With what was found, and the cause.</summary>
    public UnknownFormatException(string message, Exception inner) : base(message, inner)
    {
    }
}
