using System.Globalization;

namespace Casefile.Documents.Fonts;

/// <summary>The fonts embedded here, read once in a process and shared by all documents.</summary>
internal static class Faces
{
    private static readonly string[] Names =
        ["IBMPlexSans-Regular", "IBMPlexSans-Italic", "IBMPlexSans-SemiBold", "IBMPlexSans-SemiBoldItalic", "DejaVuSansMono", "DejaVuSans"];

    private static readonly Lazy<TrueTypeFont>[] Fonts = [.. Names.Select(name => new Lazy<TrueTypeFont>(() => Read(name)))];

    /// <summary>How many faces there are.</summary>
    public static int Count => Names.Length;

    /// <summary>The font of a face.</summary>
    public static TrueTypeFont Font(FontFace face) => Fonts[(int)face].Value;

    /// <summary>The wanted face where it has the code point, else the one that has more; where none has it, the wanted one shows its empty box.</summary>
    public static FontFace For(FontFace wanted, int codePoint)
        => codePoint < 0x7F || Font(wanted).GlyphOf(codePoint) != 0 || Font(FontFace.Fallback).GlyphOf(codePoint) == 0 ? wanted : FontFace.Fallback;

    /// <summary>The width of a code point in thousandths of the type's size. What attaches to the character before it, or is never seen, has none.</summary>
    public static float WidthOf(FontFace face, int codePoint)
    {
        if (TakesNoRoom(codePoint))
        {
            return 0;
        }

        var font = Font(face);
        return font.MetricsOf(font.GlyphOf(codePoint)).Advance * 1000f / font.UnitsPerEm;
    }

    /// <summary>Whether a code point attaches to the one before it: combining marks.</summary>
    public static bool IsMark(int codePoint)
        => codePoint >= 0x300 && CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static bool TakesNoRoom(int codePoint)
        => codePoint >= 0x300 && CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    private static TrueTypeFont Read(string name)
    {
        using var stream = typeof(Faces).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The font {name} is not in the assembly.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new(name, file);
    }
}
