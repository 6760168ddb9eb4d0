using System.Globalization;
using System.Text;
using Casefile.Documents.Fonts;
using Casefile.Documents.Pdf;

namespace Casefile.Documents.Layout;

/// <summary>
/// Sets text down the pages, opening a page when one is full. A page is written as soon as it is full; what needs the number of all pages (its head and foot) is a
/// second content stream of the page, written at the end.
/// </summary>
internal sealed class Flow
{
    /// <summary>No document is longer; what does not fit is left out, and the foot of the last page says so.</summary>
    public const int MostPages = 2_000;

    private const int MostLinksOnPage = 200;
    private readonly PdfFile _file;
    private readonly PdfFonts _fonts = new();
    private readonly int _tree;
    private readonly int _resources;
    private readonly List<(int Page, int Furniture)> _pages = [];
    private readonly List<(string Title, int Page, float Y)> _outline = [];
    private readonly List<Frame> _frames = [];
    private readonly StringBuilder _links = new();
    private readonly List<(ushort Code, int Back)> _codes = [];
    private int _linkCount;
    private Drawing _ground = new(Look.PageHeight);
    private Drawing _text = new(Look.PageHeight);

    /// <summary>Opens the first page.</summary>
    public Flow(PdfFile file)
    {
        _file = file;
        _tree = file.Reserve();
        _resources = file.Reserve();
        _pages.Add((file.Reserve(), file.Reserve()));
    }

    /// <summary>Where the next line begins, from the top of the page.</summary>
    public float Y { get; private set; } = Look.Top;

    /// <summary>The left edge of the text.</summary>
    public float Left { get; private set; } = Look.Side;

    /// <summary>The width of the text.</summary>
    public float Width { get; private set; } = Look.Measure;

    /// <summary>Whether the last page there may be is full: nothing more is set.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The number of the page in work, from 1.</summary>
    public int Page => _pages.Count;

    /// <summary>What is left of the page, in points.</summary>
    public float Room => Look.Bottom - Y;

    /// <summary>Sets text in lines.</summary>
    public void Text(params IEnumerable<TextRun> runs) => Text(new Setting(runs));

    /// <summary>Sets text of one look.</summary>
    public void Text(string text, TextStyle style) => Text(new TextRun(text, style));

    /// <summary>Sets text in lines.</summary>
    public void Text(Setting setting)
    {
        foreach (var line in setting.Lines(Width))
        {
            var height = HeightOf(line);
            if (!Reserve(height))
            {
                return;
            }

            Place(line, Left, Y, height);
            Y += height;
        }
    }

    /// <summary>Leaves room, but none at the top of a page.</summary>
    public void Space(float height)
    {
        if (Y > Look.Top)
        {
            Y = Math.Min(Y + height, Look.Bottom);
        }
    }

    /// <summary>Makes sure that so much fits on the page, opening another where it does not. False once the document is full.</summary>
    public bool Reserve(float height)
    {
        if (!IsFull && Y + height > Look.Bottom && Y > Look.Top)
        {
            NextPage();
        }

        return !IsFull;
    }

    /// <summary>Moves the next line down, after what was placed beside the flow.</summary>
    public void Advance(float height) => Y += height;

    /// <summary>Names this place in the document's outline.</summary>
    public void Mark(string title) => _outline.Add((title, _pages[^1].Page, Y));

    /// <summary>A thin line across the text.</summary>
    public void Rule(Ink ink, float thickness = 0.6f) => _ground.Fill(Left, Y, Width, thickness, ink);

    /// <summary>A rectangle behind the text.</summary>
    public void Fill(float x, float y, float width, float height, Ink ink) => _ground.Fill(x, y, width, height, ink);

    /// <summary>
    /// Sets what follows in a frame until the result is disposed of: indented, with a bar at its left, on a ground. Frames go on over pages.
    /// </summary>
    /// <param name="indent">From the left edge of what is round it, to its own text.</param>
    /// <param name="bar">The colour of a bar at its left.</param>
    /// <param name="ground">The colour behind it.</param>
    /// <param name="padding">Room above and below the text and at its right.</param>
    public IDisposable Framed(float indent, Ink? bar = null, Ink? ground = null, float padding = 0)
    {
        var frame = new Frame(this, Left, Width, bar, ground, padding) { From = Y };
        _frames.Add(frame);
        // However deep frames are in each other, some room for text is left.
        var taken = Math.Min(indent, Math.Max(0, Width - padding - 120));
        Left += taken;
        Width -= taken + padding;
        Y += padding;
        return frame;
    }

