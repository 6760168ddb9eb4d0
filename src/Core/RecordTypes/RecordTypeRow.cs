using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.RecordTypes;

/// <summary>
/// A definition as a row: <c>type</c> in the type's own partition, where it is authoritative, and a copy in the catalog. It is JSON,
/// cut into binary properties <c>d0</c>, <c>d1</c>… because a property holds 64 KiB and a definition up to <see cref="MaxBytes"/>.
/// </summary>
public static class RecordTypeRow
{
    /// <summary>The row key in the type's partition.</summary>
    public const string Key = "type";

    /// <summary>What a definition may take, in bytes of JSON (records.md: 512 KiB).</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>long: the form of what follows.</summary>
    private const string FormatProperty = "format";

    /// <summary>long: <see cref="RecordType.SchemaVersion"/>, to be compared without reading the JSON.</summary>
    private const string SchemaProperty = "schema";

    /// <summary>Definitions of fields alone, which every version of the service can read and write back without a loss.</summary>
    private const long FieldsFormat = 1;

    /// <summary>Definitions with what makes a dataset of them.</summary>
    private const long DatasetFormat = 2;

    /// <summary>The partition of a type's records and definition.</summary>
    public static PartitionAddress Address(long id) => new(TableNames.Records, id.ToString(CultureInfo.InvariantCulture));

    /// <summary>The type whose partition this is.</summary>
    public static long IdOf(PartitionAddress address) => long.Parse(address.Key, CultureInfo.InvariantCulture);

    /// <summary>Whether two definitions say the same, whichever version they are of.</summary>
    public static bool IsSame(RecordType one, RecordType other) => Write(one).WrittenSpan.SequenceEqual(Write(other).WrittenSpan);

    /// <summary>How many bytes the definition takes, to be held against <see cref="MaxBytes"/>.</summary>
    public static int SizeOf(RecordType type) => Write(type).WrittenCount;

