using System.Globalization;
using System.Text.Json;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Blocks and their elements on the wire (cases.md, "blocks").</summary>
public static class BlockJson
{
    /// <summary>Writes a block.</summary>
    public static void Write(Utf8JsonWriter json, BlockView view, CaseStyle style)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, view.Block.Id);
        json.WriteString("slug"u8, view.Slug);
        json.WriteString("title"u8, view.Block.Text(BlockRow.Title));
        json.WriteString("block_type"u8, view.Type);
        json.WriteNumber("position"u8, view.Position);
        json.WriteBoolean("hidden"u8, view.Block.Flag(BlockRow.Hidden));
        if (view.GroupId is { } group) json.WriteNumber("block_group_id"u8, group);
        else json.WriteNull("block_group_id"u8);
        json.WriteStartArray("elements"u8);
        foreach (var element in view.Elements) WriteElement(json, view.CaseId, element, view.Tenant, style);
        json.WriteEndArray();
        CaseJson.WriteTime(json, "created_at", view.Block.Created);
        CaseJson.WriteTime(json, "updated_at", view.Block.Updated);
        json.WriteEndObject();
    }

    /// <summary>Writes an element. HTML is written as it was given: whoever shows it must make it safe.</summary>
    public static void WriteElement(Utf8JsonWriter json, long caseId, CasePart element, TenantSnapshot tenant, CaseStyle style)
    {
        var file = element.Number(ElementRow.File);
        json.WriteStartObject();
        json.WriteNumber("element_id"u8, element.Id);
        json.WriteNumber("id"u8, file ?? element.Id);
        json.WriteString("element_type"u8, element.Text(ElementRow.Type));
        CaseJson.WriteActor(json, "author", tenant, element.Number(ElementRow.Author));
        CaseJson.WriteTime(json, "created_at", element.Created);
        CaseJson.WriteTime(json, "updated_at", element.Updated);
        if (file is { } id)
        {
            json.WriteStartObject("file"u8);
            json.WriteString("filename"u8, element.Text(ElementRow.Filename));
            json.WriteString("url"u8, string.Create(CultureInfo.InvariantCulture, $"{style.Host}/api/v2/cases/{caseId}/files/{id}/download"));
            json.WriteEndObject();
            json.WriteString("annotation"u8, style.Text(element.LongText(ElementRow.Content), tenant));
        }
        else
        {
            var content = element.LongText(ElementRow.Content);
            json.WriteString("content"u8, element.Text(ElementRow.NoteType) == CaseBlocks.HtmlNote ? content : style.Text(content, tenant));
            json.WriteString("note_type"u8, element.Text(ElementRow.NoteType));
            json.WriteString("color"u8, element.Text(ElementRow.Color));
        }

        json.WriteEndObject();
    }
}
