using System.Text.Json;
using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;

namespace Casefile.Functions.RecordTypes;

/// <summary>A record type as it is answered (records.md, "Create").</summary>
internal static class RecordTypeJson
{
    public static void Write(Utf8JsonWriter json, RecordType type)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, type.Id);
        json.WriteString("name"u8, type.Name);
        json.WriteString("description"u8, type.Description);
        json.WriteNumber("team_id"u8, type.TeamId);
        json.WriteBoolean("editable"u8, type.Editable);
        if (type.TtlDays is { } ttl) json.WriteNumber("ttl_days"u8, ttl);
        else json.WriteNull("ttl_days"u8);
        json.WriteString("retention_column_name"u8, WireNames<RetentionColumn>.Of(type.Retention));
        json.WriteString("on_limit_reached"u8, WireNames<LimitBehaviour>.Of(type.OnLimit));
        if (type.MaxRecords is { } max) json.WriteNumber("max_records_limit"u8, max);
        else json.WriteNull("max_records_limit"u8);
        WriteFields(json, "record_fields", type.Fields);
        WriteFields(json, "default_record_fields", [type.Field(type.StoryNameFieldId)!, type.Field(type.TimestampFieldId)!]);
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, string name, IReadOnlyList<RecordField> fields)
    {
        json.WriteStartArray(name);
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, field.Id);
            json.WriteString("name"u8, field.Name);
            json.WriteString("result_type"u8, WireNames<FieldType>.Of(field.Type));
            json.WriteStartArray("fixed_values"u8);
            foreach (var value in field.FixedValues) json.WriteStringValue(value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