    /// <summary>Puts a line at a place of the page.</summary>
    /// <param name="line">The line.</param>
    /// <param name="x">Its left edge.</param>
    /// <param name="y">Its top.</param>
    /// <param name="height">Its height.</param>
    public void Place(Line line, float x, float y, float height) => Place(_text, _ground, line, x, y, height, links: true);

    /// <summary>The height of a line: that of the largest type in it.</summary>
    public static float HeightOf(Line line)
    {
        float height = 0;
        foreach (var symbol in line.Symbols.Span)
        {
            height = Math.Max(height, symbol.Style.LineHeight);
        }

        return height > 0 ? height : Look.Body.LineHeight;
    }

    /// <summary>Writes what is still open: the last page, the head and foot of all, the outline, the fonts, and the catalog.</summary>
    /// <param name="head">What stands at the top of each page.</param>
    /// <param name="foot">What stands at the bottom left.</param>
    /// <param name="language">The document's language tag.</param>
    /// <returns>The number of the catalog.</returns>
    public int End(string head, string foot, string language)
    {
        foreach (var frame in _frames.ToArray().Reverse())
        {
            frame.Dispose();
        }

        WritePage();
        for (var i = 0; i < _pages.Count; i++)
        {
            var last = IsFull && i == _pages.Count - 1 ? " \u00B7 cut off here: this case is longer than a document may be" : "";
            WriteFurniture(_pages[i].Furniture, head, foot + last, $"Page {i + 1} of {_pages.Count}");
        }

        _fonts.Write(_file, _resources);
        _file.Write(_tree, string.Create(CultureInfo.InvariantCulture,
            $"<</Type/Pages/Count {_pages.Count}/MediaBox[0 0 {Look.PageWidth} {Look.PageHeight}]/Resources {_resources} 0 R/Kids[{string.Join(' ', _pages.Select(page => $"{page.Page} 0 R"))}]>>"));
        return _file.Write($"<</Type/Catalog/Pages {_tree} 0 R/Lang({language})/ViewerPreferences<</DisplayDocTitle true>>{Outline()}>>");
    }

    private void NextPage()
    {
        if (_pages.Count == MostPages)
        {
            IsFull = true;
            return;
        }

        foreach (var frame in _frames)
        {
            frame.Draw(Y);
        }

        WritePage();
        _pages.Add((_file.Reserve(), _file.Reserve()));
        Y = Look.Top;
        foreach (var frame in _frames)
        {
            frame.From = Y;
        }
    }

    private void WritePage()
    {
        var (page, furniture) = _pages[^1];
        var body = _file.WriteStream(_file.Reserve(), [.. _ground.Bytes, .. _text.Bytes]);
        var links = _linkCount > 0 ? $"/Annots[{_links}]" : "";
        _file.Write(page, $"<</Type/Page/Parent {_tree} 0 R/Contents[{body} 0 R {furniture} 0 R]{links}>>");
        _ground = new(Look.PageHeight);
        _text = new(Look.PageHeight);
        _links.Clear();
        _linkCount = 0;
    }

    private void WriteFurniture(int number, string head, string foot, string pageNumber)
    {
        const float Height = 12;
        const float FootY = Look.PageHeight - 42;
        var drawing = new Drawing(Look.PageHeight);
        var counted = OneLine(pageNumber, Look.Measure);
        drawing.Fill(Look.Side, 48, Look.Measure, 0.6f, Look.Hairline);
        drawing.Fill(Look.Side, FootY - 4, Look.Measure, 0.6f, Look.Hairline);
        Place(drawing, drawing, OneLine(head, Look.Measure), Look.Side, 33, Height, links: false);
        Place(drawing, drawing, OneLine(foot, Look.Measure - counted.Width - 20), Look.Side, FootY, Height, links: false);
        Place(drawing, drawing, counted, Look.Side + Look.Measure - counted.Width, FootY, Height, links: false);
        _file.WriteStream(number, drawing.Bytes);
    }

    private static Line OneLine(string text, float width)
    {
        var bounded = text.Length <= 300 ? text : text[..300];
        var setting = new Setting([new(bounded.ReplaceLineEndings(" "), Look.Small)]);
        var first = setting.Lines(width).First();
        if (bounded.Length == text.Length && setting.Lines(width).Skip(1).FirstOrDefault().Symbols.IsEmpty)
        {
            return first;
        }

        first = setting.Lines(width - 10).First();
        var dots = new Symbol(0x2026, FontFace.Regular, Look.Small, 8);
        return new((Symbol[])[.. first.Symbols.Span, dots], first.Width + dots.Width);
    }

