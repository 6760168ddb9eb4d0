using System.Globalization;
using Casefile.Documents.Layout;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Table = Casefile.Documents.Layout.Table;
using TableBlock = Markdig.Extensions.Tables.Table;

namespace Casefile.Documents.Markdown;

/// <summary>
/// Sets markdown. Nothing that it names is fetched: an image is shown as its text and its address. HTML is shown as it was written. The parser nests no deeper than 128, so
/// walking what it made needs little stack.
/// </summary>
internal sealed class MarkdownSetter(Flow flow)
{
    private const int LongestAddress = 2_000;
    private const float Between = 7;
    private static readonly float[] HeadingSizes = [14, 12.5f, 11.5f, 10.5f, 10, 9.5f];
    private readonly MarkdownText _parser = new();

    /// <summary>Sets a text.</summary>
    public void Set(string text)
    {
        if (_parser.Parse(text) is { } document)
        {
            Blocks(document, Look.Body);
        }
        else
        {
            flow.Text(text, Look.Body);
        }
    }

    private void Blocks(ContainerBlock blocks, TextStyle style, bool loose = true)
    {
        var first = true;
        foreach (var block in blocks)
        {
            if (flow.IsFull)
            {
                return;
            }

            if (block is not (LinkReferenceDefinitionGroup or LinkReferenceDefinition))
            {
                flow.Space(first ? 0 : loose ? Between : 1);
                Block(block, style);
                first = false;
            }
        }
    }

    private void Block(Block block, TextStyle style)
    {
        switch (block)
        {
            case HeadingBlock heading:
                var size = HeadingSizes[Math.Clamp(heading.Level, 1, 6) - 1];
                flow.Space(size / 2);
                flow.Reserve(size * 3.5f);
                flow.Text(Runs(heading.Inline, style.Bold with { Size = size }));
                break;
            case CodeBlock code:
                Code(code.Lines.ToString(), style);
                break;
            case QuoteBlock quote:
                using (flow.Framed(12, bar: Look.Hairline))
                {
                    Blocks(quote, style.In(Look.Grey));
                }

                break;
            case ListBlock list:
                List(list, style);
                break;
            case ThematicBreakBlock:
                flow.Reserve(8);
                flow.Advance(4);
                flow.Rule(Look.Hairline);
                flow.Advance(4);
                break;
            case TableBlock table:
                TableOf(table);
                break;
            case LeafBlock leaf:
                flow.Text(leaf.Inline is { } inline ? Runs(inline, style) : [new(leaf.Lines.ToString(), style)]);
                break;
            case ContainerBlock other:
                Blocks(other, style);
                break;
        }
    }

    /// <summary>Sets text as code: in its own face, on a ground, its blanks kept, long lines broken.</summary>
    public void Code(string text, TextStyle style)
    {
        var mono = style.Mono;
        flow.Reserve((mono.LineHeight * 2) + 10);
        using (flow.Framed(8, bar: Look.Hairline, ground: Look.Ground, padding: 5))
        {
            flow.Text(text, mono);
        }
    }

    private void List(ListBlock list, TextStyle style)
    {
        var number = int.TryParse(list.OrderedStart, NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : 1;
        var first = true;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            flow.Space(first ? 0 : list.IsLoose ? Between : 1.5f);
            first = false;
            if (!flow.Reserve(24))
            {
                return;
            }

            // A task's box is its marker.
            var isTask = item.FirstOrDefault() is LeafBlock { Inline.FirstChild: TaskList };
            var marker = isTask ? "" : list.IsOrdered ? string.Create(CultureInfo.InvariantCulture, $"{number++}{list.OrderedDelimiter}") : "\u2022";
            var line = new Setting([new(marker, style)]).Lines(60).First();
            var indent = isTask ? 4 : list.IsOrdered ? Math.Max(18, line.Width + 6) : 14;
            using (flow.Framed(indent))
            {
                var (page, y) = (flow.Page, flow.Y);
                flow.Place(line, Math.Max(Look.Side, flow.Left - (list.IsOrdered ? line.Width + 5 : 10)), y, style.LineHeight);
                Blocks(item, style, list.IsLoose);
                if (flow.Page == page && flow.Y == y)
                {
                    flow.Advance(style.LineHeight);
                }
            }
        }
    }

