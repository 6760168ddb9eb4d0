using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;

namespace Casefile.Functions.Cases;

/// <summary>Reads the parameters of what is on a case's page: notes, blocks, actions, metadata (cases.md, "Inside a case").</summary>
internal static class PageParameters
{
    public static NewNote ReadNote(ParameterObject note) => new(
        note.RequiredText("title"),
        note.Text("content"),
        note.OneOf("color", NoteColor.All),
        note.Position("position"),
        note.Flag("sensitive") ?? false,
        note.Text("author_email"));

    public static NoteChanges ReadNoteChanges(ParameterObject note) => new(
        note.Text("title"),
        note.Text("content"),
        note.OneOf("color", NoteColor.All),
        note.Position("position"),
        note.Flag("sensitive"),
        note.Text("author_email"));

    public static NoteAppendix ReadAppendix(ParameterObject note) => new(note.RequiredText("content"), note.Text("author_email"));

    public static NewBlock ReadBlock(ParameterObject block) => new(
        block.RequiredText("title"),
        block.RequiredOneOf("block_type", BlockType.All),
        block.Objects("elements")?.Select(ReadElement).ToArray() ?? [],
        block.Position("position"),
        block.Flag("hidden") ?? false,
        ReadReference(block, "block_group_id"),
        block.Text("author_email"));

    public static BlockChanges ReadBlockChanges(ParameterObject block) => new(
        block.Text("title"),
        block.Position("position"),
        block.Flag("hidden"),
        ReadReference(block, "block_group_id"),
        OutOfGroup: block.IsNull("block_group_id"));

    public static ElementChanges ReadElementChanges(ParameterObject element) => new(element.Text("content"), element.OneOf("color", NoteColor.All));

    /// <summary>The actions of v2; null when absent.</summary>
    public static IReadOnlyList<ActionMembers>? ReadActions(ParameterObject parameters) => parameters.Objects("actions")?.Select(ReadAction).ToArray();

    /// <summary>The buttons of v1; null when absent.</summary>
    public static IReadOnlyList<ActionMembers>? ReadButtons(ParameterObject parameters) => parameters.Objects("team_case_buttons")?.Select(ReadButton).ToArray();

    public static ActionMembers ReadAction(ParameterObject action) => new(
        action.RequiredText("url"),
        action.RequiredText("label"),
        action.RequiredOneOf("action_type", CaseActions.Types),
        action.Text("action_text"),
        ReadObject(action, "query_params"));

    public static ActionMembers ReadActionChanges(ParameterObject action) => new(
        action.Text("url"),
        action.Text("label"),
        action.OneOf("action_type", CaseActions.Types),
        action.Text("action_text"),
        ReadObject(action, "query_params"));

    public static ActionMembers ReadButton(ParameterObject button) => new(
        button.RequiredText("url"), button.RequiredText("label"), button.RequiredOneOf("button_type", CaseActions.Types), button.Text("button_text"));

    public static ActionMembers ReadButtonChanges(ParameterObject button) => new(
        button.Text("url"), button.Text("label"), button.OneOf("button_type", CaseActions.Types), button.Text("button_text"));

    /// <summary>A JSON object; null when absent or wrong.</summary>
    public static JsonElement? ReadObject(ParameterObject parameters, string name)
    {
        if (parameters.Json(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return value.Clone();
        parameters.Malformed(name, "must be an object");
        return null;
    }

    private static NewElement ReadElement(ParameterObject element)
    {
        // A file is refused by the block's rules, which say where it belongs; it has no content that could be missing.
        var content = element.Has("file_contents") ? "" : element.RequiredText("content");
        return new NewElement(content, element.Text("note_type"), element.OneOf("color", NoteColor.All));
    }

    /// <summary>A block by its id or its slug.</summary>
    private static string? ReadReference(ParameterObject parameters, string name) => parameters.Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => parameters.Text(name),
    };
}
