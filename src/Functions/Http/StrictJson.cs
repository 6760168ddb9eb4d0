using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Casefile.Functions.Http;

/// <summary>
/// JSON as requests may send it (RFC 8259): one document, no comments, nested 64 deep at most, no member twice in an object, in UTF-8 and
/// without lone surrogates, so that whatever is taken can be stored and sent back. The reason of a refusal names the place.
/// </summary>
internal static class StrictJson
{
    /// <summary>How deep arrays and objects may be nested.</summary>
    public const int Depth = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = Depth, AllowDuplicateProperties = false };

    /// <summary>Reads a document that stays in the caller's memory, which has to live as long as the document.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, out JsonDocument? document, out string? reason)
    {
        document = null;
        reason = EncodingFault(utf8.Span);
        if (reason is not null) return false;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
            return true;
        }
        catch (JsonException fault)
        {
            reason = Explain(fault);
            return false;
        }
    }

    /// <summary>Reads a document into memory of its own.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out JsonElement value, out string? reason)
    {
        value = default;
        reason = EncodingFault(utf8);
        if (reason is not null) return false;
        try
        {
            value = JsonElement.Parse(utf8, Options);
            return true;
        }
        catch (JsonException fault)
        {
            reason = Explain(fault);
            return false;
        }
    }

    /// <summary>Reads a short text, such as a parameter of a query string.</summary>
    public static bool TryParse(string text, out JsonElement value, out string? reason)
        => TryParse(Encoding.UTF8.GetBytes(text).AsSpan(), out value, out reason);

    private static string? EncodingFault(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) return $"not valid UTF-8 at {Position(utf8, FirstInvalid(utf8))}";
        return LoneSurrogate(utf8) is { } at ? $"half of a surrogate pair at {Position(utf8, at)}" : null;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        return at;
    }

    /// <summary>
    /// The index of an escaped surrogate without its other half. Backslashes are in strings only, so no parsing is needed; where the JSON
    /// is broken the parser says so.
    /// </summary>
    private static int? LoneSurrogate(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (utf8[at..].IndexOf((byte)'\\') is >= 0 and var skip)
        {
            at += skip;
            switch (EscapedUnit(utf8[at..]))
            {
                case null: at = Math.Min(at + 2, utf8.Length); break;
                case { } unit when char.IsLowSurrogate(unit): return at;
                case { } unit when char.IsHighSurrogate(unit):
                    if (EscapedUnit(utf8[(at + 6)..]) is not { } second || !char.IsLowSurrogate(second)) return at;
                    at += 12;
                    break;
                default: at += 6; break;
            }
        }

        return null;
    }

    private static char? EscapedUnit(ReadOnlySpan<byte> utf8) =>
        utf8 is [(byte)'\\', (byte)'u', _, _, _, _, ..]
        && ushort.TryParse(utf8[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;

    private static string Explain(JsonException fault)
    {
        // The parser's own words end in the position, counted from 0; here it is counted from 1, as editors do.
        var words = fault.Message;
        var end = words.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (end >= 0) words = words[..end];
        return fault.LineNumber is { } line && fault.BytePositionInLine is { } column
            ? $"{words.TrimEnd('.', ' ')} at {Position(line + 1, column + 1)}"
            : words.TrimEnd('.', ' ');
    }

    private static string Position(ReadOnlySpan<byte> utf8, int at)
    {
        var before = utf8[..at];
        return Position(before.Count((byte)'\n') + 1, at - before.LastIndexOf((byte)'\n'));
    }

    private static string Position(long line, long column) => string.Create(CultureInfo.InvariantCulture, $"line {line}, byte {column}");
}
