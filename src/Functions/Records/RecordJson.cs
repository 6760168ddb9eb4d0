using System.Globalization;
using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records;

/// <summary>How records are written on the wire (records.md, "Records").</summary>
internal static class RecordJson
{
    /// <summary>The fields that an answer shows, in its order: the custom ones, then <c>Timestamp</c>, then <c>Story name</c>.</summary>
    public static IReadOnlyList<RecordField> AllFields(RecordType type)
        => [.. type.Fields, type.Field(type.TimestampFieldId)!, type.Field(type.StoryNameFieldId)!];

    /// <summary>As <see cref="AllFields"/>, without <c>Story name</c>: what the answer to a create shows.</summary>
    public static IReadOnlyList<RecordField> CreatedFields(RecordType type) => [.. type.Fields, type.Field(type.TimestampFieldId)!];

    /// <summary>The answer to a create.</summary>
    public static void WriteCreated(Utf8JsonWriter json, RecordSnapshot snapshot, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        var fields = CreatedFields(snapshot.Type);
        json.WriteStartObject();
        json.WriteNumber("id"u8, snapshot.Record.Id);
        json.WriteString("created_at"u8, Timestamps.Api(snapshot.Record.Created));
        WriteType(json, snapshot.Type);
        json.WriteBoolean("test_mode"u8, snapshot.Record.IsTest);
        WriteValues(json, snapshot, fields, contents);
        WriteCases(json, snapshot);
        WriteResult(json, snapshot, fields, contents);
        json.WriteEndObject();
    }