    /// <summary>The properties to store.</summary>
    public static Dictionary<string, object> Encode(RecordType type)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [FormatProperty] = type.Dataset is null ? FieldsFormat : DatasetFormat,
            [SchemaProperty] = type.SchemaVersion,
        };
        var json = Write(type).WrittenMemory;
        for (var part = 0; part * StorageLimits.PropertyBytes < json.Length; part++)
        {
            var start = part * StorageLimits.PropertyBytes;
            properties[Part(part)] = json.Slice(start, Math.Min(StorageLimits.PropertyBytes, json.Length - start)).ToArray();
        }

        return properties;
    }

    /// <summary>Reads a stored definition.</summary>
    /// <exception cref="UnknownFormatException">A newer version of the service wrote it in a form that this one does not know.</exception>
    public static RecordType Decode(IReadOnlyDictionary<string, object> properties)
    {
        if (properties.GetValueOrDefault(FormatProperty) is not (FieldsFormat or DatasetFormat))
            throw new UnknownFormatException($"A record type's definition has format {properties.GetValueOrDefault(FormatProperty)}; this is {DatasetFormat}.");

        using var json = JsonDocument.Parse(Join(properties));
        var root = json.RootElement;
        return new RecordType(
            root.GetProperty("id").GetInt64(),
            root.GetProperty("team_id").GetInt64(),
            root.GetProperty("name").GetString()!,
            root.TryGetProperty("description", out var description) ? description.GetString() : null,
            root.GetProperty("editable").GetBoolean(),
            root.TryGetProperty("ttl_days", out var ttl) ? ttl.GetDouble() : null,
            RecordTypeNames.RetentionOf(root.GetProperty("retention").GetString()) ?? throw Unknown("retention"),
            RecordTypeNames.LimitOf(root.GetProperty("on_limit").GetString()) ?? throw Unknown("on_limit"),
            root.TryGetProperty("max_records", out var max) ? max.GetInt64() : null,
            [.. root.GetProperty("fields").EnumerateArray().Select(ReadField)],
            root.GetProperty("story_name_field").GetInt64(),
            root.GetProperty("timestamp_field").GetInt64(),
            SchemaVersionOf(properties))
        {
            Dataset = root.TryGetProperty("dataset", out var dataset) ? ReadDataset(dataset) : null,
        };
    }

    /// <summary>The version of a stored definition, without reading the rest.</summary>
    public static long SchemaVersionOf(IReadOnlyDictionary<string, object> properties)
        => properties.GetValueOrDefault(SchemaProperty) as long? ?? 0;

    private static ArrayBufferWriter<byte> Write(RecordType type)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, JsonText.Compact);
        json.WriteStartObject();
        json.WriteNumber("id", type.Id);
        json.WriteNumber("team_id", type.TeamId);
        json.WriteString("name", type.Name);
        if (type.Description is not null) json.WriteString("description", type.Description);
        json.WriteBoolean("editable", type.Editable);
        if (type.TtlDays is { } ttl) json.WriteNumber("ttl_days", ttl);
        json.WriteString("retention", RecordTypeNames.Of(type.Retention));
        json.WriteString("on_limit", RecordTypeNames.Of(type.OnLimit));
        if (type.MaxRecords is { } max) json.WriteNumber("max_records", max);
        json.WriteStartArray("fields");
        for (var i = 0; i < type.Fields.Count; i++)
        {
            var field = type.Fields[i];
            json.WriteStartObject();
            json.WriteNumber("id", field.Id);
            json.WriteString("name", field.Name);
            json.WriteString("type", RecordTypeNames.Of(field.Type));
            if (field.FixedValues.Count > 0)
            {
                json.WriteStartArray("values");
                foreach (var value in field.FixedValues) json.WriteStringValue(value);
                json.WriteEndArray();
            }

            if (field.Slot != i) json.WriteNumber("slot", field.Slot);
            if (field.Property is { } property) WriteProperty(json, property);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (type.Dataset is { } dataset) WriteDataset(json, dataset);
        json.WriteNumber("story_name_field", type.StoryNameFieldId);
        json.WriteNumber("timestamp_field", type.TimestampFieldId);
        json.WriteEndObject();
        return buffer;
    }

    private static void WriteProperty(Utf8JsonWriter json, FieldProperty property)
    {
        json.WriteStartObject("property");
        json.WriteString("type", property.Type.Id);
        if (property.IsTitle) json.WriteBoolean("title", true);
        if (property.IsRequired) json.WriteBoolean("required", true);
        if (property.Parameters is not null) json.WriteString("parameters", property.Parameters);
        if (property.Position is { } position) json.WriteNumber("position", position);
        if (property.OptionsGiven > 0) json.WriteNumber("given", property.OptionsGiven);
        if (property.Options.Count > 0)
        {
            json.WriteStartArray("options");
            foreach (var option in property.Options)
            {
                json.WriteStartObject();
                json.WriteNumber("n", option.Ordinal);
                json.WriteString("text", option.Text);
                if (option.Color is { } color) json.WriteNumber("color", color);
                if (option.Former.Count > 0)
                {
                    json.WriteStartArray("former");
                    foreach (var text in option.Former) json.WriteStringValue(text);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteDataset(Utf8JsonWriter json, DatasetSettings dataset)
    {
        json.WriteStartObject("dataset");
        if (dataset.IsDisabled) json.WriteBoolean("disabled", true);
        if (dataset.Position is { } position) json.WriteNumber("position", position);
        if (dataset.Path is not null) json.WriteString("path", dataset.Path);
        if (dataset.StatesGiven > 0) json.WriteNumber("given", dataset.StatesGiven);
        json.WriteStartArray("states");
        foreach (var state in dataset.States)
        {
            json.WriteStartObject();
            json.WriteNumber("n", state.Ordinal);
            json.WriteString("name", state.Name);
            json.WriteNumber("color", state.Color);
            json.WriteNumber("position", state.Position);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static RecordField ReadField(JsonElement field, int index) => new(
        field.GetProperty("id").GetInt64(),
        field.GetProperty("name").GetString()!,
        RecordTypeNames.FieldTypeOf(field.GetProperty("type").GetString()) ?? throw Unknown("type"),
        field.TryGetProperty("values", out var values) ? Texts(values) : [])
    {
        Slot = field.TryGetProperty("slot", out var slot) ? slot.GetInt32() : index,
        Property = field.TryGetProperty("property", out var property) ? ReadProperty(property) : null,
    };

    private static FieldProperty ReadProperty(JsonElement property) => new(PropertyType.Find(property.GetProperty("type").GetString()) ?? throw Unknown("property.type"))
    {
        IsTitle = property.TryGetProperty("title", out _),
        IsRequired = property.TryGetProperty("required", out _),
        Parameters = property.TryGetProperty("parameters", out var parameters) ? parameters.GetString() : null,
        Position = property.TryGetProperty("position", out var position) ? position.GetInt32() : null,
        OptionsGiven = property.TryGetProperty("given", out var given) ? given.GetInt32() : 0,
        Options = property.TryGetProperty("options", out var options) ? [.. options.EnumerateArray().Select(ReadOption)] : [],
    };

    private static FieldOption ReadOption(JsonElement option) => new(
        option.GetProperty("n").GetInt32(),
        option.GetProperty("text").GetString()!,
        option.TryGetProperty("color", out var color) ? color.GetInt64() : null,
        option.TryGetProperty("former", out var former) ? Texts(former) : []);

    private static DatasetSettings ReadDataset(JsonElement dataset) => new()
    {
        IsDisabled = dataset.TryGetProperty("disabled", out _),
        Position = dataset.TryGetProperty("position", out var position) ? position.GetInt32() : null,
        Path = dataset.TryGetProperty("path", out var path) ? path.GetString() : null,
        StatesGiven = dataset.TryGetProperty("given", out var given) ? given.GetInt32() : 0,
        States = [.. dataset.GetProperty("states").EnumerateArray().Select(state => new RecordState(
            state.GetProperty("n").GetInt32(),
            state.GetProperty("name").GetString()!,
            state.GetProperty("color").GetInt64(),
            state.GetProperty("position").GetInt32()))],
    };

    private static string[] Texts(JsonElement texts) => [.. texts.EnumerateArray().Select(text => text.GetString()!)];

    private static ReadOnlyMemory<byte> Join(IReadOnlyDictionary<string, object> properties)
    {
        if (!properties.ContainsKey(Part(1))) return (byte[])properties[Part(0)];

        var joined = new ArrayBufferWriter<byte>();
        for (var part = 0; properties.GetValueOrDefault(Part(part)) is byte[] bytes; part++) joined.Write(bytes);
        return joined.WrittenMemory;
    }

    private static string Part(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number}");

    private static UnknownFormatException Unknown(string member) => new($"A record type's definition has an unknown value of {member}.");
}
