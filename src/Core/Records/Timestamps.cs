using System.Globalization;

namespace Casefile.Core.Records;

/// <summary>Timestamps on the wire (common.md, "Timestamps").</summary>
public static class Timestamps
{
    private const string MomentFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly string[] MomentFormats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>An instant as the API shows it: <c>2026-01-02T03:04:05Z</c>.</summary>
    public static string Api(long unixMilliseconds)
        => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>An instant as the value of a TIMESTAMP field: <c>2026-01-02 03:04:05</c>.</summary>
    public static string FieldValue(long unixMilliseconds)
        => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>An instant to the millisecond: <c>2026-01-02T03:04:05.678Z</c>.</summary>
    public static string Moment(long unixMilliseconds)
        => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime.ToString(MomentFormat, CultureInfo.InvariantCulture);

    /// <summary>An instant to the millisecond, by its offset, UTC where it has none; what is finer is cut off. Null when the text is no date or date-time.</summary>
    public static DateTimeOffset? ReadMoment(string text)
        => DateTimeOffset.TryParseExact(
            text.Trim(), MomentFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds())
            : null;

    /// <summary>
    /// A TIMESTAMP value in its stored form: an ISO 8601 date or date-time whose offset is dropped, not converted, and whose fraction of
    /// a second is cut off. Null when the text is none.
    /// </summary>
    public static string? ReadFieldValue(string text)
        => Split(text) is { } parts ? parts.Local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : null;

    /// <summary>An instant, by its offset, UTC where it has none; null when the text is no date or date-time.</summary>
    public static DateTimeOffset? ReadInstant(string text)
    {
        if (Split(text) is not { } parts)
            return null;
        var utc = parts.Local.Ticks - parts.Offset.Ticks;
        return utc < DateTimeOffset.MinValue.Ticks || utc > DateTimeOffset.MaxValue.Ticks ? null : new DateTimeOffset(utc, TimeSpan.Zero);
    }

    private static (DateTime Local, TimeSpan Offset)? Split(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length < 10 || !DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return null;
        var rest = text[10..];
        if (rest.IsEmpty)
            return (date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        if (rest[0] is not ('T' or 't' or ' '))
            return null;
        rest = rest[1..];

        if (!TakeTime(ref rest, out var time) || !TakeOffset(rest, out var offset))
            return null;
        return (date.ToDateTime(time), offset);
    }

    private static bool TakeTime(ref ReadOnlySpan<char> rest, out TimeOnly time)
    {
        time = default;
        if (!TwoDigits(rest, 23, out var hour) || rest.Length < 5 || rest[2] != ':' || !TwoDigits(rest[3..], 59, out var minute))
            return false;
        rest = rest[5..];
        var second = 0;
        if (rest is [':', ..])
        {
            if (!TwoDigits(rest[1..], 59, out second))
                return false;
            rest = rest[3..];
            if (rest is ['.' or ',', ..])
            {
                var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
                if (digits < 0) digits = rest.Length - 1;
                if (digits == 0)
                    return false;
                rest = rest[(digits + 1)..];
            }
        }

        time = new TimeOnly(hour, minute, second);
        return true;
    }

    private static bool TakeOffset(ReadOnlySpan<char> rest, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        rest = rest.TrimStart();
        if (rest.IsEmpty || rest is ['Z' or 'z'] || rest.Equals("UTC", StringComparison.Ordinal))
            return true;
        if (rest[0] is not ('+' or '-') || !TwoDigits(rest[1..], 23, out var hours))
            return false;
        var sign = rest[0] == '-' ? -1 : 1;
        rest = rest[3..];
        if (rest is [':', ..])
            rest = rest[1..];
        var minutes = 0;
        if (!rest.IsEmpty && (rest.Length != 2 || !TwoDigits(rest, 59, out minutes)))
            return false;
        offset = sign * new TimeSpan(hours, minutes, 0);
        return true;
    }

    private static bool TwoDigits(ReadOnlySpan<char> text, int highest, out int number)
    {
        number = 0;
        if (text.Length < 2 || !char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[1]))
            return false;
        number = ((text[0] - '0') * 10) + (text[1] - '0');
        return number <= highest;
    }
}
