using System.Text.Json;
using Casefile.Core.RecordTypes;

namespace Casefile.Functions.Tracy;

/// <summary>How datasets, states, properties and options are written (tracy.md, "Semantics" 6).</summary>
internal static class DatasetJson
{
    private const string RepresentationType = "table";

    /// <summary>A dataset with all that is in it.</summary>
    public static void Write(Utf8JsonWriter json, RecordType type)
    {
        json.WriteStartObject();
        WriteMembers(json, type);
        json.WriteStartArray("states"u8);
        foreach (var state in type.States) Write(json, state, type);
        json.WriteEndArray();
        json.WriteStartArray("properties"u8);
        foreach (var field in Ordered(type)) Write(json, field, type);
        json.WriteEndArray();
        json.WriteStartArray("representations"u8);
        WriteRepresentation(json, type);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A dataset that another object refers to.</summary>
    public static void WriteReferenced(Utf8JsonWriter json, RecordType type)
    {
        json.WriteStartObject();
        WriteMembers(json, type);
        json.WriteNull("states"u8);
        json.WriteNull("properties"u8);
        json.WriteNull("representations"u8);
        json.WriteEndObject();
    }

    /// <summary>A state.</summary>
    public static void Write(Utf8JsonWriter json, RecordState state, RecordType type)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, state.IdIn(type.Id));
        TracyRecordJson.WriteReference(json, "dataset"u8, type.Id);
        json.WriteString("name"u8, state.Name);
        json.WriteNumber("color"u8, state.Color);
        json.WriteNumber("position"u8, state.Position);
        json.WriteEndObject();
    }

    /// <summary>A property with its options.</summary>
    public static void Write(Utf8JsonWriter json, RecordField field, RecordType type)
    {
        json.WriteStartObject();
        WriteMembers(json, field, type);
        json.WriteStartArray("options"u8);
        if (field.PropertyType.HasOptions)
        {
            foreach (var option in field.Options) Write(json, option, option.IdIn(field.Id), field);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A property that another object refers to.</summary>
    public static void WriteReferenced(Utf8JsonWriter json, RecordField field, RecordType type)
    {
        json.WriteStartObject();
        WriteMembers(json, field, type);
        json.WriteNull("options"u8);
        json.WriteEndObject();
    }

    /// <summary>An option.</summary>
    public static void Write(Utf8JsonWriter json, FieldOption option, long id, RecordField field)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, id);
        TracyRecordJson.WriteReference(json, "property"u8, field.Id);
        json.WriteString("text"u8, option.Text);
        if (option.Color is { } color) json.WriteNumber("color"u8, color);
        else json.WriteNull("color"u8);
        json.WriteEndObject();
    }

    /// <summary>A property type.</summary>
    public static void Write(Utf8JsonWriter json, PropertyType type)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, type.Id);
        json.WriteBoolean("isAutomatic"u8, type.IsAutomatic);
        json.WriteBoolean("isPlural"u8, type.IsPlural);
        json.WriteBoolean("isSortable"u8, type.IsSortable);
        json.WriteNumber("position"u8, type.Position);
        json.WriteEndObject();
    }

    /// <summary>The one representation that a dataset has, in which its records are ranked; it has the dataset's id.</summary>
    public static void WriteRepresentation(Utf8JsonWriter json, RecordType type)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, type.Id);
        TracyRecordJson.WriteReference(json, "dataset"u8, type.Id);
        json.WriteStartObject("representationType"u8);
        json.WriteString("id"u8, RepresentationType);
        json.WriteBoolean("isAggregated"u8, false);
        json.WriteNumber("position"u8, 1);
        json.WriteEndObject();
        json.WriteString("name"u8, type.Name);
        json.WriteNull("parameters"u8);
        json.WriteNumber("position"u8, 1);
        json.WriteEndObject();
    }

    /// <summary>The properties in their order.</summary>
    public static IEnumerable<RecordField> Ordered(RecordType type) => type.Fields.OrderBy(PositionOf).ThenBy(field => field.Id);

    private static void WriteMembers(Utf8JsonWriter json, RecordType type)
    {
        json.WriteNumber("id"u8, type.Id);
        json.WriteString("name"u8, type.Name);
        json.WriteBoolean("isDisabled"u8, type.Dataset?.IsDisabled ?? false);
        json.WriteNumber("position"u8, type.Dataset?.Position ?? type.Id);
        json.WriteString("path"u8, type.Dataset?.Path);
    }

    private static void WriteMembers(Utf8JsonWriter json, RecordField field, RecordType type)
    {
        json.WriteNumber("id"u8, field.Id);
        TracyRecordJson.WriteReference(json, "dataset"u8, type.Id);
        json.WritePropertyName("propertyType"u8);
        Write(json, field.PropertyType);
        json.WriteString("name"u8, field.Name);
        json.WriteBoolean("isUsedAsTitle"u8, field.Property?.IsTitle ?? false);
        json.WriteBoolean("isRequired"u8, field.Property?.IsRequired ?? false);
        json.WriteString("parameters"u8, field.Property?.Parameters);
        json.WriteNumber("position"u8, PositionOf(field));
    }

    private static int PositionOf(RecordField field) => field.Property?.Position ?? field.Slot + 1;
}
