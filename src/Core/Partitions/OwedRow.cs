using System.Globalization;
using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>Owed work as a row <c>out-{version:D19}-{index:D4}</c>.</summary>
internal static class OwedRow
{
    /// <summary>UTF-16 units of a chunk of the payload: under the 64 KiB of a property.</summary>
    private const int ChunkLength = 30_000;

    /// <summary>How often maintenance tries before it puts the work aside.</summary>
    public const int TriesBeforeAside = 10;

    private const string TriesProperty = "tries";

    public static Row Write(string partitionKey, long version, int index, OwedWork work)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { ["kind"] = work.Kind };
        for (var i = 0; i * ChunkLength < work.Payload.Length; i++)
        {
            var start = i * ChunkLength;
            properties[Chunk(i)] = work.Payload.Substring(start, Math.Min(ChunkLength, work.Payload.Length - start));
        }

        return new Row(partitionKey, string.Create(CultureInfo.InvariantCulture, $"{RowKeys.Owed(version)}-{index:D4}"), properties);
    }

    public static (long Version, OwedWork Work) Read(Row row)
    {
        var version = long.Parse(row.RowKey.AsSpan(RowKeys.OwedPrefix.Length, 19), NumberStyles.None, CultureInfo.InvariantCulture);
        var payload = string.Concat(Enumerable.Range(0, int.MaxValue).Select(i => row.Text(Chunk(i))).TakeWhile(chunk => chunk is not null));
        return (version, new OwedWork(row.Text("kind")!, payload));
    }

    public static long Tries(Row row) => row.Integer(TriesProperty) ?? 0;

    public static Row WithTries(Row row, long tries)
        => row with { Properties = new Dictionary<string, object>(row.Properties, StringComparer.Ordinal) { [TriesProperty] = tries } };

    private static string Chunk(int index) => string.Create(CultureInfo.InvariantCulture, $"p{index}");
}
