using System.Globalization;
using System.Text.Json;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// A case as v2 answers it (cases.md, "Cases v2"). It stands in Core since closure conditions are about the case as its GET shows it.
/// </summary>
public static class CaseJson
{
    /// <summary>Writes the case.</summary>
    public static void Write(Utf8JsonWriter json, CaseView view, CaseStyle style)
    {
        var (found, tenant) = (view.Case, view.Tenant);
        json.WriteStartObject();
        json.WriteNumber("case_id"u8, found.Id);
        json.WriteString("name"u8, found.Name);
        json.WriteString("description"u8, style.Text(found.Description, tenant) ?? "");
        json.WriteString("status"u8, found.IsClosed ? "CLOSED"u8 : "OPEN"u8);
        WriteSubStatus(json, view);
        json.WriteString("url"u8, string.Create(CultureInfo.InvariantCulture, $"{style.Host}/cases/{found.Id}"));
        WriteRaw(json, "metadata", found.Metadata);
        WriteUser(json, "author", tenant, found.User(CaseRow.Author));
        WriteUser(json, "opened_by", tenant, found.User(CaseRow.OpenedBy));
        WriteUser(json, "resolved_by", tenant, found.User(CaseRow.ResolvedBy));
        WriteUsers(json, "assignees", tenant, found.Assignees);
        WriteTags(json, view);

        json.WriteStartArray("activities"u8);
        foreach (var activity in found.Of(PartKind.Activity).TakeLast(CaseSnapshot.LatestActivities)) PartJson.WriteActivity(json, activity, tenant, style, found.Id);
        json.WriteEndArray();
        json.WriteStartObject("activities_meta"u8);
        json.WriteNumber("count"u8, found.Activities);
        json.WriteEndObject();

        WriteTeam(json, tenant, found.TeamId);
        json.WriteStartArray("actions"u8);
        foreach (var action in found.Of(PartKind.Action)) ActionJson.Write(json, found.Id, action);
        json.WriteEndArray();
        json.WriteStartArray("fields"u8);
        foreach (var field in found.Of(PartKind.Field)) FieldJson.Write(json, field, view.Things, style, found.TeamId);
        json.WriteEndArray();
        json.WriteStartArray("linked_cases"u8);
        foreach (var (id, name) in view.Linked.OrderBy(linked => linked.Key))
        {
            json.WriteStartObject();
            json.WriteNumber("case_id"u8, id);
            json.WriteString("name"u8, name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("sla"u8);
        json.WriteEndObject();
        json.WriteStartArray("slas"u8);
        json.WriteEndArray();
        json.WriteStartArray("tasks"u8);
        foreach (var task in found.Of(PartKind.Task)) PartJson.WriteTask(json, task, tenant);
        json.WriteEndArray();
        json.WriteStartArray("blocks"u8);
        foreach (var block in BlockView.AllOf(found, tenant)) BlockJson.Write(json, block, style);
        json.WriteEndArray();
        WriteRecords(json, view.Records, view.RecordCount);
        WriteTime(json, "opened_at", found.Time(CaseRow.Opened));
        WriteTime(json, "resolved_at", found.Time(CaseRow.Resolved));
        WriteTime(json, "created_at", found.Time(CaseRow.Created));
        WriteTime(json, "updated_at", found.Time(CaseRow.Updated));
        json.WriteString("priority"u8, found.Priority.ToString().ToUpperInvariant());
        WriteRaw(json, "closure_conditions", found.ClosureConditions);
        json.WriteEndObject();
    }

    /// <summary>Writes a user inside a case: <c>{id, first_name, last_name, email, is_service_account}</c>; null where there is none.</summary>
    public static void WriteUser(Utf8JsonWriter json, string name, TenantSnapshot tenant, long? userId)
    {
        json.WritePropertyName(name);
        if (userId is { } id) WriteUser(json, tenant, id, "id");
        else json.WriteNullValue();
    }

    /// <summary>Writes users inside a case.</summary>
    public static void WriteUsers(Utf8JsonWriter json, string name, TenantSnapshot tenant, IEnumerable<long> userIds)
    {
        json.WriteStartArray(name);
        foreach (var id in userIds) WriteUser(json, tenant, id, "id");
        json.WriteEndArray();
    }

    /// <summary>Writes a user of an activity, comment, file, note or subscription: <c>{user_id, …, avatar_url, …}</c>.</summary>
    public static void WriteActor(Utf8JsonWriter json, string name, TenantSnapshot tenant, long? userId)
    {
        json.WritePropertyName(name);
        if (userId is { } id) WriteUser(json, tenant, id, "user_id");
        else json.WriteNullValue();
    }

    /// <summary>Writes a timestamp of whole seconds, or null.</summary>
    public static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } given) json.WriteString(name, given.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        else json.WriteNull(name);
    }

