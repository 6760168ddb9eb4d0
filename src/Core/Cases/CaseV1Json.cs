using System.Globalization;
using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>A case as v1 answers it (cases.md, "Cases v1"): the same case as <see cref="CaseJson"/> writes, by the members that the older API has.</summary>
public static class CaseV1Json
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
        json.WriteString("url"u8, string.Create(CultureInfo.InvariantCulture, $"{style.Host}/team/{found.TeamId}/cases/{found.Id}"));
        CaseJson.WriteRaw(json, "metadata", found.Metadata);
        CaseJson.WriteUser(json, "author", tenant, found.User(CaseRow.Author));
        CaseJson.WriteUser(json, "opened_by", tenant, found.User(CaseRow.OpenedBy));
        CaseJson.WriteUser(json, "resolved_by", tenant, found.User(CaseRow.ResolvedBy));
        CaseJson.WriteUsers(json, "assignees", tenant, found.Assignees);
        CaseJson.WriteTags(json, view);

        json.WriteStartArray("team_case_actions"u8);
        foreach (var activity in found.Of(PartKind.Activity).TakeLast(CaseSnapshot.LatestActivities)) WriteActivity(json, activity, view, style);
        json.WriteEndArray();

        CaseJson.WriteTeam(json, tenant, found.TeamId);
        json.WriteStartArray("team_case_buttons"u8);
        foreach (var action in found.Of(PartKind.Action)) WriteButton(json, action);
        json.WriteEndArray();
        CaseJson.WriteRaw(json, "closure_conditions", found.ClosureConditions);
        json.WriteStartArray("linked_cases"u8);
        foreach (var id in view.Linked.Keys.Order()) json.WriteNumberValue(id);
        json.WriteEndArray();
        CaseJson.WriteTime(json, "opened_at", found.Time(CaseRow.Opened));
        CaseJson.WriteTime(json, "resolved_at", found.Time(CaseRow.Resolved));
        CaseJson.WriteTime(json, "created_at", found.Time(CaseRow.Created));
        CaseJson.WriteTime(json, "updated_at", found.Time(CaseRow.Updated));
        json.WriteStartArray("records"u8);
        foreach (var record in view.Records) WriteRecord(json, record);
        json.WriteEndArray();
        json.WriteString("priority"u8, found.Priority.ToString().ToUpperInvariant());
        json.WriteEndObject();
    }

    private static void WriteActivity(Utf8JsonWriter json, CasePart activity, CaseView view, CaseStyle style)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, activity.Id);
        json.WriteString("action"u8, activity.Text(ActivityRow.Type));
        json.WriteString("value"u8, style.Text(activity.LongText(ActivityRow.Value), view.Tenant));
        CaseJson.WriteActor(json, "user", view.Tenant, activity.Number(ActivityRow.User));
        json.WriteEndObject();
    }

    private static void WriteButton(Utf8JsonWriter json, CasePart action)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, action.Id);
        json.WriteString("button_type"u8, action.Text(ActionRow.Type));
        json.WriteString("url"u8, action.Text(ActionRow.Url));
        json.WriteString("label"u8, action.Text(ActionRow.Label));
        json.WriteString("button_text"u8, action.Text(ActionRow.Text));
        json.WriteEndObject();
    }

    private static void WriteRecord(Utf8JsonWriter json, LinkedRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, record.Id);
        json.WriteStartArray("results"u8);
        foreach (var (fieldId, name, value) in record.Values) CaseJson.WriteResult(json, fieldId, name, value);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
