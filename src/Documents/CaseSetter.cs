using System.Globalization;
using Casefile.Documents.Layout;
using Casefile.Documents.Markdown;
using Casefile.Documents.Pdf;

namespace Casefile.Documents;

/// <summary>Sets the parts of a case in their order.</summary>
internal sealed class CaseSetter(CaseDocument document, Flow flow)
{
    private const float Indent = 12;
    private const int MostColumns = 6;
    private readonly MarkdownSetter _markdown = new(flow);

    /// <summary>The parts, each small: between two of them what is finished can be handed on.</summary>
    public IEnumerable<Action> Parts() =>
    [
        Title,
        .. Section("Description", () => _markdown.Set(string.IsNullOrWhiteSpace(document.Description) ? "*No description.*" : document.Description)),
        .. Pairs("Fields", document.Fields),
        .. Pairs("Metadata", document.Metadata),
        .. Rows("Closure conditions", ["Condition", "Formula"], document.ClosureConditions, condition =>
            [new(condition.Name, Look.Cell), new(condition.Formula, Look.Cell.Mono)]),
        .. Rows("Tasks", ["State", "Task", "Assignees"], document.Tasks, task =>
            [new(task.Completed ? "\u2611 Done" : "\u2610 Open", Look.Cell), new(task.Description, Look.Cell), new(string.Join(", ", task.Assignees), Look.Cell)]),
        .. Each("Notes", document.Notes, Note),
        .. Each("Blocks", document.Blocks, Block),
        .. Rows("Linked cases", ["Case", "Name"], document.LinkedCases, linked =>
            [new(linked.Id.ToString(CultureInfo.InvariantCulture), Look.Cell), new(linked.Name, Look.Cell)]),
        .. Records(),
        .. Rows("Files", ["Name", "Size", "Attached by", "Attached at", "SHA-256"], document.Files, file =>
            [new(file.Name, Look.Cell), new(Size(file.Bytes), Look.Cell), new(file.User ?? "", Look.Cell), new(Times.Of(file.At), Look.Cell), new(file.Sha256 ?? "", Look.Cell.Mono)]),
        .. Each("Comments", document.Comments, Comment),
        .. Rows("Activity", ["When", "Who", "What", "Detail"], document.Activities, activity =>
            [new(Times.Of(activity.At), Look.Cell), new(activity.User ?? "", Look.Cell), new(Words(activity.Type), Look.Cell), new(activity.Value ?? "", Look.Cell)]),
    ];

    private void Title()
    {
        flow.Text(string.Create(CultureInfo.InvariantCulture, $"CASE {document.Id}"), Look.Small.Bold.In(Look.Accent));
        flow.Text(document.Name.Length > 0 ? document.Name : "(no name)", Look.Title);
        flow.Space(4);
        Badges();
        flow.Space(8);
        (string Label, string Value)[] facts =
        [
            ("Team", document.Team ?? ""), ("Opened", Times.Of(document.OpenedAt)),
            ("Author", document.Author ?? ""), ("Resolved", Times.Of(document.ResolvedAt)),
            ("Opened by", document.OpenedBy ?? ""), ("Created", Times.Of(document.CreatedAt)),
            ("Resolved by", document.ResolvedBy ?? ""), ("Updated", Times.Of(document.UpdatedAt)),
        ];
        var label = Look.Cell.In(Look.Grey);
        var half = flow.Width / 2;
        var pairs = new Table(flow, null, [70, half - 70, 70, half - 70]);
        foreach (var pair in facts.Chunk(2).Where(pair => pair.Any(fact => fact.Value.Length > 0)))
        {
            pairs.Row([.. pair.SelectMany(fact => (Setting[])[Cell(new(fact.Label, label)), Cell(new(fact.Value.Length > 0 ? fact.Value : "\u2013", Look.Cell))])]);
        }

        var wide = new Table(flow, null, [70, flow.Width - 70]);
        (string Label, TextRun Value)[] more =
        [
            ("Assignees", new(string.Join(", ", document.Assignees), Look.Cell)),
            ("Tags", new(string.Join(", ", document.Tags), Look.Cell)),
            ("Address", new(document.Url ?? "", MarkdownSetter.Linked(Look.Cell, document.Url))),
        ];
        foreach (var (name, value) in more.Where(fact => fact.Value.Text.Length > 0))
        {
            wide.Row([Cell(new(name, label)), Cell(value)]);
        }
    }

