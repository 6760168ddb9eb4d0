using System.Text;
using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>How much of a transaction a row takes, by upper bounds that are cheap to find.</summary>
internal static class RowWeight
{
    /// <summary>Bytes of a deletion's part of a transaction.</summary>
    public const long Deletion = 2_048;

    /// <summary>Bytes of a row's part of a transaction at most.</summary>
    public static long Serialized(Row row) => StorageSizes.WriteBytes(row);

    /// <summary>Bytes of a row's uncompressed image in the log at most.</summary>
    public static long Image(Row row)
    {
        var bytes = 64L;
        foreach (var (name, value) in row.Properties.Each())
        {
            bytes += 16 + name.Length + value switch
            {
                string text => Encoding.UTF8.GetByteCount(text),
                byte[] binary => binary.Length,
                _ => 10,
            };
        }

        return bytes;
    }
}
