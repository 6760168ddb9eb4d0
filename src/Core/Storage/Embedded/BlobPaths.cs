using System.Buffers;
using System.Text;

namespace Casefile.Core.Storage.Embedded;

/// <summary>
/// Where a blob is: its name's segments as folders, the last one a file. Each segment is escaped to lower-case letters, digits, <c>-</c> and
/// <c>_</c>, so that no name leaves the folder, means a device, or differs from another in case alone; and a file ends in <see cref="Suffix"/>,
/// so that <c>a</c> and <c>a/b</c> can both be.
/// </summary>
internal static class BlobPaths
{
    private const string Suffix = ".blob";

    // What file systems take, less the suffix.
    private const int MaxSegment = 240;

    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The path of a blob below the folder of all.</summary>
    /// <exception cref="ArgumentException">The name is empty, or a segment too long to be a file's name.</exception>
    public static string Of(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return string.Join(Path.DirectorySeparatorChar, name.Split('/').Select(Escape)) + Suffix;
    }

    /// <summary>The folder that holds all names of a prefix, below the folder of all; empty for that itself.</summary>
    public static string FolderOf(string prefix)
        => string.Join(Path.DirectorySeparatorChar, prefix.Split('/').SkipLast(1).Select(Escape));

    /// <summary>The last segment that a file's name stands for, or null when it is none of ours.</summary>
    public static string? SegmentOfFile(string fileName)
        => fileName.EndsWith(Suffix, StringComparison.Ordinal) ? Unescape(fileName[..^Suffix.Length]) : null;

    public static string Unescape(string escaped) => escaped == "%" ? "" : Uri.UnescapeDataString(escaped);

    private static string Escape(string segment)
    {
        if (segment.Length == 0) return "%";
        var escaped = segment.AsSpan().ContainsAnyExcept(Plain)
            ? string.Concat(Encoding.UTF8.GetBytes(segment).Select(unit => Plain.Contains((char)unit) ? ((char)unit).ToString() : $"%{unit:x2}"))
            : segment;
        return escaped.Length <= MaxSegment
            ? escaped
            : throw new ArgumentException("A segment of the blob's name is too long for a file's name", nameof(segment));
    }
}
