using System.Buffers;
using System.Text;

namespace Casefile.Core.Storage.Embedded;

/// <summary>
/// Keys as bytes that sort as the service sorts keys: by UTF-16 unit. UTF-8 does not, since it puts U+FFFD before any emoji; so each unit is encoded
/// by itself (CESU-8). ASCII stays ASCII.
/// </summary>
internal static class OrdinalKey
{
    private const int BytesPerUnit = 3;

    /// <summary>The most bytes that a key takes.</summary>
    public static int MaxBytes(string key) => BytesPerUnit * key.Length;

    /// <summary>Encodes any text, half surrogate pairs too: the bounds of ranges may have them.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int Encode(string key, Span<byte> bytes)
    {
        if (Ascii.FromUtf16(key, bytes, out var length) == OperationStatus.Done) return length;
        length = 0;
        foreach (var unit in key)
        {
            switch (unit)
            {
                case < '\u0080':
                    bytes[length++] = (byte)unit;
                    break;
                case < '\u0800':
                    bytes[length++] = (byte)(0xC0 | (unit >> 6));
                    bytes[length++] = (byte)(0x80 | (unit & 0x3F));
                    break;
                default:
                    bytes[length++] = (byte)(0xE0 | (unit >> 12));
                    bytes[length++] = (byte)(0x80 | ((unit >> 6) & 0x3F));
                    bytes[length++] = (byte)(0x80 | (unit & 0x3F));
                    break;
            }
        }

        return length;
    }

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes)) return Encoding.ASCII.GetString(bytes);
        Span<char> units = bytes.Length <= StorageLimits.KeyBytes ? stackalloc char[bytes.Length] : new char[bytes.Length];
        var count = 0;
        for (var i = 0; i < bytes.Length;)
        {
            var first = bytes[i++];
            units[count++] = (char)(first switch
            {
                < 0x80 => first,
                < 0xE0 => ((first & 0x1F) << 6) | Low(bytes, i++),
                _ => ((first & 0x0F) << 12) | (Low(bytes, i++) << 6) | Low(bytes, i++),
            });
        }

        return new string(units[..count]);
    }

    private static int Low(ReadOnlySpan<byte> bytes, int at) => bytes[at] & 0x3F;
}
