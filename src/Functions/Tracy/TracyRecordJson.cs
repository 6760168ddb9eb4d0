using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;
using Casefile.Core.Tracy;

namespace Casefile.Functions.Tracy;

/// <summary>
/// How records are written (tracy.md, "Semantics" 6): nested objects one level deep, back references by their id alone. A reference that is not set is
/// left out, since the schema has no null there; every other member that is not set is null, or 0 where it cannot be null.
/// </summary>
internal static class TracyRecordJson
{
    public static void Write(Utf8JsonWriter json, DatasetRecord record)
    {
        var type = record.Type;
        json.WriteStartObject();
        json.WriteNumber("id"u8, record.Id);
        json.WritePropertyName("dataset"u8);
        DatasetJson.WriteReferenced(json, type);
        json.WritePropertyName("state"u8);
        DatasetJson.Write(json, record.State, type);
        WriteTimes(json, record.Snapshot.Record.Archived);

        json.WriteStartArray("datums"u8);
        foreach (var datum in record.Datums) Write(json, datum, record);
        json.WriteEndArray();

        json.WriteStartArray("metadatums"u8);
        for (var i = 0; i < record.Metadatums.Count; i++) Write(json, record.Metadatums[i], i, record);
        json.WriteEndArray();

        if (record.Events is null)
        {
            json.WriteNull("events"u8);
        }
        else
        {
            json.WriteStartArray("events"u8);
            foreach (var each in record.Events) Write(json, each, record);
            json.WriteEndArray();
        }

        json.WriteStartArray("transitions"u8);
        WriteTransition(json, record, 0, null, record.Snapshot.Record.Created);
        for (var i = 0; i < record.Traits.Moves.Count; i++) WriteTransition(json, record, i + 1, record.Traits.Moves[i].OldStateId, record.Traits.Moves[i].At);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What a caller who may read nothing is answered: what they sent, and the new ids.</summary>
    public static void WriteReceipt(Utf8JsonWriter json, DatasetRecord record, DatasetContent sent)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, record.Id);
        WriteReference(json, "dataset"u8, record.Type.Id);
        if (sent.StateId is { } state) WriteReference(json, "state"u8, state);
        WriteTimes(json, sent.Archived.Value?.ToUnixTimeMilliseconds());

