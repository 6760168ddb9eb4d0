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

    private const long Format = 1;

    /// <summary>The partition of a type's records and definition.</summary>
    public static PartitionAddress Address(long id) => new(TableNames.Records, id.ToString(CultureInfo.InvariantCulture));

    /// <summary>The type whose partition this is.</summary>
    public static long IdOf(PartitionAddress address) => long.Parse(address.Key, CultureInfo.InvariantCulture);

    /// <summary>How many bytes the definition takes, to be held against <see cref="MaxBytes"/>.</summary>
    public static int SizeOf(RecordType type) => Write(type).WrittenCount;

    /// <summary>The properties to store.</summary>
    public static Dictionary<string, object> Encode(RecordType type)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [FormatProperty] = Format,
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
        if (properties.GetValueOrDefault(FormatProperty) is not Format)
            throw new UnknownFormatException($"A record type's definition has format {properties.GetValueOrDefault(FormatProperty)}; this is {Format}.");

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
            SchemaVersionOf(properties));
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
        foreach (var field in type.Fields)
        {
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

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("story_name_field", type.StoryNameFieldId);
        json.WriteNumber("timestamp_field", type.TimestampFieldId);
        json.WriteEndObject();
        return buffer;
    }

    private static RecordField ReadField(JsonElement field) => new(
        field.GetProperty("id").GetInt64(),
        field.GetProperty("name").GetString()!,
        RecordTypeNames.FieldTypeOf(field.GetProperty("type").GetString()) ?? throw Unknown("type"),
        field.TryGetProperty("values", out var values) ? [.. values.EnumerateArray().Select(value => value.GetString()!)] : []);

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
