using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>Notes on the wire (cases.md, "notes").</summary>
public static class NoteJson
{
    /// <summary>Writes a note.</summary>
    public static void Write(Utf8JsonWriter json, PartView view, CaseStyle style)
    {
        var note = view.Part;
        json.WriteStartObject();
        json.WriteNumber("case_id"u8, view.CaseId);
        json.WriteNumber("id"u8, note.Id);
        json.WriteString("title"u8, note.Text(NoteRow.Title));
        json.WriteString("content"u8, style.Text(note.LongText(NoteRow.Content), view.Tenant) ?? "");
        json.WriteString("color"u8, note.Text(NoteRow.Color));
        json.WriteBoolean("sensitive"u8, note.Flag(NoteRow.Sensitive));
        CaseJson.WriteTime(json, "created_at", note.Created);
        CaseJson.WriteTime(json, "updated_at", note.Updated);
        CaseJson.WriteActor(json, "author", view.Tenant, note.Number(NoteRow.Author));
        json.WriteEndObject();
    }
}
