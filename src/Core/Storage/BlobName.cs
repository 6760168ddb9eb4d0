using System.Globalization;

namespace Casefile.Core.Storage;

/// <summary>
/// Names of blobs that are written before the commit that refers to them, <c>{folder}/{yyyyMMddHH}-{guid}</c>: those whose commit never came are found by their hour, once
/// no such commit can still be under way.
/// </summary>
internal static class BlobName
{
    /// <summary>How long after its hour a blob is looked at: longer than any request lives.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromHours(2);

    private const string HourFormat = "yyyyMMddHH";

    /// <summary>A name that no blob has.</summary>
    public static string New(string folder, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{folder}/{now.UtcDateTime:yyyyMMddHH}-{Guid.NewGuid():N}");

    /// <summary>Unix hours.</summary>
    public static long Hour(DateTimeOffset time) => time.ToUnixTimeSeconds() / 3600;

    /// <summary>The hour in which a blob was written, in Unix hours; null where its name is not of this kind.</summary>
    public static long? HourOf(string blob)
    {
        var file = blob.AsSpan(blob.LastIndexOf('/') + 1);
        return file.Length > HourFormat.Length
            && DateTimeOffset.TryParseExact(file[..HourFormat.Length], HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Hour(time)
            : null;
    }
}
