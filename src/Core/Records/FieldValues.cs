using System.Buffers;
using System.Text;
using System.Text.Json;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Records;

/// <summary>A value too large for a row: it goes to Blob Storage.</summary>
/// <param name="Utf8">The whole value: an ARTIFACT's text, or a JSON value in canonical form.</param>
public sealed record LargeValue(ReadOnlyMemory<byte> Utf8);

/// <summary>
/// From what a client sends to what is stored (records.md, "Values"): string for TEXT, TEXT_ENUM and TIMESTAMP, double for NUMBER, bool for
/// BOOLEAN, <see cref="LargeValue"/> for ARTIFACT and JSON; null is the empty value.
/// </summary>
public static class FieldValues
{
    /// <summary>UTF-16 units of a TEXT value: what a property of the storage holds, less room for what surrounds it.</summary>
    public const int MaxTextLength = 32_000;

    /// <summary>UTF-8 bytes of an ARTIFACT or JSON value.</summary>
    public const int MaxArtifactBytes = 50 * 1024 * 1024;

    /// <summary>What every fault of a value is called.</summary>
    public const string Invalid = "Field value is invalid";

    private const double LargestExactInteger = 9_007_199_254_740_992;

    private const double SmallestNormal = 2.2250738585072014E-308;

    /// <summary>Reads a value for a field.</summary>
    /// <param name="field">The field that it is for.</param>
    /// <param name="value">What the client sent.</param>
    /// <param name="place">Where it stands in the request, for faults.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="member">Which member of what stands there it is, with the point before it.</param>
    /// <returns>The stored form; null where the value is empty, and where a fault was added.</returns>
    public static object? Read(RecordField field, JsonElement value, string place, List<Fault> faults, string member = "")
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return null;

        object? Refuse(string reason)
        {
            faults.Add(new Fault(Invalid, $"{place}{member}: {reason}"));
            return null;
        }

        if (field.Type == FieldType.Json)
            return CanonicalJson.Encode(value) switch
            {
                null => Refuse("is not valid Unicode"),
                { Length: > MaxArtifactBytes } large => Refuse($"has {large.Length} bytes; a JSON value has at most {MaxArtifactBytes}"),
                var utf8 => new LargeValue(utf8),
            };

        if (Text(value) is not { } text)
            return Refuse(value.ValueKind == JsonValueKind.String ? "is not valid Unicode" : $"{Describe(value)} is not {Expected(field.Type)}");

