using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records.Bulk;

/// <summary>A record as lists and exports show it, read to be created anew: flat, fields by their names.</summary>
internal static class FlatRecord
{
    /// <summary>What an export has that a new record has of its own.</summary>
    private static readonly string[] Own = ["id", "updated_at", RecordType.TimestampField];

    /// <summary>Whether a new record has this of its own.</summary>
    public static bool IsOwn(string name) => Own.Contains(name);

    /// <summary>Reads a row. What is not known is a fault: data that nobody would miss at once is not dropped.</summary>
    public static NewRecord? Read(RecordType type, JsonElement row, bool isTest, ParameterFaults faults)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            faults.Malformed("Record is invalid", "must be an object of field names and values");
            return null;
        }

        var members = new ParameterObject(row, "", faults);
        var values = new List<FieldInput>();
        foreach (var member in row.EnumerateObject())
        {
            var name = member.Name;
            if (IsOwn(name) || name is "case_ids" or RecordType.StoryNameField) continue;
            if (FieldOf(type, name) is not { } field) faults.Invalid("Record field not found", $"{name}: record type {type.Id} has no such field");
            else if (field.PropertyType.IsAutomatic || (field.PropertyType.IsReadOnlyText && member.Value.ValueKind == JsonValueKind.Null)) continue;
            else if (IsReference(field, member.Value)) faults.Invalid(FieldValues.Invalid, $"{name}: is a reference to an artifact; export with resolve_artifacts=true to take its content along");
            else values.Add(new FieldInput(field.Id, member.Value, name));
        }

        return new NewRecord(type.Id, values)
        {
            IsTest = isTest,
            CaseIds = members.Ids("case_ids") ?? [],
            StoryName = members.Text(RecordType.StoryNameField),
        };
    }

    /// <summary>The custom field of this name, or null.</summary>
    public static RecordField? FieldOf(RecordType type, string name)
    {
        foreach (var field in type.Fields)
        {
            if (field.Name == name) return field;
        }

        return null;
    }

    private static bool IsReference(RecordField field, JsonElement value) => field.Type switch
    {
        FieldType.Json => IsReference(value),
        FieldType.Artifact when value.ValueKind == JsonValueKind.String
            => value.GetString() is ['{', .., '}'] and { Length: < 60 } text && StrictJson.TryParse(text, out var parsed, out _) && IsReference(parsed),
        FieldType.Artifact => IsReference(value),
        _ => false,
    };

    private static bool IsReference(JsonElement value)
        => value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 2
            && value.TryGetProperty("is_artifact", out var mark) && mark.ValueKind == JsonValueKind.True && value.TryGetProperty("id", out _);
}
