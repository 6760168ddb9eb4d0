using System.Globalization;
using System.Text;
using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;

namespace Casefile.Functions.Records.Bulk;

/// <summary>
/// Records as CSV (RFC 4180): a first row of names, CRLF, text in UTF-8. An empty value is an empty cell, the empty text a quoted one, so that an import
/// takes back exactly what there was.
/// </summary>
/// <param name="guard">
/// Whether text that a spreadsheet would take for a formula gets an apostrophe in front. It is no longer the same text then, so an import of it is another.
/// </param>
internal sealed class CsvText(bool guard)
{
    private readonly StringBuilder text = new();

    /// <summary>What was written since it was last taken.</summary>
    public string Take()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }

    /// <summary>The row of names.</summary>
    public void WriteNames(IReadOnlyList<RecordField> fields)
    {
        text.Append("id,");
        foreach (var field in fields)
        {
            WriteText(field.Name);
            text.Append(',');
        }

        text.Append("updated_at,case_ids\r\n");
    }

    /// <summary>A record.</summary>
    public void WriteRecord(RecordSnapshot record, IReadOnlyList<RecordField> fields, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        text.Append(CultureInfo.InvariantCulture, $"{record.Record.Id},");
        foreach (var field in fields)
        {
            WriteValue(RecordJson.ValueOf(record, field), field, contents);
            text.Append(',');
        }

        text.Append(Timestamps.Api(record.Record.Updated)).Append(',');
        if (record.Record.CaseIds is { } cases) WriteQuoted(cases);
        text.Append("\r\n");
    }

    private void WriteValue(object? value, RecordField field, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        switch (value)
        {
            case null: break;
            case string plain: WriteText(plain); break;
            case bool flag: text.Append(flag ? "true" : "false"); break;
            case double number when double.IsInteger(number) && Math.Abs(number) <= 1L << 53: text.Append(CultureInfo.InvariantCulture, $"{(long)number}"); break;
            case double number: text.Append(CultureInfo.InvariantCulture, $"{number:R}"); break;
            case long when contents is not null && contents.TryGetValue(field.Id, out var utf8): WriteText(Encoding.UTF8.GetString(utf8.Span)); break;
            case long artifact when field.Type is FieldType.Artifact or FieldType.Json: WriteQuoted(Reference(artifact)); break;
            default: text.Append(CultureInfo.InvariantCulture, $"{value}"); break;
        }
    }

    private void WriteText(string plain)
    {
        if (guard && plain is ['=' or '+' or '-' or '@' or '\t' or '\r', ..]) plain = "'" + plain;
        if (plain.Length == 0 || plain.AsSpan().ContainsAny("\",\r\n")) WriteQuoted(plain);
        else text.Append(plain);
    }

    private void WriteQuoted(string plain) => text.Append('"').Append(plain.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');

    private static string Reference(long artifact) => $$"""{"id":{{JsonSerializer.Serialize(artifact)}},"is_artifact":true}""";
}