    private void Badges()
    {
        (string? Text, Ink Ground)[] badges =
        [
            (document.Status, document.Status == "CLOSED" ? Ink.Of(0x4A5561) : Ink.Of(0x1F7A4D)),
            (document.SubStatus, Ink.Of(0x24548F)),
            (document.Priority, PriorityInk(document.Priority)),
        ];
        const float Height = 15;
        var x = flow.Left;
        if (!flow.Reserve(Height))
        {
            return;
        }

        foreach (var (text, ground) in badges.Where(badge => !string.IsNullOrWhiteSpace(badge.Text)))
        {
            var line = Cell(new(text!, Look.Small.Bold.In(Ink.Of(0xFFFFFF)))).Lines(150).First();
            flow.Fill(x, flow.Y, line.Width + 12, Height, ground);
            flow.Place(line, x + 6, flow.Y, Height);
            x += line.Width + 18;
        }

        flow.Advance(Height);
    }

    private static Ink PriorityInk(string? priority) => priority switch
    {
        "CRITICAL" => Ink.Of(0x9B1C2E),
        "HIGH" => Ink.Of(0xB4531A),
        "MEDIUM" => Ink.Of(0x8A6A00),
        _ => Ink.Of(0x4A5561),
    };

    private IEnumerable<Action> Section(string title, params IEnumerable<Action> parts) => parts.Prepend(() =>
    {
        flow.Space(16);
        if (flow.Reserve(70))
        {
            flow.Mark(title);
            flow.Text(title, Look.Section);
            flow.Rule(Look.Hairline);
            flow.Advance(7);
        }
    });

    private IEnumerable<Action> Each<T>(string title, IReadOnlyList<T> items, Action<T> set)
        => items.Count == 0 ? [] : Section(items.Count > 1 ? $"{title} ({items.Count})" : title, items.Select(item => (Action)(() => set(item))));

    private IEnumerable<Action> Pairs(string title, IReadOnlyList<KeyValuePair<string, string>> pairs)
        => Rows(title, [title == "Fields" ? "Field" : "Key", "Value"], pairs, pair => [new(pair.Key, Look.Cell), new(pair.Value, Look.Cell)]);

    private IEnumerable<Action> Rows<T>(string title, string[] columns, IReadOnlyList<T> items, Func<T, TextRun[]> cells)
    {
        if (items.Count == 0)
        {
            return [];
        }

        var head = Array.ConvertAll(columns, column => Cell(new(column, Look.Cell.Bold)));
        Table? table = null;
        return Section(items.Count > 1 ? $"{title} ({items.Count})" : title, items.Select(item => (Action)(() =>
        {
            table ??= new(flow, head, Table.Fit(Sample(head, items.Take(100).Select(cells)), flow.Width));
            table.Row(Array.ConvertAll(cells(item), Cell));
        })));
    }

