using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>Actions on the wire: as v2 has them, and as the buttons of v1 (cases.md, "actions", "Cases v1").</summary>
public static class ActionJson
{
    /// <summary>Writes an action.</summary>
    public static void Write(Utf8JsonWriter json, long caseId, CasePart action)
    {
        WriteStart(json, caseId, action);
        json.WriteString("action_type"u8, action.Text(ActionRow.Type));
        json.WriteString("action_text"u8, action.Text(ActionRow.Text));
        if (action.Text(ActionRow.QueryParameters) is { } query) CaseJson.WriteRaw(json, "query_params", query);
        else json.WriteNull("query_params"u8);
        WriteEnd(json, action);
    }

    /// <summary>Writes a button.</summary>
    public static void WriteButton(Utf8JsonWriter json, long caseId, CasePart action)
    {
        WriteStart(json, caseId, action);
        json.WriteString("button_type"u8, action.Text(ActionRow.Type));
        json.WriteString("button_text"u8, action.Text(ActionRow.Text));
        WriteEnd(json, action);
    }

    private static void WriteStart(Utf8JsonWriter json, long caseId, CasePart action)
    {
        json.WriteStartObject();
        json.WriteNumber("case_id"u8, caseId);
        json.WriteNumber("id"u8, action.Id);
        json.WriteString("url"u8, action.Text(ActionRow.Url));
        json.WriteString("label"u8, action.Text(ActionRow.Label));
    }

    /// <summary>There are no stories here that a URL could be one of.</summary>
    private static void WriteEnd(Utf8JsonWriter json, CasePart action)
    {
        json.WriteNull("story_name"u8);
        json.WriteNull("story_emoji"u8);
        json.WriteNull("page_emoji"u8);
        CaseJson.WriteTime(json, "created_at", action.Created);
        CaseJson.WriteTime(json, "updated_at", action.Updated);
        json.WriteEndObject();
    }
}
