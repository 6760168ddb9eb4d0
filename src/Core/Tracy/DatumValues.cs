using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Tracy;

/// <summary>
/// Between values of properties and what fields keep of them (tracy.md, "Property types"). References are kept as the text of their ids, options as their
/// own text, and several values of a plural property as a JSON array of those.
/// </summary>
public static class DatumValues
{
    /// <summary>The member of a datum that carries such values.</summary>
    public static string NameOf(ValueMember member) => member switch
    {
        ValueMember.String => "stringValue",
        ValueMember.Integer => "integerValue",
        ValueMember.Decimal => "decimalValue",
        ValueMember.DateTime => "dateTimeValue",
        ValueMember.Option => "optionValue",
        ValueMember.User => "userValue",
        _ => "recordValue",
    };

    /// <summary>The values of a property, one by one: string, double, bool or long (an artifact's id); none where it is empty.</summary>
    public static IReadOnlyList<object> Split(RecordField field, object? value)
    {
        if (value is null) return [];
        if (!field.PropertyType.IsPlural || value is not string text) return [value];

        using var json = JsonDocument.Parse(text);
        return [.. json.RootElement.EnumerateArray().Select(each => each.ValueKind == JsonValueKind.String ? each.GetString()! : each.GetRawText())];
    }

    /// <summary>The instant that a TIMESTAMP value stands for, read as UTC.</summary>
    public static string Moment(string value, int milliseconds)
        => string.Create(CultureInfo.InvariantCulture, $"{value[..10]}T{value[11..]}.{milliseconds:D3}Z");

    /// <summary>Reads a value that is no reference.</summary>
    internal static object? Read(RecordField field, JsonElement value, string place, List<Fault> faults)
    {
        object? Refuse(string reason)
        {
            faults.Add(new Fault("Value is not valid", $"{place}: {reason}"));
            return null;
        }

        var type = field.PropertyType;
        switch (type.Member)
        {
            case ValueMember.String when value.ValueKind != JsonValueKind.String:
                return Refuse($"{FieldValues.Describe(value)} is not text");
            case ValueMember.String when field.Type == FieldType.Json:
                return ReadJson(field, value.GetString()!, place, faults);
            case ValueMember.DateTime:
                if (value.ValueKind != JsonValueKind.String || Timestamps.ReadMoment(value.GetString()!) is not { } moment)
                    return Refuse($"{FieldValues.Describe(value)} is not a date and time of ISO 8601, as 2026-01-02T03:04:05.678Z");
                return type == PropertyType.Date
                    ? string.Create(CultureInfo.InvariantCulture, $"{value.GetString()!.Trim().AsSpan(0, 10)} 00:00:00")
                    : new PreciseTimestamp(Timestamps.FieldValue(moment.ToUnixTimeMilliseconds()), moment.Millisecond);
            case ValueMember.Integer:
                if (FieldValues.Read(field with { Type = FieldType.Number }, value, place, faults) is not double number) return null;
                if (field.Type == FieldType.Boolean) return number is 0 or 1 ? number == 1 : Refuse("must be 0 or 1");
                return double.IsInteger(number) && Math.Abs(number) <= 1L << 53 ? number : Refuse($"{FieldValues.Describe(value)} is not an integer within 2^53");
            default:
                return FieldValues.Read(field, value, place, faults);
        }
    }

    /// <summary>Several values as they are kept.</summary>
    internal static string Join(PropertyType type, IReadOnlyList<object> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonText.Compact))
        {
            json.WriteStartArray();
            foreach (var value in values)
            {
                if (type.Member is ValueMember.User or ValueMember.Record) json.WriteRawValue((string)value);
                else json.WriteStringValue((string)value);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static object? ReadJson(RecordField field, string text, string place, List<Fault> faults)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return FieldValues.Read(field, json.RootElement, place, faults);
        }
        catch (JsonException)
        {
            faults.Add(new Fault("Value is not valid", $"{place}: '{field.Name}' holds JSON, which this text is not"));
            return null;
        }
    }
}
