using Casefile.Functions.Tests.Tenancy;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Who may call the endpoints of what is on a case's page: notes, blocks, actions, metadata.</summary>
internal static class CasePageAccess
{
    public static IReadOnlyDictionary<string, AccessRule> Rules { get; } = new Dictionary<string, AccessRule>
    {
        ["CaseActionsCreate"] = new(Needs.Editor, async team => (await InAsync(team, "actions"), Action(team))),
        ["CaseActionsDelete"] = new(Needs.Editor, async team => (await ActionAsync(team), null)),
        ["CaseActionsGet"] = new(Needs.Viewer, async team => (await ActionAsync(team), null)),
        ["CaseActionsList"] = new(Needs.Viewer, async team => (await InAsync(team, "actions"), null)),
        ["CaseActionsReplace"] = new(Needs.Editor, async team => (await InAsync(team, "actions/batch"), $$"""{"actions":[{{Action(team)}}]}""")),
        ["CaseActionsUpdate"] = new(Needs.Editor, async team => (await ActionAsync(team), $$"""{"label":"{{team.Word}} again"}""")),
        ["CaseBlocksCreate"] = new(Needs.Editor, async team => (await InAsync(team, "blocks"), Block(team))),
        ["CaseBlocksDelete"] = new(Needs.Editor, async team => (await BlockAsync(team), null)),
        ["CaseBlocksGet"] = new(Needs.Viewer, async team => (await BlockAsync(team), null)),
        ["CaseBlocksList"] = new(Needs.Viewer, async team => (await InAsync(team, "blocks"), null)),
        ["CaseBlocksUpdate"] = new(Needs.Editor, async team => (await BlockAsync(team), $$"""{"title":"{{team.Word}} again"}""")),
        ["CaseButtonsCreate"] = new(Needs.Editor, async team => (await InAsync(team, "buttons", "v1"), Button(team))),
        ["CaseButtonsDelete"] = new(Needs.Editor, async team => (await ButtonAsync(team), null)),
        ["CaseButtonsGet"] = new(Needs.Viewer, async team => (await ButtonAsync(team), null)),
        ["CaseButtonsList"] = new(Needs.Viewer, async team => (await InAsync(team, "buttons", "v1"), null)),
        ["CaseButtonsUpdate"] = new(Needs.Editor, async team => (await ButtonAsync(team), $$"""{"label":"{{team.Word}} again"}""")),
        ["CaseElementsGet"] = new(Needs.Viewer, async team => (await ElementAsync(team), null)),
        ["CaseElementsUpdate"] = new(Needs.Editor, async team => (await ElementAsync(team), $$"""{"content":"{{team.Word}} again"}""")),
        ["CaseMetadataAdd"] = new(Needs.Editor, async team => (await InAsync(team, "metadata"), Metadata(team))),
        ["CaseMetadataGet"] = new(Needs.Viewer, async team => (await InAsync(team, "metadata"), null)),
        ["CaseMetadataGetOne"] = new(Needs.Viewer, async team => (await PairAsync(team, "v2"), null)),
        ["CaseMetadataRemove"] = new(Needs.Editor, async team => (await InAsync(team, "metadata"), """{"metadata":["key"]}""")),
        ["CaseMetadataSet"] = new(Needs.Editor, async team => (await InAsync(team, "metadata"), Metadata(team))),
        ["CaseMetadataV1Add"] = new(Needs.Editor, async team => (await InAsync(team, "metadata", "v1"), Metadata(team))),
        ["CaseMetadataV1Get"] = new(Needs.Viewer, async team => (await InAsync(team, "metadata", "v1"), null)),
        ["CaseMetadataV1GetOne"] = new(Needs.Viewer, async team => (await PairAsync(team, "v1"), null)),
        ["CaseMetadataV1Remove"] = new(Needs.Editor, async team => (await InAsync(team, "metadata", "v1"), """{"metadata":["key"]}""")),
        ["CaseMetadataV1Set"] = new(Needs.Editor, async team => (await InAsync(team, "metadata", "v1"), Metadata(team))),
        ["CaseNotesAppend"] = new(Needs.Editor, async team => (await NoteAsync(team) + "/content", $$"""{"content":"{{team.Word}} more"}""")),
        ["CaseNotesCreate"] = new(Needs.Editor, async team => (await InAsync(team, "notes"), Note(team))),
        ["CaseNotesDelete"] = new(Needs.Editor, async team => (await NoteAsync(team), null)),
        ["CaseNotesGet"] = new(Needs.Viewer, async team => (await NoteAsync(team), null)),
        ["CaseNotesList"] = new(Needs.Viewer, async team => (await InAsync(team, "notes"), null)),
        ["CaseNotesUpdate"] = new(Needs.Editor, async team => (await NoteAsync(team), $$"""{"title":"{{team.Word}} again"}""")),
    };

    private static string Note(TestTeam team) => $$"""{"title":"{{team.Word}} note","content":"{{team.Word}} content"}""";

    private static string Block(TestTeam team) => $$"""{"title":"{{team.Word}} block","block_type":"note","elements":[{"content":"{{team.Word}} content"}]}""";

    private static string Action(TestTeam team) => $$"""{"url":"https://example.com/{{team.Word}}","label":"{{team.Word}}","action_type":"page"}""";

    private static string Button(TestTeam team) => $$"""{"url":"https://example.com/{{team.Word}}","label":"{{team.Word}}","button_type":"page"}""";

    private static string Metadata(TestTeam team) => $$"""{"metadata":{"key":"{{team.Word}} value"} }""";

    private static async Task<string> InAsync(TestTeam team, string name, string version = "v2") => $"/api/{version}/cases/{await team.CaseAsync()}/{name}";

    private static async Task<string> NoteAsync(TestTeam team)
    {
        var notes = await InAsync(team, "notes");
        return $"{notes}/{await team.MakeAsync(notes, Note(team))}";
    }

    private static async Task<string> ActionAsync(TestTeam team)
    {
        var actions = await InAsync(team, "actions");
        return $"{actions}/{await team.MakeAsync(actions, Action(team))}";
    }

    private static async Task<string> ButtonAsync(TestTeam team)
    {
        var buttons = await InAsync(team, "buttons", "v1");
        return $"{buttons}/{await team.MakeAsync(buttons, Button(team))}";
    }

    private static async Task<string> BlockAsync(TestTeam team)
    {
        var blocks = await InAsync(team, "blocks");
        await team.Service.PostAsync(blocks, Block(team));
        return $"{blocks}/blk_{team.Word}_block";
    }

    private static async Task<string> ElementAsync(TestTeam team)
    {
        var blocks = await InAsync(team, "blocks");
        var block = (await team.Service.PostAsync(blocks, Block(team))).Json.GetProperty("block");
        return $"{blocks}/{block.GetProperty("id")}/elements/{block.GetProperty("elements")[0].GetProperty("element_id")}";
    }

    private static async Task<string> PairAsync(TestTeam team, string version)
    {
        var metadata = await InAsync(team, "metadata", version);
        await team.Service.PostAsync(metadata, Metadata(team));
        return metadata + "/key";
    }
}
