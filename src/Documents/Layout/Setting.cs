using System.Globalization;
using System.Text;
using Casefile.Documents.Fonts;

namespace Casefile.Documents.Layout;

/// <summary>
/// Runs of text as measured characters, and their lines at a width. Time and memory are linear in the text whatever is in it: a character is measured
/// once, and a line looks back no further than its own start.
/// </summary>
internal sealed class Setting
{
    private const int Tab = 4;
    private readonly Symbol[] _symbols;

    /// <summary>Measures text.</summary>
    public Setting(IEnumerable<TextRun> runs)
    {
        var symbols = new List<Symbol>();
        foreach (var (text, style) in runs)
        {
            Measure(text, style, symbols);
        }

        _symbols = [.. symbols];
    }

    /// <summary>Whether there is nothing to show.</summary>
    public bool IsEmpty => _symbols.Length == 0;

    /// <summary>The width of the widest line if there were room for it, in points; looks at the first <paramref name="most"/> characters only.</summary>
    public float NaturalWidth(int most = 400)
    {
        float widest = 0, width = 0;
        foreach (var symbol in _symbols.AsSpan(0, Math.Min(most, _symbols.Length)))
        {
            width = symbol.CodePoint == '\n' ? 0 : width + symbol.Width;
            widest = Math.Max(widest, width);
        }

        return widest;
    }

    /// <summary>The width of the widest word, in points; looks at the first <paramref name="most"/> characters only.</summary>
    public float WidestWord(int most = 400)
    {
        float widest = 0, width = 0;
        foreach (var symbol in _symbols.AsSpan(0, Math.Min(most, _symbols.Length)))
        {
            width = MayBreakAfter(symbol.CodePoint) || symbol.CodePoint == '\n' ? 0 : width + symbol.Width;
            widest = Math.Max(widest, width);
        }

        return widest;
    }

    /// <summary>The lines at a width, one after another. A word that is wider than a line is broken where the line ends.</summary>
    public IEnumerable<Line> Lines(float width)
    {
        int start = 0, mayBreakAt = 0;
        float used = 0;
        for (var i = 0; i < _symbols.Length; i++)
        {
            var symbol = _symbols[i];
            if (symbol.CodePoint == '\n')
            {
                yield return Cut(start, i);
                start = mayBreakAt = i + 1;
                used = 0;
                continue;
            }

            if (used + symbol.Width > width && symbol.CodePoint != ' ' && symbol.Width > 0 && i > start)
            {
                var end = mayBreakAt > start ? mayBreakAt : i;
                yield return Cut(start, end);
                start = mayBreakAt = end;
                used = WidthOf(start, i);
            }

            used += symbol.Width;
            if (MayBreakAfter(symbol.CodePoint))
            {
                mayBreakAt = i + 1;
            }
        }

        if (start < _symbols.Length || _symbols.Length == 0 || _symbols[^1].CodePoint == '\n')
        {
            yield return Cut(start, _symbols.Length);
        }
    }

    private Line Cut(int start, int end)
    {
        while (end > start && _symbols[end - 1].CodePoint == ' ')
        {
            end--;
        }

        return new(_symbols.AsMemory(start, end - start), WidthOf(start, end));
    }

    private float WidthOf(int start, int end)
    {
        float width = 0;
        for (var i = start; i < end; i++)
        {
            width += _symbols[i].Width;
        }

        return width;
    }

    private static bool MayBreakAfter(int codePoint) => codePoint is ' ' or '-' or '/' or 0x2013 or 0x2014 || IsIdeographic(codePoint);

    // What is written without blanks between words: from the CJK radicals on, Hangul too, and the planes of ideographs.
    private static bool IsIdeographic(int codePoint) => codePoint is (>= 0x2E80 and < 0xD800) or (>= 0xF900 and < 0xFB00) or (>= 0xFF00 and < 0xFFF0) or >= 0x1F000;

    private static void Measure(string text, TextStyle style, List<Symbol> symbols)
    {
        var previous = 0;
        // An unpaired surrogate is enumerated as the replacement character.
        foreach (var rune in text.EnumerateRunes())
        {
            var shown = Shown(rune, previous);
            previous = rune.Value;
            if (shown == '\t')
            {
                AddBlanks(symbols, style);
            }
            else if (shown == '\n')
            {
                symbols.Add(new('\n', style.Face, style, 0));
            }
            else if (shown != 0)
            {
                var wanted = symbols.Count > 0 && Faces.IsMark(shown) && symbols[^1].Face == FontFace.Fallback ? FontFace.Fallback : style.Face;
                var face = Faces.For(wanted, shown);
                symbols.Add(new(shown, face, style, Faces.WidthOf(face, shown) * style.Size / 1000));
            }
        }
    }

    private static void AddBlanks(List<Symbol> symbols, TextStyle style)
    {
        var blank = new Symbol(' ', style.Face, style, Faces.WidthOf(style.Face, ' ') * style.Size / 1000);
        for (var i = 0; i < Tab; i++)
        {
            symbols.Add(blank);
        }
    }

    // 0 for what is never seen. Marks of direction are among it: text is set in the order it is kept, so none of them can show it in another.
    private static int Shown(Rune rune, int previous) => rune.Value switch
    {
        '\t' => '\t',
        '\n' => previous == '\r' ? 0 : '\n',
        '\r' or 0x0B or 0x0C or 0x85 or 0x2028 or 0x2029 => '\n',
        >= 0xFE00 and <= 0xFE0F => 0,
        0xA0 or 0x202F or 0x2007 => 0xA0,
        >= 0x20 and < 0x7F => rune.Value,
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Format => 0,
            UnicodeCategory.Control => 0xFFFD,
            UnicodeCategory.SpaceSeparator => ' ',
            _ => rune.Value,
        },
    };
}
