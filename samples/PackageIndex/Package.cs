using System.Globalization;

namespace Casefile.Samples.PackageIndex;

/// <summary>An entry of a Debian package index.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its version.</param>
/// <param name="Architecture">What it is built for.</param>
/// <param name="Section">The section, such as <c>libs</c>.</param>
/// <param name="InstalledSize">KiB on disk, where the index says so.</param>
/// <param name="Essential">Whether a system cannot do without it.</param>
/// <param name="Description">The description, all lines.</param>
internal sealed record Package(
    string Name, string Version, string Architecture, string Section, double? InstalledSize, bool Essential, string Description)
{
    /// <summary>Reads an index. It holds short descriptions; the long ones, by their checksum, come from the translations to English.</summary>
    public static IEnumerable<Package> Read(TextReader index, IReadOnlyDictionary<string, string> longDescriptions)
        => Paragraphs(index).Select(paragraph => From(paragraph, longDescriptions)).OfType<Package>();

    /// <summary>Reads the long descriptions of a translation to English, by the checksum that the index names.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ReadDescriptions(TextReader translation)
        => Paragraphs(translation)
            .Where(paragraph => paragraph.ContainsKey("Description-md5") && paragraph.ContainsKey("Description-en"))
            .Select(paragraph => KeyValuePair.Create(paragraph["Description-md5"], paragraph["Description-en"]));

    /// <summary>The control file format: paragraphs of <c>Name: value</c>, continued by lines that begin with a space.</summary>
    private static IEnumerable<Dictionary<string, string>> Paragraphs(TextReader reader)
    {
        var paragraph = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                yield return paragraph;
                paragraph = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            }
            else if (line[0] == ' ' && last is not null)
            {
                paragraph[last] += "\n" + line[1..];
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                last = line[..colon];
                paragraph[last] = line[(colon + 1)..].Trim();
            }
        }

        yield return paragraph;
    }

    private static Package? From(Dictionary<string, string> paragraph, IReadOnlyDictionary<string, string> longDescriptions)
        => paragraph.TryGetValue("Package", out var name)
            ? new Package(
                name,
                paragraph.GetValueOrDefault("Version", ""),
                paragraph.GetValueOrDefault("Architecture", ""),
                paragraph.GetValueOrDefault("Section", "unknown"),
                double.TryParse(paragraph.GetValueOrDefault("Installed-Size"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var size) ? size : null,
                paragraph.GetValueOrDefault("Essential") == "yes",
                longDescriptions.GetValueOrDefault(paragraph.GetValueOrDefault("Description-md5", "")) ?? paragraph.GetValueOrDefault("Description", ""))
            : null;
}
