using System.Globalization;

namespace Casefile.Documents;

/// <summary>How times are shown.</summary>
internal static class Times
{
    /// <summary>A time to the second, in UTC.</summary>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A time; empty for none.</summary>
    public static string Of(DateTimeOffset? time) => time is { } known ? Of(known) : "";
}
