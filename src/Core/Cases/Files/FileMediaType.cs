using System.Collections.Frozen;

namespace Casefile.Core.Cases.Files;

/// <summary>
/// The media type of a file: of a picture by its first bytes, else by its name. A browser shows nothing but pictures, and only those whose bytes say that they are: SVG and
/// HTML can carry scripts.
/// </summary>
public static class FileMediaType
{
    /// <summary>First bytes that tell a picture.</summary>
    internal const int BytesToTell = 16;

    private const string Unknown = "application/octet-stream";

    private static readonly FrozenSet<string> Shown =
        FrozenSet.Create(StringComparer.Ordinal, "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif");

    private static readonly FrozenDictionary<string, string> ByExtension = new Dictionary<string, string>
    {
        [".7z"] = "application/x-7z-compressed",
        [".bz2"] = "application/x-bzip2",
        [".css"] = "text/css",
        [".csv"] = "text/csv",
        [".doc"] = "application/msword",
        [".docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        [".eml"] = "message/rfc822",
        [".evtx"] = Unknown,
        [".gz"] = "application/gzip",
        [".htm"] = "text/html",
        [".html"] = "text/html",
        [".ics"] = "text/calendar",
        [".js"] = "text/javascript",
        [".json"] = "application/json",
        [".jsonl"] = "application/x-ndjson",
        [".log"] = "text/plain",
        [".md"] = "text/markdown",
        [".mov"] = "video/quicktime",
        [".mp3"] = "audio/mpeg",
        [".mp4"] = "video/mp4",
        [".msg"] = "application/vnd.ms-outlook",
        [".ndjson"] = "application/x-ndjson",
        [".odp"] = "application/vnd.oasis.opendocument.presentation",
        [".ods"] = "application/vnd.oasis.opendocument.spreadsheet",
        [".odt"] = "application/vnd.oasis.opendocument.text",
        [".pcap"] = "application/vnd.tcpdump.pcap",
        [".pdf"] = "application/pdf",
        [".ppt"] = "application/vnd.ms-powerpoint",
        [".pptx"] = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        [".rtf"] = "application/rtf",
        [".svg"] = "image/svg+xml",
        [".tar"] = "application/x-tar",
        [".tif"] = "image/tiff",
        [".tiff"] = "image/tiff",
        [".txt"] = "text/plain",
        [".wav"] = "audio/wav",
        [".webm"] = "video/webm",
        [".xls"] = "application/vnd.ms-excel",
        [".xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        [".xml"] = "application/xml",
        [".yaml"] = "application/yaml",
        [".yml"] = "application/yaml",
        [".zip"] = "application/zip",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a browser may show a file of this type in place.</summary>
    public static bool IsShown(string? mediaType) => mediaType is not null && Shown.Contains(mediaType);

    /// <summary>The media type of a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">Its first bytes, <see cref="BytesToTell"/> of them where it has so many.</param>
    internal static string Of(string name, ReadOnlySpan<byte> first) => OfPicture(first) ?? ByExtension.GetValueOrDefault(Path.GetExtension(name), Unknown);

    private static string? OfPicture(ReadOnlySpan<byte> first) => first switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'a', (byte)'v', (byte)'i', (byte)'f' or (byte)'s', ..] => "image/avif",
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => "image/bmp",
        _ => null,
    };
}
