using System.Globalization;
using System.Text;
using Casefile.Documents.Fonts;

namespace Casefile.Documents.Pdf;

/// <summary>The faces that a document uses, as composite fonts with their subsets embedded and their characters named (ISO 32000-1, sections 9.7 and 9.10).</summary>
internal sealed class PdfFonts
{
    private readonly FontSubset[] _subsets = [.. Enum.GetValues<FontFace>().Select(face => new FontSubset(Faces.Font(face)))];

    /// <summary>The part of a face that is in use.</summary>
    public FontSubset this[FontFace face] => _subsets[(int)face];

    /// <summary>Writes the fonts in use and the dictionary that names them, under a reserved number.</summary>
    public void Write(PdfFile file, int resources)
    {
        var names = new StringBuilder();
        foreach (var face in Enum.GetValues<FontFace>().Where(face => !this[face].IsEmpty))
        {
            names.Append(CultureInfo.InvariantCulture, $"/F{(int)face} {Write(file, this[face])} 0 R");
        }

        file.Write(resources, $"<</Font<<{names}>>>>");
    }

    private static int Write(PdfFile file, FontSubset subset)
    {
        var font = subset.Font;
        var name = $"{Tag(subset)}+{font.Name}";
        var data = subset.ToFile();
        var program = file.WriteStream(file.Reserve(), data, string.Create(CultureInfo.InvariantCulture, $"/Length1 {data.Length}"));
        int Scaled(int units) => units * 1000 / font.UnitsPerEm;
        var box = font.Box;
        var descriptor = file.Write(string.Create(CultureInfo.InvariantCulture,
            $"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{Scaled(box.Left)} {Scaled(box.Bottom)} {Scaled(box.Right)} {Scaled(box.Top)}]/ItalicAngle {font.ItalicAngle}/Ascent {Scaled(font.Ascent)}/Descent {Scaled(font.Descent)}/CapHeight {Scaled(font.Ascent) * 7 / 10}/StemV 80/FontFile2 {program} 0 R>>"));
        var descendant = file.Write(string.Create(CultureInfo.InvariantCulture,
            $"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R/CIDToGIDMap/Identity/W[0[{Widths(subset)}]]>>"));
        var characters = file.WriteStream(file.Reserve(), Encoding.ASCII.GetBytes(Characters(subset)));
        return file.Write($"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]/ToUnicode {characters} 0 R>>");
    }

    // Six letters that tell one subset of a font from another (section 9.6.4): here from what is in it.
    private static string Tag(FontSubset subset)
    {
        var hash = subset.Used.Aggregate(2166136261u, (sum, used) => (sum ^ (uint)used.CodePoint) * 16777619u);
        return string.Concat(Enumerable.Range(0, 6).Select(i => (char)('A' + ((hash >> (5 * i)) % 26))));
    }

    private static string Widths(FontSubset subset) => string.Join(' ', subset.Used.Select(used =>
        (subset.Font.MetricsOf(used.Glyph).Advance * 1000f / subset.Font.UnitsPerEm).ToString("0.##", CultureInfo.InvariantCulture)));

    private static string Characters(FontSubset subset)
    {
        var map = new StringBuilder("/CIDInit/ProcSet findresource begin 12 dict begin begincmap /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def /CMapName/Adobe-Identity-UCS def /CMapType 2 def 1 begincodespacerange<0000><FFFF>endcodespacerange\n");
        // At most 100 entries in a block (Adobe technical note 5014).
        foreach (var block in subset.Used.Select((used, code) => (used.CodePoint, Code: code)).Chunk(100))
        {
            map.Append(CultureInfo.InvariantCulture, $"{block.Length} beginbfchar\n");
            foreach (var (codePoint, code) in block)
            {
                map.Append(CultureInfo.InvariantCulture, $"<{code:X4}><{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(char.ConvertFromUtf32(codePoint)))}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap CMapName currentdict/CMap defineresource pop end end\n").ToString();
    }
}