        switch (field.Type)
        {
            case FieldType.Text:
                return text.Length <= MaxTextLength
                    ? text
                    : Refuse($"has {text.Length} characters; TEXT takes at most {MaxTextLength}: use a field of type ARTIFACT for longer text");
            case FieldType.TextEnum:
                return field.FixedValues.Contains(text, StringComparer.Ordinal)
                    ? text
                    : Refuse($"{Quote(text)} is not one of the field's fixed values");
            case FieldType.Number:
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? Refuse($"{Describe(value)} is not a number")
                    : Number(text, out var number) switch
                    {
                        NumberReading.Exact => number,
                        NumberReading.Inexact => Refuse(
                            $"{Quote(text)} cannot be kept exactly: a number has at most 15 significant digits, an integer lies within 2^53"),
                        _ => Refuse($"{Quote(text)} is not a number"),
                    };
            case FieldType.Boolean:
                return (value.ValueKind, text) switch
                {
                    (JsonValueKind.True or JsonValueKind.String, "true") => true,
                    (JsonValueKind.False or JsonValueKind.String, "false") => false,
                    _ => Refuse($"{Quote(text)} is not true or false"),
                };
            case FieldType.Timestamp:
                return value.ValueKind == JsonValueKind.String && Timestamps.ReadFieldValue(text) is { } timestamp
                    ? timestamp
                    : Refuse($"{Quote(text)} is not a date and time");
            case FieldType.Artifact when value.ValueKind != JsonValueKind.String:
                return Refuse($"{Describe(value)} is not a string");
            case FieldType.Artifact:
                var size = Encoding.UTF8.GetByteCount(text);
                return size > MaxArtifactBytes ? Refuse($"has {size} bytes; an ARTIFACT has at most {MaxArtifactBytes}")
                    : size == 0 ? null
                    : new LargeValue(Encoding.UTF8.GetBytes(text));
            default:
                throw new ArgumentOutOfRangeException(nameof(field), field.Type, "Unknown field type");
        }
    }

    /// <summary>
    /// Reads a decimal number as JSON writes it. Exact is an integer within 2^53, and whatever has up to 15 significant digits: a double gives
    /// those back as they came.
    /// </summary>
    internal static NumberReading Number(ReadOnlySpan<char> text, out double number)
    {
        number = 0;
        var digits = 0;
        var first = -1;
        var last = -1;
        var scale = 0;
        var at = text is ['-' or '+', ..] ? 1 : 0;
        var begin = at;
        var point = -1;
        for (; at < text.Length && (char.IsAsciiDigit(text[at]) || (text[at] == '.' && point < 0)); at++)
        {
            if (text[at] == '.')
            {
                point = at;
                continue;
            }

            if (text[at] != '0')
            {
                if (first < 0) first = digits;
                last = digits;
            }

            if (point >= 0) scale++;
            digits++;
        }

        if (digits == 0 || point == begin || (point >= 0 && scale == 0))
            return NumberReading.NotANumber;

        var exponent = 0L;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            if (!IsInteger(text[(at + 1)..]))
                return NumberReading.NotANumber;
            exponent = long.TryParse(text[(at + 1)..], System.Globalization.CultureInfo.InvariantCulture, out var parsed)
                ? Math.Clamp(parsed, -1_000_000, 1_000_000)
                : text[at + 1] == '-' ? -1_000_000 : 1_000_000;
            at = text.Length;
        }

        if (at < text.Length)
            return NumberReading.NotANumber;
        if (first < 0)
            return NumberReading.Exact;

        number = double.Parse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture);
        var significant = last - first + 1;
        var isInteger = digits - 1 - last + exponent >= scale;
        var size = Math.Abs(number);
        var exact = double.IsFinite(number) && size >= SmallestNormal
            && (significant <= 15 || (isInteger && size <= LargestExactInteger && !RoundedDown(text, size)));
        return exact ? NumberReading.Exact : NumberReading.Inexact;
    }

    /// <summary>Whether a number just above 2^53 became 2^53 itself.</summary>
    private static bool RoundedDown(ReadOnlySpan<char> text, double size)
        => size == LargestExactInteger
            && decimal.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var exact)
            && Math.Abs(exact) != 9_007_199_254_740_992m;

    private static bool IsInteger(ReadOnlySpan<char> text)
    {
        var digits = text is ['-' or '+', ..] ? text[1..] : text;
        return digits.Length > 0 && digits.IndexOfAnyExcept(AsciiDigits) < 0;
    }

    /// <summary>A scalar as text: a string's content, a number or truth value as it is written; null for anything else and for lone surrogates.</summary>
    internal static string? Text(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                return value.GetRawText();
            case JsonValueKind.True:
                return "true";
            case JsonValueKind.False:
                return "false";
            case JsonValueKind.String:
                try
                {
                    return value.GetString();
                }
                catch (InvalidOperationException)
                {
                    // The reader takes an escaped lone surrogate; only reading its text finds it.
                    return null;
                }

            default:
                return null;
        }
    }

    /// <summary>Text as a fault names it: short, and never a whole value.</summary>
    internal static string Quote(string text) => text.Length <= 40 ? $"'{text}'" : $"'{text.AsSpan(0, char.IsHighSurrogate(text[39]) ? 39 : 40)}…'";

    internal static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => Quote(Text(value) ?? "a string"),
    };

    private static string Expected(FieldType type) => type switch
    {
        FieldType.Number => "a number",
        FieldType.Boolean => "true or false",
        FieldType.Timestamp => "a date and time",
        _ => "a string",
    };

    private static readonly SearchValues<char> AsciiDigits = SearchValues.Create("0123456789");
}

/// <summary>How a text reads as a number.</summary>
internal enum NumberReading
{
    /// <summary>It is none.</summary>
    NotANumber,

    /// <summary>A double gives it back as it came.</summary>
    Exact,

    /// <summary>A double would change it.</summary>
    Inexact,
}
