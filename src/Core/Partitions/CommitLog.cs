using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>The rows of the commit log: how an entry is written, and how a run of them is read.</summary>
public static class CommitLog
{
    /// <summary>Bytes of a chunk: under the 64 KiB of a property.</summary>
    private const int ChunkBytes = 64_000;

    /// <summary>Chunks of a row: 15 of them stay under the 1 MiB of an entity.</summary>
    private const int ChunksPerRow = 15;

    /// <summary>Under this size compressing costs more than it saves.</summary>
    private const int CompressFrom = 1_024;

    private const string CommitProperty = "commit";
    private const string AtProperty = "at";
    private const string RowsProperty = "rows";
    private const string DeflatedProperty = "deflated";

    private static readonly string[] ChunkProperties = [.. Enumerable.Range(0, ChunksPerRow).Select(i => $"d{i:D2}")];

    /// <summary>The entry's rows, <c>log-{version}</c> and further ones behind it where it is large.</summary>
    public static IReadOnlyList<Row> Encode(string partitionKey, LogEntry entry)
    {
        using var images = RowCodec.EncodePooled(entry.Changes);
        var deflated = images.Length >= CompressFrom;
        var payload = deflated ? Deflate(images.Slice(..images.Length)) : images.Slice(..images.Length);

        var chunks = (payload.Length + ChunkBytes - 1) / ChunkBytes;
        var rowCount = Math.Max(1, (chunks + ChunksPerRow - 1) / ChunksPerRow);
        var rows = new Row[rowCount];
        var key = RowKeys.Log(entry.Version);
        for (var i = 0; i < rowCount; i++)
        {
            var properties = new Dictionary<string, object>(StringComparer.Ordinal);
            if (i == 0)
            {
                properties[CommitProperty] = entry.CommitId.ToString("N");
                properties[AtProperty] = entry.At;
                properties[RowsProperty] = (long)rowCount;
                properties[DeflatedProperty] = deflated;
            }

            for (var c = 0; c < ChunksPerRow && i * ChunksPerRow + c < chunks; c++)
            {
                var start = (i * ChunksPerRow + c) * ChunkBytes;
                properties[ChunkProperties[c]] = payload[start..Math.Min(payload.Length, start + ChunkBytes)].ToArray();
            }

            rows[i] = new Row(partitionKey, i == 0 ? key : string.Create(CultureInfo.InvariantCulture, $"{key}-{i:D4}"), properties);
        }

        return rows;
    }

    /// <summary>
    /// The entries from one version to another, both inclusive, in order. It ends early, without an error, at the first version that is
    /// missing: the caller checks that it got as far as it wanted.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public static async IAsyncEnumerable<LogEntry> ReadAsync(
        ITable table, string partitionKey, long from, long to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var expected = from;
        var parts = new List<Row>();
        var range = new RowRange(partitionKey, RowKeys.Log(from), RowKeys.Log(to + 1));
        while (true)
        {
            var page = await table.ReadAsync(range, cancellationToken);
            foreach (var row in page.Rows)
            {
                parts.Add(row);
                if (VersionOf(parts[0].RowKey) != expected || parts[0].Integer(RowsProperty) is not { } rows) yield break;
                if (parts.Count < rows) continue;
                yield return Decode(parts);
                parts.Clear();
                expected++;
            }

            if (page.Continuation is null) yield break;
            range = range with { Continuation = page.Continuation };
        }
    }

    /// <summary>Which commit wrote this version's log row; null when there is no such row.</summary>
    internal static async Task<Guid?> CommitOfAsync(ITable table, string partitionKey, long version, CancellationToken cancellationToken)
        => await table.GetAsync(partitionKey, RowKeys.Log(version), cancellationToken) is { } row
            ? Guid.ParseExact(row.Text(CommitProperty)!, "N")
            : null;

    /// <summary>When the commit of this log row happened, Unix milliseconds; null on an entry's further rows.</summary>
    internal static long? AtOf(Row row) => row.Integer(AtProperty);

    /// <summary>The version that a log row belongs to.</summary>
    internal static long VersionOf(string rowKey)
        => long.Parse(rowKey.AsSpan(RowKeys.LogPrefix.Length, 19), NumberStyles.None, CultureInfo.InvariantCulture);

    private static LogEntry Decode(List<Row> rows)
    {
        var payload = new MemoryStream();
        foreach (var row in rows)
        {
            foreach (var name in ChunkProperties)
            {
                if (row.Bytes(name) is not { } chunk) break;
                payload.Write(chunk);
            }
        }

        payload.Position = 0;
        var first = rows[0];
        using Stream content = first.Flag(DeflatedProperty) == true ? new DeflateStream(payload, CompressionMode.Decompress) : payload;
        return new LogEntry(
            VersionOf(first.RowKey),
            Guid.ParseExact(first.Text(CommitProperty)!, "N"),
            first.Integer(AtProperty) ?? 0,
            RowCodec.Decode(content));
    }

    private static ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> payload)
    {
        var target = new MemoryStream(payload.Length / 2);
        using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(payload);
        return target.GetBuffer().AsSpan(0, (int)target.Length);
    }
}
