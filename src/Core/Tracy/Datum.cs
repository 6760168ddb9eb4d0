using System.Globalization;
using System.Text;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Tracy;

/// <summary>One value of one property of a record (tracy.md, "Datum").</summary>
/// <param name="Id">The datum's id (<see cref="InnerIds"/>).</param>
/// <param name="Field">The property.</param>
/// <param name="Value">string for text and instants, long for integers, double for decimals; null for a reference, and for a long text that was not read.</param>
/// <param name="ReferenceId">The id of the option (0 where there is none of this text any more), user or record; null for other values.</param>
/// <param name="Option">The option, where it is one.</param>
public sealed record Datum(long Id, RecordField Field, object? Value, long? ReferenceId = null, FieldOption? Option = null)
{
    /// <summary>The values of a record, in the order of its properties.</summary>
    /// <param name="record">The record.</param>
    /// <param name="contents">Its large values by field; those that are not there are answered without their text.</param>
    public static IEnumerable<Datum> Of(RecordSnapshot record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        var traits = RecordTraits.Decode(record.Record.Traits);
        for (var i = 0; i < record.Type.Fields.Count; i++)
        {
            var field = record.Type.Fields[i];
            var values = DatumValues.Split(field, record.Record.Values[i]);
            for (var index = 0; index < values.Count; index++)
            {
                var id = InnerIds.Datum(record.Record.Id, field.Slot, index);
                var milliseconds = traits.Milliseconds.GetValueOrDefault(field.Id);
                yield return values[index] is long && field.Type is FieldType.Artifact or FieldType.Json
                    ? new Datum(id, field, contents is not null && contents.TryGetValue(field.Id, out var utf8) ? Encoding.UTF8.GetString(utf8.Span) : null)
                    : Of(id, field, values[index], milliseconds);
            }
        }
    }

    private static Datum Of(long id, RecordField field, object value, int milliseconds)
    {
        var text = value as string ?? "";
        switch (field.PropertyType.Member)
        {
            case ValueMember.Option:
                var option = field.OptionOf(text);
                return new Datum(id, field, null, option?.IdIn(field.Id) ?? 0, option ?? new FieldOption(0, text, null, []));
            case ValueMember.User or ValueMember.Record:
                return new Datum(id, field, null, long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var reference) ? reference : 0);
            case ValueMember.Integer:
                return new Datum(id, field, value switch
                {
                    bool flag => flag ? 1L : 0L,
                    double number => (long)number,
                    _ => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0L,
                });
            case ValueMember.DateTime when field.Type == FieldType.Timestamp:
                return new Datum(id, field, DatumValues.Moment(text, milliseconds));
            default:
                return new Datum(id, field, value);
        }
    }
}

/// <summary>
/// The ids of what is in a record: the record's id and a number within it, so that they need no sequence of their own. They lie within 2^53 for the first
/// eight thousand million records.
/// </summary>
public static class InnerIds
{
    private const long PerRecord = 1L << 20;
    private const int ValuesPerField = 128;
    private const int Slots = 8192;

    /// <summary>The id of a value.</summary>
    /// <param name="recordId">The record.</param>
    /// <param name="slot">The field's number within its type (<see cref="RecordField.Slot"/>).</param>
    /// <param name="index">Which of the field's values it is, from 0.</param>
    public static long Datum(long recordId, int slot, int index) => Of(recordId, (slot % Slots * ValuesPerField) + index);

    /// <summary>The id of the n-th thing of some other kind, from 0.</summary>
    public static long Of(long recordId, long number) => (recordId * PerRecord) + number;
}