    private void TableOf(TableBlock table)
    {
        var rows = table.OfType<TableRow>().Select(row => (row.IsHeader, Cells: row.OfType<TableCell>().Select(cell => CellOf(cell, row.IsHeader)).ToList())).ToList();
        var columns = rows.Count == 0 ? 0 : rows.Max(row => row.Cells.Count);
        if (columns == 0)
        {
            return;
        }

        foreach (var (_, cells) in rows)
        {
            cells.AddRange(Enumerable.Repeat(new Setting([]), columns - cells.Count));
        }

        var head = rows[0].IsHeader ? rows[0].Cells : null;
        var alignments = Enumerable.Range(0, columns).Select(i => AlignmentOf(i < table.ColumnDefinitions.Count ? table.ColumnDefinitions[i].Alignment : null)).ToList();
        var widths = Table.Fit([.. Enumerable.Range(0, columns).Select(i => rows.Take(100).Select(row => row.Cells[i]).ToList())], flow.Width);
        if (widths.Min() < Table.Narrowest)
        {
            Listed(head, rows.Where(row => !row.IsHeader).Select(row => row.Cells));
            return;
        }

        var set = new Table(flow, head, widths, alignments);
        foreach (var row in rows.Where(row => !row.IsHeader))
        {
            set.Row(row.Cells);
        }

        if (head is not null && rows.Count == 1)
        {
            new Table(flow, null, widths, alignments).Row(head);
        }
    }

    // A table too wide for the page: a row's cells below each other, each after its title.
    private void Listed(List<Setting>? head, IEnumerable<List<Setting>> rows)
    {
        var widths = (float[])[flow.Width * 0.3f, flow.Width * 0.7f];
        foreach (var row in rows)
        {
            flow.Space(Between);
            var set = new Table(flow, null, widths);
            for (var i = 0; i < row.Count; i++)
            {
                set.Row([head?[i] ?? new Setting([]), row[i]]);
            }
        }
    }

    private static Setting CellOf(TableCell cell, bool isHead)
    {
        var style = isHead ? Look.Cell.Bold : Look.Cell;
        return new(cell.OfType<LeafBlock>().SelectMany(leaf => Runs(leaf.Inline, style)));
    }

    private static Alignment AlignmentOf(TableColumnAlign? align) => align switch
    {
        TableColumnAlign.Right => Alignment.Right,
        TableColumnAlign.Center => Alignment.Centre,
        _ => Alignment.Left,
    };

    private static List<TextRun> Runs(ContainerInline? inlines, TextStyle style)
    {
        var runs = new List<TextRun>();
        Add(inlines, style, runs);
        return runs;
    }

    private static void Add(ContainerInline? inlines, TextStyle style, List<TextRun> runs)
    {
        if (inlines is null)
        {
            return;
        }

        foreach (var inline in inlines)
        {
            switch (inline)
            {
                case LiteralInline literal: runs.Add(new(literal.Content.ToString(), style)); break;
                case CodeInline code: runs.Add(new(code.Content, style.Mono with { Shaded = true })); break;
                case LineBreakInline end: runs.Add(new(end.IsHard ? "\n" : " ", style)); break;
                case HtmlEntityInline entity: runs.Add(new(entity.Transcoded.ToString(), style)); break;
                case HtmlInline html: runs.Add(new(html.Tag, style)); break;
                case TaskList task: runs.Add(new(task.Checked ? "\u2611 " : "\u2610 ", style)); break;
                case AutolinkInline link: runs.Add(new(link.Url, Linked(style, link.IsEmail ? $"mailto:{link.Url}" : link.Url))); break;
                case EmphasisInline emphasis: Add(emphasis, Emphasized(emphasis, style), runs); break;
                case LinkInline { IsImage: true } image: AddImage(image, style, runs); break;
                case LinkInline link: AddLink(link, style, runs); break;
                case ContainerInline other: Add(other, style, runs); break;
            }
        }
    }

    private static TextStyle Emphasized(EmphasisInline emphasis, TextStyle style)
        => emphasis.DelimiterChar == '~' ? style with { Struck = true } : emphasis.DelimiterCount > 1 ? style.Bold : style.Italic;

    private static void AddImage(LinkInline image, TextStyle style, List<TextRun> runs)
    {
        runs.Add(new("[Image: ", style.In(Look.Grey)));
        Add(image, style, runs);
        runs.Add(new("] ", style.In(Look.Grey)));
        runs.Add(new(image.Url ?? "", Linked(style.In(Look.Grey), image.Url)));
    }

    // On paper a link is its address; and a reader is to see where it goes, whatever its text says.
    private static void AddLink(LinkInline link, TextStyle style, List<TextRun> runs)
    {
        var start = runs.Count;
        Add(link, Linked(style, link.Url), runs);
        var text = string.Concat(runs.Skip(start).Select(run => run.Text));
        if (!string.IsNullOrEmpty(link.Url) && link.Url != text && link.Url != $"mailto:{text}" && link.Url != $"http://{text}")
        {
            runs.Add(new($" ({link.Url})", style.In(Look.Grey) with { Size = style.Size * 0.85f }));
        }
    }

    /// <summary>The style of a link, where its address is one that may be opened from a document: http, https or mailto.</summary>
    public static TextStyle Linked(TextStyle style, string? address)
        => address is { Length: > 0 and <= LongestAddress } && Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" or "mailto" && uri.AbsoluteUri is var target && target.All(char.IsAscii)
            ? style with { Link = target, Ink = Look.Link }
            : style;
}
