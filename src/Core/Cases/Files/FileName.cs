namespace Casefile.Core.Cases.Files;

/// <summary>Names of files as they are kept and answered: a name alone, whatever path it came with, and nothing in it that shows as something else than it is.</summary>
internal static class FileName
{
    /// <summary>UTF-16 units of a name.</summary>
    public const int Longest = 255;

    /// <summary>The name without folders, control characters, and the marks that turn the direction of text, which make "exe.jpg" of "gpj.exe"; empty where nothing is left.</summary>
    public static string Clean(string given)
    {
        var name = new string([.. given[(given.LastIndexOfAny(['/', '\\']) + 1)..].Where(each => !char.IsControl(each) && !TurnsText(each))]).Trim();
        return name.Trim('.').Length == 0 ? "" : name;
    }

    private static bool TurnsText(char each)
        => each is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
