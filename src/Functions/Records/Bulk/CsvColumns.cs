using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Casefile.Core;
using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records.Bulk;

/// <summary>The columns that a CSV body's first row names, and how a row of it reads (RFC 4180; text in UTF-8).</summary>
internal sealed class CsvColumns
{
    private const string Invalid = "CSV is invalid";

    private readonly Column[] columns;
    private readonly ArrayBufferWriter<byte> scratch = new();

    private CsvColumns(Column[] columns) => this.columns = columns;

    /// <summary>Reads the first row.</summary>
    public static async ValueTask<Result<CsvColumns>> ReadAsync(RecordType type, BodyLines rows, CancellationToken cancellationToken)
    {
        var faults = new ParameterFaults();
        if (await rows.NextAsync(cancellationToken) is not { } header) return Problem.Malformed(Invalid, "body: its first row must name the columns");
        if (header.IsTooLong || Split(header.Utf8, faults) is not { } cells) return faults.Problem ?? Problem.Malformed(Invalid, "body: its first row is too long");

        var columns = new List<Column>(cells.Count);
        foreach (var cell in cells)
        {
            var name = Encoding.UTF8.GetString(cell.Utf8.Span);
            var field = FlatRecord.FieldOf(type, name);
            if (field is null && !FlatRecord.IsOwn(name) && name is not ("case_ids" or RecordType.StoryNameField))
                faults.Invalid("Record field not found", $"{name}: record type {type.Id} has no such field");
            if (columns.Any(column => column.Name == name)) faults.Invalid(Invalid, $"{name}: is there twice");
            columns.Add(new Column(name, JsonEncodedText.Encode(name), FlatRecord.IsOwn(name), name == "case_ids" || field is { Type: FieldType.Json }));
        }

        return faults.Problem is { } problem ? problem : new CsvColumns([.. columns]);
    }

    /// <summary>A row as an object of its cells by the names of their columns; an empty cell without quotes is left out.</summary>
    public JsonElement? ReadRow(ReadOnlySpan<byte> utf8, ParameterFaults faults)
    {
        // The cells point into a copy: the body's buffer is not theirs to keep.
        if (Split(utf8.ToArray(), faults) is not { } cells) return null;
        if (cells.Count != columns.Length)
        {
            faults.Malformed(Invalid, $"has {cells.Count} cells, and the first row {columns.Length}");
            return null;
        }

        scratch.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(scratch, JsonAnswer.Options))
        {
            json.WriteStartObject();
            for (var i = 0; i < columns.Length; i++)
            {
                var (column, cell) = (columns[i], cells[i]);
                if (column.IsOwn || (cell.Utf8.IsEmpty && !cell.IsQuoted)) continue;
                if (!column.IsJson)
                {
                    json.WriteString(column.Encoded, cell.Utf8.Span);
                }
                else if (StrictJson.TryParse(cell.Utf8.Span, out JsonElement value, out var reason))
                {
                    json.WritePropertyName(column.Encoded);
                    value.WriteTo(json);
                }
                else
                {
                    faults.Malformed(Invalid, $"{column.Name}: is not JSON: {reason}");
                }
            }

            json.WriteEndObject();
        }

        return JsonElement.Parse(scratch.WrittenSpan);
    }

    private static List<Cell>? Split(ReadOnlyMemory<byte> row, ParameterFaults faults)
    {
        if (!Utf8.IsValid(row.Span))
        {
            faults.Malformed(Invalid, "is not valid UTF-8");
            return null;
        }

        var cells = new List<Cell>();
        while (true)
        {
            var quoted = row.Span.StartsWith("\""u8);
            var length = quoted ? QuotedLength(row.Span) : row.Span.IndexOf((byte)',') is >= 0 and var comma ? comma : row.Length;
            if (length < 0 || (length < row.Length && row.Span[length] != ',') || (!quoted && row.Span[..length].Contains((byte)'"')))
            {
                faults.Malformed(Invalid, $"cell {cells.Count + 1}: a quote stands where none may; a cell with quotes is quoted, and its quotes are doubled");
                return null;
            }

            cells.Add(quoted ? new Cell(Unquote(row[1..(length - 1)]), IsQuoted: true) : new Cell(row[..length], IsQuoted: false));
            if (length == row.Length) return cells;
            row = row[(length + 1)..];
        }
    }

    /// <summary>The length of a cell with its quotes, or -1 when it has no end.</summary>
    private static int QuotedLength(ReadOnlySpan<byte> row)
    {
        for (var at = 1; at < row.Length; at++)
        {
            if (row[at] != '"') continue;
            if (at + 1 == row.Length || row[at + 1] != '"') return at + 1;
            at++;
        }

        return -1;
    }

    private static ReadOnlyMemory<byte> Unquote(ReadOnlyMemory<byte> cell)
    {
        if (!cell.Span.Contains((byte)'"')) return cell;
        var text = new byte[cell.Length];
        var length = 0;
        for (var at = 0; at < cell.Length; at++)
        {
            text[length++] = cell.Span[at];
            if (cell.Span[at] == '"') at++;
        }

        return text.AsMemory(0, length);
    }

    private readonly record struct Cell(ReadOnlyMemory<byte> Utf8, bool IsQuoted);

    private sealed record Column(string Name, JsonEncodedText Encoded, bool IsOwn, bool IsJson);
}
