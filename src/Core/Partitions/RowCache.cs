using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>
/// Rows that are known as of the partition's current version, null for one known to be absent; without the ETag that they were read with. Two generations
/// by size: what was not used since the last turn is forgotten. A row is kept as its bytes: thousands of rows that live for a while, each of a score of
/// objects, would be copied about by the garbage collector with every create, and few of them are ever asked for.
/// </summary>
internal sealed class RowCache(string partitionKey, long bytesPerGeneration)
{
    /// <summary>Bytes of an entry beside the row's own, about.</summary>
    private const int EntryBytes = 200;

    private Dictionary<string, byte[]?> young = new(StringComparer.Ordinal);
    private Dictionary<string, byte[]?> old = new(StringComparer.Ordinal);
    private long youngBytes;

    public bool TryGet(string rowKey, out Row? row)
    {
        row = null;
        if (!young.TryGetValue(rowKey, out var image))
        {
            if (!old.TryGetValue(rowKey, out image)) return false;
            Keep(rowKey, image);
        }

        if (image is not null) row = new Row(partitionKey, rowKey, RowCodec.DecodeImage(new MemoryStream(image)));
        return true;
    }

    public void Set(string rowKey, Row? row) => Keep(rowKey, row is null ? null : RowCodec.EncodeImage(row.Properties));

    public void Clear()
    {
        young.Clear();
        old.Clear();
        youngBytes = 0;
    }

    private void Keep(string rowKey, byte[]? image)
    {
        old.Remove(rowKey);
        young[rowKey] = image;
        youngBytes += EntryBytes + (image?.Length ?? 0);
        if (youngBytes <= bytesPerGeneration) return;
        (old, young, youngBytes) = (young, old, 0);
        young.Clear();
    }
}