    /// <summary>Writes the team: <c>{id, name}</c>.</summary>
    public static void WriteTeam(Utf8JsonWriter json, TenantSnapshot tenant, long teamId)
    {
        json.WriteStartObject("team"u8);
        json.WriteNumber("id"u8, teamId);
        json.WriteString("name"u8, tenant.Teams.GetValueOrDefault(teamId)?.Name);
        json.WriteEndObject();
    }

    /// <summary>Writes the tags: <c>[{id, name}]</c>.</summary>
    public static void WriteTags(Utf8JsonWriter json, CaseView view)
    {
        json.WriteStartArray("tags"u8);
        foreach (var tag in view.Case.Tags)
        {
            if (view.TextOf(CaseRow.TagPrefix, tag, CaseTags.Name) is not { } name) continue;
            json.WriteStartObject();
            json.WriteNumber("id"u8, tag);
            json.WriteString("name"u8, name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a member whose value is kept as JSON.</summary>
    public static void WriteRaw(Utf8JsonWriter json, string name, string value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }

    private static void WriteSubStatus(Utf8JsonWriter json, CaseView view)
    {
        if (view.Case.SubStatusId is { } id && view.TextOf(CaseRow.SubStatusPrefix, id, "name") is { } name)
        {
            json.WriteStartObject("sub_status"u8);
            json.WriteNumber("id"u8, id);
            json.WriteString("name"u8, name);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("sub_status"u8);
        }
    }

    private static void WriteRecords(Utf8JsonWriter json, IReadOnlyList<LinkedRecord> records, long count)
    {
        json.WriteStartArray("records"u8);
        foreach (var type in records.GroupBy(record => (record.TypeId, record.TypeName)))
        {
            json.WriteStartObject();
            json.WriteNumber("record_type_id"u8, type.Key.TypeId);
            json.WriteString("record_type_name"u8, type.Key.TypeName);
            json.WriteStartArray("record_type_record_results"u8);
            foreach (var record in type)
            {
                json.WriteStartObject();
                json.WriteNumber("id"u8, record.Id);
                json.WriteStartArray("results"u8);
                foreach (var (fieldId, name, value) in record.Values) WriteResult(json, fieldId, name, value);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("records_meta"u8);
        json.WriteNumber("count"u8, count);
        json.WriteEndObject();
    }

    /// <summary>Writes a record of a case: <c>{id, record_type, records, created_at}</c>.</summary>
    public static void WriteRecord(Utf8JsonWriter json, LinkedRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, record.Id);
        json.WriteStartObject("record_type"u8);
        json.WriteNumber("id"u8, record.TypeId);
        json.WriteString("name"u8, record.TypeName);
        json.WriteEndObject();
        json.WriteStartArray("records"u8);
        foreach (var (fieldId, name, value) in record.Values) WriteResult(json, fieldId, name, value);
        json.WriteEndArray();
        WriteTime(json, "created_at", record.Created);
        json.WriteEndObject();
    }

    /// <summary>Writes a value of a record: <c>{id, name, value}</c>.</summary>
    public static void WriteResult(Utf8JsonWriter json, long fieldId, string name, object? value)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, fieldId);
        json.WriteString("name"u8, name);
        json.WritePropertyName("value"u8);
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case double number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            default: json.WriteStringValue(value.ToString()); break;
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the members of a user as <see cref="WriteActor"/> has them.</summary>
    public static void WriteActorMembers(Utf8JsonWriter json, TenantSnapshot tenant, long userId) => WriteUserMembers(json, tenant, userId, "user_id");

    private static void WriteUser(Utf8JsonWriter json, TenantSnapshot tenant, long id, string idName)
    {
        json.WriteStartObject();
        WriteUserMembers(json, tenant, id, idName);
        json.WriteEndObject();
    }

    private static void WriteUserMembers(Utf8JsonWriter json, TenantSnapshot tenant, long id, string idName)
    {
        var user = tenant.Users.GetValueOrDefault(id);
        json.WriteNumber(idName, id);
        json.WriteString("first_name"u8, user?.Called.First ?? "");
        json.WriteString("last_name"u8, user?.Called.Last ?? "");
        json.WriteString("email"u8, user?.Email);
        if (idName == "user_id") json.WriteNull("avatar_url"u8);
        json.WriteBoolean("is_service_account"u8, user?.IsServiceAccount ?? false);
    }
}