    /// <summary>The answer to a create by a caller who may read nothing: what they sent, and the new id.</summary>
    public static void WriteReceipt(Utf8JsonWriter json, RecordSnapshot snapshot, NewRecord sent)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, snapshot.Record.Id);
        json.WriteStartObject("record_type"u8);
        json.WriteNumber("id"u8, sent.RecordTypeId);
        json.WriteEndObject();
        json.WriteBoolean("test_mode"u8, sent.IsTest);
        json.WriteStartArray("records"u8);
        foreach (var input in sent.Content is FieldInputs fields ? fields.Inputs : [])
        {
            json.WriteStartObject();
            json.WriteString("field_id"u8, input.FieldId.ToString(CultureInfo.InvariantCulture));
            json.WritePropertyName("value"u8);
            if (input.Value.ValueKind == JsonValueKind.Undefined) json.WriteNullValue();
            else input.Value.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteCases(json, snapshot);
        json.WriteEndObject();
    }

    /// <summary>The answer to a get or an update.</summary>
    public static void WriteRecord(Utf8JsonWriter json, RecordAnswer answer)
    {
        var (snapshot, record) = (answer.Snapshot, answer.Snapshot.Record);
        json.WriteStartObject();
        json.WriteNumber("id"u8, record.Id);
        json.WriteString("created_at"u8, Timestamps.Api(record.Created));
        json.WriteString("updated_at"u8, Timestamps.Api(record.Updated));
        json.WritePropertyName("story"u8);
        if (record.StoryContainerId is null && record.StoryId is null && record.StoryName is null) json.WriteNullValue();
        else WriteStory(json, record.StoryContainerId ?? record.StoryId, record.StoryName);
        json.WriteString("story_run_guid"u8, record.StoryRun);
        WriteType(json, snapshot.Type);
        json.WriteBoolean("test_mode"u8, record.IsTest);
        WriteValues(json, snapshot, answer.Fields, answer.Contents);
        json.WriteStartArray("child_records"u8);
        foreach (var child in answer.Children) WriteChild(json, child);
        if (answer.Children.Count == 0) WriteIds(json, answer.ChildIds);
        json.WriteEndArray();
        json.WriteStartArray("child_record_ids"u8);
        foreach (var id in answer.ChildIds) json.WriteNumberValue(id);
        json.WriteEndArray();
        json.WriteStartArray("child_record_result_sets"u8);
        WriteIds(json, answer.ChildIds);
        json.WriteEndArray();
        WriteParent(json, "parent_record"u8, answer.ParentId);
        WriteParent(json, "parent_record_result_set"u8, answer.ParentId);
        WriteNumber(json, "parent_id"u8, answer.ParentId);
        WriteArtifacts(json, snapshot);
        WriteCases(json, snapshot);
        WriteResult(json, snapshot, answer.Fields, answer.Contents);
        json.WriteEndObject();
    }

    /// <summary>A row of a list: flat, fields by their names.</summary>
    public static void WriteRow(
        Utf8JsonWriter json, RecordSnapshot snapshot, IReadOnlyList<RecordField> fields, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        json.WriteStartObject();
        WriteFlat(json, snapshot, fields, contents);
        json.WriteString("updated_at"u8, Timestamps.Api(snapshot.Record.Updated));
        WriteCases(json, snapshot);
        json.WriteNumber("id"u8, snapshot.Record.Id);
        json.WriteEndObject();
    }

    /// <summary>What happened to the records of a type.</summary>
    public static void WriteChanges(Utf8JsonWriter json, ChangePage page)
    {
        var fields = AllFields(page.Type);
        json.WriteStartObject();
        json.WriteStartArray("changes"u8);
        foreach (var change in page.Changes)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, WireNames<ChangeKind>.Of(change.Kind));
            json.WriteNumber("id"u8, change.Id);
            json.WriteNumber("version"u8, change.Version);
            json.WriteString("at"u8, Timestamps.Api(change.At));
            if (change.Record is { } record)
            {
                json.WriteBoolean("test_mode"u8, record.Record.IsTest);
                json.WritePropertyName("record"u8);
                WriteRow(json, record, fields, contents: null);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("meta"u8);
        json.WriteString("next"u8, page.Next.ToString());
        json.WriteBoolean("more"u8, page.More);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>An artifact with its content.</summary>
    public static void WriteArtifact(Utf8JsonWriter json, ResolvedArtifact artifact)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, artifact.Reference.Id);
        json.WritePropertyName("value"u8);
        WriteContent(json, artifact.Field, artifact.Utf8);
        WriteArtifactOrigin(json, artifact.Reference, artifact.Field);
        json.WriteEndObject();
    }

    /// <summary>A stored scalar: integers without an exponent, whatever their size.</summary>
    public static void WriteScalar(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case long integer: json.WriteNumberValue(integer); break;
            case double number when double.IsInteger(number) && Math.Abs(number) <= 1L << 53: json.WriteNumberValue((long)number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            default: json.WriteNullValue(); break;
        }
    }

    private static void WriteChild(Utf8JsonWriter json, RecordSnapshot child)
    {
        var fields = AllFields(child.Type);
        json.WriteStartObject();
        json.WriteNumber("id"u8, child.Record.Id);
        json.WriteString("created_at"u8, Timestamps.Api(child.Record.Created));
        json.WriteString("updated_at"u8, Timestamps.Api(child.Record.Updated));
        WriteType(json, child.Type);
        json.WriteBoolean("test_mode"u8, child.Record.IsTest);
        WriteValues(json, child, fields, null);
        WriteCases(json, child);
        WriteResult(json, child, fields, null);
        json.WriteEndObject();
    }

    private static void WriteValues(
        Utf8JsonWriter json, RecordSnapshot snapshot, IReadOnlyList<RecordField> fields, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        json.WriteStartArray("records"u8);
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteString("field_id"u8, field.Id.ToString(CultureInfo.InvariantCulture));
            json.WriteString("name"u8, field.Name);
            json.WritePropertyName("value"u8);
            WriteValue(json, snapshot, field, contents);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResult(
        Utf8JsonWriter json, RecordSnapshot snapshot, IReadOnlyList<RecordField> fields, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        json.WriteStartObject("result"u8);
        json.WriteNumber("id"u8, snapshot.Record.Id);
        WriteFlat(json, snapshot, fields, contents);
        WriteCases(json, snapshot);
        json.WriteString("updated_at"u8, Timestamps.Api(snapshot.Record.Updated));
        json.WriteEndObject();
    }

    private static void WriteFlat(
        Utf8JsonWriter json, RecordSnapshot snapshot, IReadOnlyList<RecordField> fields, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        foreach (var field in fields)
        {
            json.WritePropertyName(field.Name);
            WriteValue(json, snapshot, field, contents);
        }
    }

    private static void WriteValue(
        Utf8JsonWriter json, RecordSnapshot snapshot, RecordField field, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents)
    {
        var value = ValueOf(snapshot, field);
        if (value is not long artifactId || field.Type is not (FieldType.Artifact or FieldType.Json))
        {
            WriteScalar(json, value);
        }
        else if (contents is not null && contents.TryGetValue(field.Id, out var utf8))
        {
            WriteContent(json, field, utf8);
        }
        else
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, artifactId);
            json.WriteBoolean("is_artifact"u8, true);
            json.WriteEndObject();
        }
    }

    private static void WriteContent(Utf8JsonWriter json, RecordField field, ReadOnlyMemory<byte> utf8)
    {
        if (field.Type == FieldType.Json) json.WriteRawValue(utf8.Span, skipInputValidation: true);
        else json.WriteStringValue(utf8.Span);
    }

    /// <summary>A field's stored value; an artifact's is its id.</summary>
    public static object? ValueOf(RecordSnapshot snapshot, RecordField field)
    {
        var type = snapshot.Type;
        if (field.Id == type.TimestampFieldId) return Timestamps.FieldValue(snapshot.Record.Created);
        if (field.Id == type.StoryNameFieldId) return snapshot.Record.StoryName;
        for (var i = 0; i < type.Fields.Count; i++)
        {
            if (type.Fields[i].Id == field.Id) return snapshot.Record.Values[i];
        }

        return null;
    }

    private static void WriteArtifacts(Utf8JsonWriter json, RecordSnapshot snapshot)
    {
        json.WriteStartArray("record_artifacts"u8);
        foreach (var reference in ArtifactReferences.Decode(snapshot.Record.Artifacts))
        {
            if (snapshot.Type.Field(reference.FieldId) is not { } field) continue;
            json.WriteStartObject();
            json.WriteNumber("id"u8, reference.Id);
            WriteArtifactOrigin(json, reference, field);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteArtifactOrigin(Utf8JsonWriter json, ArtifactReference reference, RecordField field)
    {
        json.WriteStartObject("record_field"u8);
        json.WriteNumber("id"u8, field.Id);
        json.WriteString("name"u8, field.Name);
        json.WriteEndObject();
        json.WriteString("created_at"u8, Timestamps.Api(reference.Created));
        json.WriteString("updated_at"u8, Timestamps.Api(reference.Updated));
    }

    private static void WriteType(Utf8JsonWriter json, RecordType type)
    {
        json.WriteStartObject("record_type"u8);
        json.WriteNumber("id"u8, type.Id);
        json.WriteString("name"u8, type.Name);
        json.WriteEndObject();
    }

    private static void WriteCases(Utf8JsonWriter json, RecordSnapshot snapshot)
    {
        json.WritePropertyName("case_ids"u8);
        json.WriteRawValue(snapshot.Record.CaseIds ?? "[]", skipInputValidation: true);
    }

    private static void WriteStory(Utf8JsonWriter json, long? id, string? name)
    {
        json.WriteStartObject();
        WriteNumber(json, "id"u8, id);
        json.WriteString("name"u8, name);
        json.WriteEndObject();
    }

    private static void WriteParent(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? id)
    {
        json.WriteStartObject(name);
        WriteNumber(json, "id"u8, id);
        json.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter json, IReadOnlyList<long> ids)
    {
        foreach (var id in ids)
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, id);
            json.WriteEndObject();
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}

/// <summary>What the answer to a get or an update holds.</summary>
/// <param name="Snapshot">The record.</param>
/// <param name="Fields">The fields to show.</param>
/// <param name="Contents">The artifacts' contents by field, or null for references.</param>
/// <param name="ParentId">The parent that the caller may know of.</param>
/// <param name="ChildIds">The children's ids.</param>
/// <param name="Children">The children's data, where it was asked for.</param>
internal sealed record RecordAnswer(
    RecordSnapshot Snapshot,
    IReadOnlyList<RecordField> Fields,
    IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? Contents,
    long? ParentId,
    IReadOnlyList<long> ChildIds,
    IReadOnlyList<RecordSnapshot> Children);