    private void Place(Drawing text, Drawing ground, Line line, float x, float y, float height, bool links)
    {
        var symbols = line.Symbols.Span;
        for (var start = 0; start < symbols.Length;)
        {
            var first = symbols[start];
            var width = 0f;
            var end = start;
            for (; end < symbols.Length && symbols[end].Face == first.Face && ReferenceEquals(symbols[end].Style, first.Style); end++)
            {
                width += symbols[end].Width;
            }

            Show(text, symbols[start..end], x, y + (height / 2) + (first.Style.Size * 0.345f));
            Decorate(text, ground, first.Style, x, y, width, height, links);
            x += width;
            start = end;
        }
    }

    private void Show(Drawing drawing, ReadOnlySpan<Symbol> symbols, float x, float baseline)
    {
        var (face, style) = (symbols[0].Face, symbols[0].Style);
        var font = Faces.Font(face);
        var subset = _fonts[face];
        var owed = 0;
        var before = 0;
        _codes.Clear();
        foreach (var symbol in symbols)
        {
            var glyph = font.GlyphOf(symbol.CodePoint);
            var advance = font.MetricsOf(glyph).Advance * 1000 / font.UnitsPerEm;
            var back = owed;
            owed = 0;
            if (Faces.IsMark(symbol.CodePoint))
            {
                // In the middle over what it belongs to, then the pen back to where it was: fonts place marks by rules that are not read here.
                var (left, right) = font.EdgesOf(glyph);
                var over = (before / 2) + ((left + right) * 500 / font.UnitsPerEm);
                back += over;
                owed = advance - over;
            }
            else
            {
                before = advance;
            }

            _codes.Add((subset.CodeOf(symbol.CodePoint), back));
        }

        drawing.Show(x, baseline, face, style.Size, style.Ink, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_codes));
    }

    private void Decorate(Drawing text, Drawing ground, TextStyle style, float x, float y, float width, float height, bool links)
    {
        var middle = y + (height / 2);
        if (style.Shaded)
        {
            ground.Fill(x - 1, middle - (style.Size * 0.62f), width + 2, style.Size * 1.3f, Look.Ground);
        }

        if (style.Struck)
        {
            text.Fill(x, middle + (style.Size * 0.06f), width, 0.6f, style.Ink);
        }

        if (style.Link is null)
        {
            return;
        }

        text.Fill(x, middle + (style.Size * 0.48f), width, 0.5f, style.Ink);
        if (links && _linkCount++ < MostLinksOnPage)
        {
            _links.Append(CultureInfo.InvariantCulture,
                $"<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[{x:F2} {Look.PageHeight - y - height:F2} {x + width:F2} {Look.PageHeight - y:F2}]/A<</S/URI/URI<{Convert.ToHexString(Encoding.ASCII.GetBytes(style.Link))}>>>>>");
        }
    }

    private string Outline()
    {
        if (_outline.Count == 0)
        {
            return "";
        }

        var root = _file.Reserve();
        var items = _outline.ConvertAll(_ => _file.Reserve());
        for (var i = 0; i < items.Count; i++)
        {
            var (title, page, y) = _outline[i];
            var neighbours = (i > 0 ? $"/Prev {items[i - 1]} 0 R" : "") + (i < items.Count - 1 ? $"/Next {items[i + 1]} 0 R" : "");
            _file.Write(items[i], string.Create(CultureInfo.InvariantCulture,
                $"<</Title{PdfFile.Text(title)}/Parent {root} 0 R/Dest[{page} 0 R/XYZ 0 {Look.PageHeight - y + 20:F2} null]{neighbours}>>"));
        }

        _file.Write(root, $"<</Type/Outlines/First {items[0]} 0 R/Last {items[^1]} 0 R/Count {items.Count}>>");
        return $"/Outlines {root} 0 R";
    }

    private sealed class Frame(Flow flow, float left, float width, Ink? bar, Ink? ground, float padding) : IDisposable
    {
        private bool _closed;

        public float From { get; set; }

        public void Draw(float to)
        {
            if (to <= From)
            {
                return;
            }

            if (ground is { } behind)
            {
                flow._ground.Fill(left, From, width, to - From, behind);
            }

            if (bar is { } beside)
            {
                flow._ground.Fill(left, From, 2.4f, to - From, beside);
            }
        }

        public void Dispose()
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            flow._frames.Remove(this);
            flow.Left = left;
            flow.Width = width;
            flow.Y = Math.Min(flow.Y + padding, Math.Max(flow.Y, Look.Bottom));
            Draw(flow.Y);
        }
    }
}