        var properties = sent.Datums.Select(datum => datum.PropertyId).ToHashSet();
        json.WriteStartArray("datums"u8);
        foreach (var datum in record.Datums.Where(datum => properties.Contains(datum.Field.Id)))
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, datum.Id);
            WriteReference(json, "record"u8, record.Id);
            WriteReference(json, "property"u8, datum.Field.Id);
            if (datum.ReferenceId is { } reference) WriteReference(json, JsonEncodedText.Encode(DatumValues.NameOf(datum.Field.PropertyType.Member)).EncodedUtf8Bytes, reference);
            WriteScalars(json, datum);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("metadatums"u8);
        for (var i = 0; i < sent.Metadatums?.Count; i++) WriteMetadatum(json, sent.Metadatums[i], i, record.Id);
        json.WriteEndArray();
        json.WriteNull("events"u8);
        json.WriteNull("transitions"u8);
        json.WriteEndObject();
    }

    /// <summary>An event by itself.</summary>
    public static void Write(Utf8JsonWriter json, RecordEvent each, DatasetRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, each.Id);
        WriteReference(json, "record"u8, record.Id);
        if (each.UserId is { } user) WriteUser(json, "user"u8, user, record);
        json.WriteStartObject("eventType"u8);
        json.WriteString("id"u8, JsonNamingPolicy.CamelCase.ConvertName(each.Kind.ToString()));
        json.WriteEndObject();
        json.WriteString("created"u8, Timestamps.Moment(each.At));
        WriteState(json, "oldState"u8, each.OldState, record.Type);
        WriteState(json, "newState"u8, each.NewState, record.Type);
        if (each.Field is { } field)
        {
            json.WritePropertyName("property"u8);
            DatasetJson.WriteReferenced(json, field, record.Type);
        }

        WriteValue(json, "old", each.OldValue, record);
        WriteValue(json, "new", each.NewValue, record);
        json.WriteEndObject();
    }

    public static void WriteReference(Utf8JsonWriter json, ReadOnlySpan<byte> name, long id)
    {
        json.WriteStartObject(name);
        json.WriteNumber("id"u8, id);
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, long? archived)
    {
        json.WriteString("archived"u8, archived is { } at ? Timestamps.Moment(at) : null);
        json.WriteNull("removed"u8);
    }

    private static void Write(Utf8JsonWriter json, Datum datum, DatasetRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, datum.Id);
        WriteReference(json, "record"u8, record.Id);
        json.WritePropertyName("property"u8);
        DatasetJson.WriteReferenced(json, datum.Field, record.Type);
        WriteReferred(json, DatumValues.NameOf(datum.Field.PropertyType.Member), datum, record);
        WriteScalars(json, datum);
        json.WriteEndObject();
    }

    private static void WriteScalars(Utf8JsonWriter json, Datum datum)
    {
        WriteScalar(json, "integerValue", ValueMember.Integer, datum);
        WriteScalar(json, "decimalValue", ValueMember.Decimal, datum);
        WriteScalar(json, "stringValue", ValueMember.String, datum);
        WriteScalar(json, "dateTimeValue", ValueMember.DateTime, datum);
    }

    private static void WriteValue(Utf8JsonWriter json, string prefix, Datum? datum, DatasetRecord record)
    {
        if (datum is not null) WriteReferred(json, prefix + Capital(DatumValues.NameOf(datum.Field.PropertyType.Member)), datum, record);
        WriteScalar(json, $"{prefix}IntegerValue", ValueMember.Integer, datum);
        WriteScalar(json, $"{prefix}DecimalValue", ValueMember.Decimal, datum);
        WriteScalar(json, $"{prefix}StringValue", ValueMember.String, datum);
        WriteScalar(json, $"{prefix}DateTimeValue", ValueMember.DateTime, datum);
    }

    private static void WriteReferred(Utf8JsonWriter json, string name, Datum datum, DatasetRecord record)
    {
        if (datum.ReferenceId is not { } id) return;
        json.WritePropertyName(name);
        if (datum.Option is { } option) DatasetJson.Write(json, option, id, datum.Field);
        else if (datum.Field.PropertyType.Member == ValueMember.User) WriteUser(json, id, record);
        else WriteId(json, id);
    }

    private static void WriteScalar(Utf8JsonWriter json, string name, ValueMember member, Datum? datum)
    {
        json.WritePropertyName(name);
        switch (datum?.Field.PropertyType.Member == member ? datum.Value : null)
        {
            case long integer: json.WriteNumberValue(integer); break;
            case double number: json.WriteNumberValue(number); break;
            case string text: json.WriteStringValue(text); break;
            default: json.WriteNullValue(); break;
        }
    }

    private static void Write(Utf8JsonWriter json, Metadatum metadatum, int index, DatasetRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, InnerIds.Of(record.Id, index));
        WriteReference(json, "record"u8, record.Id);
        json.WritePropertyName("representation"u8);
        if (metadatum.RepresentationId == record.Type.Id) DatasetJson.WriteRepresentation(json, record.Type);
        else WriteId(json, metadatum.RepresentationId);
        WriteMetadatumValue(json, metadatum);
        json.WriteEndObject();
    }

    private static void WriteMetadatum(Utf8JsonWriter json, Metadatum metadatum, int index, long recordId)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, InnerIds.Of(recordId, index));
        WriteReference(json, "record"u8, recordId);
        WriteReference(json, "representation"u8, metadatum.RepresentationId);
        WriteMetadatumValue(json, metadatum);
        json.WriteEndObject();
    }

    private static void WriteMetadatumValue(Utf8JsonWriter json, Metadatum metadatum)
    {
        if (metadatum.RecordId is { } other) WriteReference(json, "recordValue"u8, other);
        if (metadatum.Decimal is { } number) json.WriteNumber("decimalValue"u8, number);
        else json.WriteNull("decimalValue"u8);
    }

    private static void WriteTransition(Utf8JsonWriter json, DatasetRecord record, int index, long? oldStateId, long at)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, InnerIds.Of(record.Id, index));
        WriteReference(json, "record"u8, record.Id);
        if (oldStateId is { } left) WriteState(json, "oldState"u8, record.Type.StateOf(left), record.Type);
        json.WriteString("timestamp"u8, Timestamps.Moment(at));
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, ReadOnlySpan<byte> name, RecordState? state, RecordType type)
    {
        if (state is null) return;
        json.WritePropertyName(name);
        DatasetJson.Write(json, state, type);
    }

    private static void WriteUser(Utf8JsonWriter json, ReadOnlySpan<byte> name, long id, DatasetRecord record)
    {
        json.WritePropertyName(name);
        WriteUser(json, id, record);
    }

    /// <summary>A user, as far as the caller may know of them.</summary>
    private static void WriteUser(Utf8JsonWriter json, long id, DatasetRecord record)
    {
        if (record.Users.TryGetValue(id, out var user)) Write(json, user);
        else WriteId(json, id);
    }

    private static void Write(Utf8JsonWriter json, User user)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, user.Id);
        json.WriteNull("photoFilename"u8);
        json.WriteString("name"u8, user.Name);
        json.WriteString("email"u8, user.Email);
        json.WriteNull("languageCode"u8);
        json.WriteNull("timeZone"u8);
        json.WriteNumber("timeZoneOffset"u8, 0);
        json.WriteBoolean("isDisabled"u8, false);
        json.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter json, long id)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, id);
        json.WriteEndObject();
    }

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
