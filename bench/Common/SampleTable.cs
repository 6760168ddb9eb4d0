using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Casefile.Bench;

/// <summary>A record type of the service that holds sample records.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Fields">The ids of its fields by their names.</param>
public sealed record SampleTable(long Id, IReadOnlyDictionary<string, long> Fields)
{
    /// <summary>Reads the answer that shows a type.</summary>
    public static SampleTable Read(JsonElement type) => new(
        type.GetProperty("id").GetInt64(),
        type.GetProperty("record_fields").EnumerateArray().ToDictionary(field => field.GetProperty("name").GetString()!, field => field.GetProperty("id").GetInt64()));

    /// <summary>The path and query of a list, twenty a page, the greatest first.</summary>
    /// <param name="filters">Field, operator, value; null where the operator takes none.</param>
    /// <param name="order">The field that it is sorted by; null for creation.</param>
    /// <param name="page">From 1.</param>
    public string List(IEnumerable<(string Field, string Operator, object? Value)> filters, string? order, int page)
    {
        var filter = JsonSerializer.Serialize(filters.Select(each => new Dictionary<string, object?> { ["field_id"] = Fields[each.Field], ["operator"] = each.Operator, ["value"] = each.Value }
            .Where(member => member.Value is not null).ToDictionary()));
        var sort = order is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&order_field_id={Fields[order]}");
        return string.Create(CultureInfo.InvariantCulture, $"/api/v1/records?record_type_id={Id}{sort}&page={page}&filters={UrlEncoder.Default.Encode(filter)}");
    }

    /// <summary>The body that creates a record.</summary>
    public byte[] Create(SampleRecord record)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) Write(json, record, withType: Id);
        return stream.ToArray();
    }

    /// <summary>The body that creates several.</summary>
    public byte[] CreateMany(IEnumerable<SampleRecord> records)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("record_type_id", Id);
            json.WriteStartArray("records");
            foreach (var record in records) Write(json, record, withType: null);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void Write(Utf8JsonWriter json, SampleRecord record, long? withType)
    {
        json.WriteStartObject();
        if (withType is { } type) json.WriteNumber("record_type_id", type);
        json.WriteStartArray("field_values");
        foreach (var (name, value) in record.Values)
        {
            json.WriteStartObject();
            json.WriteNumber("field_id", Fields[name]);
            json.WritePropertyName("value");
            SampleRecord.WriteValue(json, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
