using System.Globalization;

namespace Casefile.Functions.Http;

/// <summary>Points in time as clients write them in parameters.</summary>
internal static class IsoInstant
{
    private const int DateLength = 10;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads a date or a date with time, without an offset as UTC.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        // A '+' that was not encoded in a query string arrives as a space.
        var lost = text.LastIndexOf(' ');
        if (lost > DateLength) text = string.Concat(text.AsSpan(0, lost), "+", text.AsSpan(lost + 1));

        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
    }
}
