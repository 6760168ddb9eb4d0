using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>
/// Rows that are known as of the partition's current version, null for one known to be absent. Two generations by size: what was not
/// used since the last turn is forgotten.
/// </summary>
internal sealed class RowCache(long bytesPerGeneration)
{
    private Dictionary<string, Row?> young = new(StringComparer.Ordinal);
    private Dictionary<string, Row?> old = new(StringComparer.Ordinal);
    private long youngBytes;

    public bool TryGet(string rowKey, out Row? row)
    {
        if (young.TryGetValue(rowKey, out row)) return true;
        if (!old.TryGetValue(rowKey, out row)) return false;
        Set(rowKey, row);
        return true;
    }

    public void Set(string rowKey, Row? row)
    {
        old.Remove(rowKey);
        young[rowKey] = row;
        youngBytes += Weight(row);
        if (youngBytes <= bytesPerGeneration) return;
        (old, young, youngBytes) = (young, new Dictionary<string, Row?>(StringComparer.Ordinal), 0);
    }

    public void Clear()
    {
        young.Clear();
        old.Clear();
        youngBytes = 0;
    }

    private static long Weight(Row? row)
    {
        var weight = 200L;
        if (row is null) return weight;
        foreach (var value in row.Properties.Values)
            weight += value switch { string text => 50 + 2 * text.Length, byte[] bytes => 50 + bytes.Length, _ => 50 };
        return weight;
    }
}
