namespace Casefile.Documents.Layout;

/// <summary>Where the text of a column stands.</summary>
internal enum Alignment
{
    /// <summary>At the left.</summary>
    Left,

    /// <summary>In the middle.</summary>
    Centre,

    /// <summary>At the right.</summary>
    Right,
}

/// <summary>
/// Sets rows of cells in columns. A row that does not fit goes to the next page, a row taller than half a page is broken; either way the head stands again above what follows.
/// </summary>
/// <param name="flow">Where it is set.</param>
/// <param name="head">The titles of the columns; null for a table without.</param>
/// <param name="widths">The columns' widths in points, the room between them included.</param>
/// <param name="alignments">Where each column's text stands; null for all at the left.</param>
internal sealed class Table(Flow flow, IReadOnlyList<Setting>? head, IReadOnlyList<float> widths, IReadOnlyList<Alignment>? alignments = null)
{
    /// <summary>A column less wide than this was squeezed: points.</summary>
    public const float Narrowest = 24;

    private const float Gap = 10;
    private const float Padding = 3;
    private static readonly float LineHeight = Look.Cell.LineHeight;
    private bool _begun;

    /// <summary>
    /// Widths for columns that fill the room: each in proportion to what it needs if all fit, else those that need little get it and the others share what is left.
    /// </summary>
    /// <param name="columns">The cells of each column, or the first of them, the head's too.</param>
    /// <param name="width">What there is.</param>
    public static float[] Fit(IReadOnlyList<IReadOnlyList<Setting>> columns, float width)
    {
        var wanted = columns.Select(cells => Math.Max(Narrowest, cells.Count == 0 ? 0 : cells.Max(cell => cell.NaturalWidth()) + Gap + 1)).ToArray();
        var least = columns.Select(cells => cells.Count == 0 ? Gap : Math.Min(cells.Max(cell => cell.WidestWord()) + Gap + 1, width / columns.Count)).ToArray();
        var left = width;
        var open = columns.Count;
        var widths = new float[columns.Count];
        foreach (var i in Enumerable.Range(0, columns.Count).OrderBy(i => wanted[i]))
        {
            // The last and widest takes what is left; but none less than its longest word while there is room.
            widths[i] = Math.Min(wanted[i], Math.Max(left / open, least[i]));
            left -= widths[i];
            open--;
        }

        var total = widths.Sum();
        if (columns.Count <= 2 && total < width)
        {
            // A name and a value: what is left over goes to the value.
            widths[^1] += width - total;
            return widths;
        }

        return [.. widths.Select(w => w * width / total)];
    }

    /// <summary>Sets a row; does nothing once the document is full.</summary>
    public void Row(IReadOnlyList<Setting> cells)
    {
        if (!_begun)
        {
            _begun = true;
            Head(LineHeight * 2);
        }

        var lines = Lines(cells);
        var count = lines.Max(cell => cell.Count);
        var height = (count * LineHeight) + (2 * Padding);
        if (height <= (Look.Bottom - Look.Top) / 2)
        {
            Reserve(height);
        }

        Line(lines, count);
    }

    private List<Line>[] Lines(IReadOnlyList<Setting> cells)
        => [.. cells.Select((cell, i) => cell.Lines(widths[i] - Gap).ToList())];

    private void Line(List<Line>[] cells, int count)
    {
        flow.Advance(Padding);
        for (var i = 0; i < count && Reserve(LineHeight + Padding); i++)
        {
            Place(cells, i, flow.Y);
            flow.Advance(LineHeight);
        }

        flow.Advance(Padding);
        if (!flow.IsFull)
        {
            flow.Rule(Look.Hairline);
        }
    }

    private bool Reserve(float height)
    {
        var page = flow.Page;
        if (!flow.Reserve(height))
        {
            return false;
        }

        if (flow.Page != page)
        {
            Head(0);
        }

        return true;
    }

    private void Head(float following)
    {
        if (head is null)
        {
            return;
        }

        var lines = Lines(head);
        // A head taller than this would leave no room for what it stands above.
        var count = Math.Min(lines.Max(cell => cell.Count), 6);
        var height = (count * LineHeight) + (2 * Padding);
        if (!flow.Reserve(height + following))
        {
            return;
        }

        flow.Fill(flow.Left, flow.Y, flow.Width, height, Look.Ground);
        for (var i = 0; i < count; i++)
        {
            Place(lines, i, flow.Y + Padding + (i * LineHeight));
        }

        flow.Advance(height);
        flow.Rule(Look.Hairline);
    }

    private void Place(List<Line>[] cells, int line, float y)
    {
        var x = flow.Left;
        for (var i = 0; i < cells.Length; i++)
        {
            if (line < cells[i].Count)
            {
                var slack = Math.Max(0, widths[i] - Gap - cells[i][line].Width);
                var shift = alignments?[i] switch { Alignment.Right => slack, Alignment.Centre => slack / 2, _ => 0 };
                flow.Place(cells[i][line], x + (Gap / 2) + shift, y, LineHeight);
            }

            x += widths[i];
        }
    }
}
