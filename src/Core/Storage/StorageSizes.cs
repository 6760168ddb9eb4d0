using System.Buffers;
using System.Text.Encodings.Web;

namespace Casefile.Core.Storage;

/// <summary>
/// Sizes as the service counts them, and as the SDK writes them: its JSON escapes every UTF-16 unit outside ASCII to six bytes,
/// so a text of 64 KiB can be 192 KiB on the wire.
/// </summary>
public static class StorageSizes
{
    /// <summary>
    /// Bytes of an action on the wire beside its keys and properties: the part's headers, request line, annotations of the keys.
    /// Measured below 700 with a long account address; the rest is margin.
    /// </summary>
    private const int ActionFrame = 1_000;

    /// <summary>Bytes round all the actions: the boundaries and headers of batch and change set.</summary>
    public const int TransactionFrame = 1_000;

    private const int EscapedUnit = 6;

    // The longest annotation: "name@odata.type":"Edm.DateTime", and the quotes, colons and commas round it.
    private const int PropertyFrame = 48;

    private static readonly SearchValues<char> Unescaped = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Select(unit => (char)unit).Where(unit => JavaScriptEncoder.Default.Encode(unit.ToString()).Length == 1)]);

    private static readonly SearchValues<char> PlainInKeys = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~");

    private static readonly int[] EscapedAscii = [.. Enumerable.Range(0, 128).Select(unit => JavaScriptEncoder.Default.Encode(((char)unit).ToString()).Length)];

    /// <summary>An upper bound of the bytes that this action adds to a transaction's body, at most some 10 % above what is sent of rows over 10 KiB.</summary>
    public static long ActionBytes(RowAction action)
        => (action.Kind == RowActionKind.Delete ? ActionFrame + KeyBytes(action.Row) : WriteBytes(action.Row)) + (action.ETag?.Length ?? 0);

    /// <summary>As <see cref="ActionBytes"/>, of an action that adds or replaces this row under no ETag.</summary>
    public static long WriteBytes(Row row)
    {
        long bytes = ActionFrame + KeyBytes(row);
        foreach (var (name, value) in row.Properties.Each())
            bytes += PropertyFrame + (2 * name.Length) + ValueBytes(value);
        return bytes;
    }

    /// <summary>
    /// Bytes of an entity as the service counts them against <see cref="StorageLimits.EntityBytes"/>: 4, the keys at two a UTF-16 unit,
    /// and for each property 8, its name at two a unit, and its value. The timestamp that the service adds is counted too.
    /// </summary>
    public static int EntityBytes(Row row)
    {
        const int timestamp = 8 + (2 * 9) + 8;
        var bytes = 4 + timestamp + (2 * (row.PartitionKey.Length + row.RowKey.Length));
        foreach (var (name, value) in row.Properties.Each())
            bytes += 8 + (2 * name.Length) + StoredBytes(value);
        return bytes;
    }

    /// <summary>Bytes of a property's value as the service counts them; a text or binary without its length of four.</summary>
    internal static int PropertyBytes(object value) => value switch
    {
        string text => 2 * text.Length,
        byte[] bytes => bytes.Length,
        bool => 1,
        _ => 8,
    };

    private static int StoredBytes(object value) => PropertyBytes(value) + (value is string or byte[]? 4 : 0);

    private static int KeyBytes(Row row) => KeyBytes(row.PartitionKey) + KeyBytes(row.RowKey);

    // A key stands in the body's JSON and, percent-encoded with its quotes doubled, in the request line.
    private static int KeyBytes(string key)
    {
        if (!key.AsSpan().ContainsAnyExcept(PlainInKeys)) return 2 * key.Length;
        var bytes = EscapedBytes(key);
        foreach (var unit in key)
            bytes += char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.' or '~' ? 1 : 9;
        return bytes;
    }

    private static int ValueBytes(object value) => value switch
    {
        string text => EscapedBytes(text),
        byte[] bytes => Base64Bytes(bytes),
        bool => 5,
        _ => 40,
    };

    private static int EscapedBytes(string text)
    {
        var plain = text.AsSpan().IndexOfAnyExcept(Unescaped);
        if (plain < 0) return text.Length;
        var bytes = plain;
        foreach (var unit in text.AsSpan(plain))
            bytes += unit < EscapedAscii.Length ? EscapedAscii[unit] : EscapedUnit;
        return bytes;
    }

    // The SDK writes base64 as any other text, so that each '+' (the six bits 62) is escaped.
    private static int Base64Bytes(ReadOnlySpan<byte> bytes)
    {
        const int plus = 62;
        var total = (bytes.Length + 2) / 3 * 4;
        var pluses = 0;
        for (var i = 0; i < bytes.Length; i += 3)
        {
            var first = bytes[i];
            var second = i + 1 < bytes.Length ? bytes[i + 1] : (byte)0;
            var third = i + 2 < bytes.Length ? bytes[i + 2] : (byte)0;
            if (first >> 2 == plus)
                pluses++;
            if ((((first & 0b11) << 4) | (second >> 4)) == plus)
                pluses++;
            if ((((second & 0b1111) << 2) | (third >> 6)) == plus)
                pluses++;
            if ((third & 0b111111) == plus)
                pluses++;
        }

        return total + (pluses * (EscapedUnit - 1));
    }
}