    private static List<Setting>[] Sample(Setting[] head, IEnumerable<TextRun[]> rows)
    {
        var columns = Array.ConvertAll(head, title => new List<Setting> { title });
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Add(Cell(row[i] with { Text = row[i].Text[..Math.Min(row[i].Text.Length, 400)] }));
            }
        }

        return columns;
    }

    private void Note(NoteEntry note)
    {
        flow.Space(6);
        flow.Reserve(50);
        using (flow.Framed(Indent, bar: NoteInk(note.Color)))
        {
            flow.Text(note.Title, Look.Heading);
            var written = string.Join(" \u00B7 ", ((string?[])[note.Author, Times.Of(note.UpdatedAt)]).Where(text => !string.IsNullOrEmpty(text)));
            if (written.Length > 0)
            {
                flow.Text(written, Look.Small);
            }

            flow.Space(2);
            _markdown.Set(note.Content);
        }

        flow.Space(4);
    }

    private void Block(BlockEntry block)
    {
        flow.Space(6);
        flow.Reserve(50);
        flow.Text(block.Title, Look.Heading);
        foreach (var element in block.Elements)
        {
            flow.Space(4);
            switch (element.Kind)
            {
                case ElementKind.Note:
                    using (flow.Framed(Indent, bar: NoteInk(element.Color)))
                    {
                        _markdown.Set(element.Content);
                    }

                    break;
                case ElementKind.Html:
                    _markdown.Code(element.Content, Look.Body);
                    break;
                case ElementKind.File:
                    flow.Text(new TextRun("File: ", Look.Body.In(Look.Grey)), new TextRun(element.Content, Look.Body));
                    break;
            }
        }
    }

    private void Comment(CommentEntry comment)
    {
        flow.Space(6);
        flow.Reserve(45);
        using (flow.Framed(Indent, bar: Look.Hairline))
        {
            flow.Text(new TextRun(comment.User, Look.Cell.Bold), new TextRun($"  {Times.Of(comment.At)}", Look.Small));
            flow.Space(1);
            _markdown.Set(comment.Text);
            if (comment.Reactions is { Count: > 0 } reactions)
            {
                flow.Space(2);
                flow.Text(string.Join(" \u00B7 ", reactions), Look.Small);
            }
        }
    }

    private IEnumerable<Action> Records()
    {
        if (document.Records.Count == 0)
        {
            return [];
        }

        return Section("Records", document.Records.SelectMany(table => table.Columns.Count <= MostColumns ? Across(table) : Down(table)));
    }

    private IEnumerable<Action> Across(RecordTable records)
    {
        yield return () => SubHeading(records.Type);
        var head = records.Columns.Prepend("Record").Select(column => Cell(new(column, Look.Cell.Bold))).ToArray();
        Table? table = null;
        foreach (var record in records.Rows)
        {
            yield return () =>
            {
                table ??= new(flow, head, Table.Fit(Sample(head, records.Rows.Take(100).Select(Cells)), flow.Width));
                table.Row(Array.ConvertAll(Cells(record), Cell));
            };
        }

        TextRun[] Cells(RecordEntry record) =>
            [new(record.Id.ToString(CultureInfo.InvariantCulture), Look.Cell), .. records.Columns.Select((_, i) => new TextRun(i < record.Values.Count ? record.Values[i] : "", Look.Cell))];
    }

    // Too many fields for columns: each record by itself, a field a row.
    private IEnumerable<Action> Down(RecordTable records)
    {
        foreach (var record in records.Rows)
        {
            yield return () =>
            {
                SubHeading(string.Create(CultureInfo.InvariantCulture, $"{records.Type} \u00B7 record {record.Id}"));
                var table = new Table(flow, null, [flow.Width * 0.3f, flow.Width * 0.7f]);
                for (var i = 0; i < records.Columns.Count; i++)
                {
                    table.Row([Cell(new(records.Columns[i], Look.Cell.In(Look.Grey))), Cell(new(i < record.Values.Count ? record.Values[i] : "", Look.Cell))]);
                }
            };
        }
    }

    private void SubHeading(string title)
    {
        flow.Space(6);
        flow.Reserve(55);
        flow.Text(title, Look.Heading);
        flow.Space(3);
    }

    private static Setting Cell(TextRun run) => new([run]);

    private static Ink NoteInk(string? color) => Ink.Of(color?.ToUpperInvariant() switch
    {
        "GOLD" => 0xC79A1B,
        "MAGENTA" => 0xB0357F,
        "GREEN" => 0x2F8A4E,
        "BLUE" => 0x2A6BB8,
        "RED" => 0xB3322E,
        "MINT" => 0x3AA68F,
        "INDIGO" => 0x4B4BA8,
        _ => 0xD5DAE0,
    });

    private static string Size(long? bytes) => bytes switch
    {
        null => "",
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.#} MiB"),
    };

    // STATUS_UPDATED: Status updated.
    private static string Words(string type)
        => type.Length == 0 ? "" : string.Concat(type[..1].ToUpperInvariant(), type[1..].Replace('_', ' ').ToLowerInvariant());
}
