using Casefile.Functions.Tests.Tenancy;
using static Casefile.Functions.Tests.Tenancy.AccessRule;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Who may call the endpoints of cases in v1, and those of what is around cases.</summary>
internal static class CaseAroundAccess
{
    public static IReadOnlyDictionary<string, AccessRule> Rules { get; } = new Dictionary<string, AccessRule>
    {
        ["CasesV1Create"] = new(Needs.Editor, team => At("/api/v1/cases", team.CaseBody())),
        ["CasesV1Delete"] = new(Needs.Editor, async team => ($"/api/v1/cases/{await team.CaseAsync()}", null)),
        ["CasesV1Get"] = new(Needs.Viewer, async team => ($"/api/v1/cases/{await team.CaseAsync()}", null)),
        ["CasesV1List"] = new(Needs.Viewer, async team =>
        {
            await team.CaseAsync();
            return ($"/api/v1/cases?team_id={team.Id}", null);
        }),
        ["CasesV1Update"] = new(Needs.Editor, async team => ($"/api/v1/cases/{await team.CaseAsync()}", $$"""{"description":"{{team.Word}} again"}""")),
        ["CaseFieldsCreate"] = new(Needs.Editor, async team => ($"/api/v2/cases/{await team.CaseAsync()}/fields", Field(team, await InputAsync(team)))),
        ["CaseFieldsDelete"] = new(Needs.Editor, async team => (await FieldAsync(team), null)),
        ["CaseFieldsGet"] = new(Needs.Viewer, async team => (await FieldAsync(team), null)),
        ["CaseFieldsList"] = new(Needs.Viewer, async team => (Above(await FieldAsync(team)), null)),
        ["CaseFieldsUpdate"] = new(Needs.Editor, async team => (await FieldAsync(team), $$"""{"value":"{{team.Word}} again"}""")),
        ["CaseInputsCreate"] = new(Needs.Admin, team => At("/api/v1/case_inputs", Input(team))),
        ["CaseInputsFields"] = new(Needs.Viewer, async team => ($"/api/v1/case_inputs/{await InputAsync(team)}/fields", null)),
        ["CaseInputsGet"] = new(Needs.Viewer, async team => ($"/api/v1/case_inputs/{await InputAsync(team)}", null)),
        ["CaseInputsList"] = new(Needs.NothingToList, async team =>
        {
            await InputAsync(team);
            return ("/api/v1/case_inputs?per_page=500", null);
        }),
        ["CaseSubStatusesCreate"] = new(Needs.Admin, team => At("/api/v1/case_sub_statuses", SubStatus(team))),
        ["CaseSubStatusesDelete"] = new(Needs.Admin, async team => ($"/api/v1/case_sub_statuses/{await SubStatusAsync(team)}", null)),
        ["CaseSubStatusesGet"] = new(Needs.Viewer, async team => ($"/api/v1/case_sub_statuses/{await SubStatusAsync(team)}", null)),
        ["CaseSubStatusesList"] = new(Needs.NothingToList, async team =>
        {
            await SubStatusAsync(team);
            return ("/api/v1/case_sub_statuses?per_page=500", null);
        }),
        ["CaseSubStatusesUpdate"] = new(
            Needs.Admin, async team => ($"/api/v1/case_sub_statuses/{await SubStatusAsync(team)}", $$"""{"description":"{{team.Word}}"}""")),
        ["TagsCreate"] = new(Needs.Editor, team => At("/api/v1/tags", Tag(team))),
        ["TagsDelete"] = new(Needs.Admin, async team => ($"/api/v1/tags/{await TagAsync(team)}", null)),
        ["TagsGet"] = new(Needs.Viewer, async team => ($"/api/v1/tags/{await TagAsync(team)}", null)),
        ["TagsList"] = new(Needs.NothingToList, async team =>
        {
            await TagAsync(team);
            return ("/api/v1/tags?per_page=500", null);
        }),
        ["TagsUpdate"] = new(Needs.Admin, async team => ($"/api/v1/tags/{await TagAsync(team)}", """{"color":"red"}""")),
    };

    /// <summary>A name that nothing in the team has yet.</summary>
    private static string Name(TestTeam team) => $"{team.Word} {Guid.NewGuid():N}";

    private static string Tag(TestTeam team) => $$"""{"team_id":{{team.Id}},"name":"{{Name(team)}}"}""";

    /// <summary>Makes a tag.</summary>
    public static Task<long> TagAsync(TestTeam team) => team.MakeAsync("/api/v1/tags", Tag(team));

    private static string SubStatus(TestTeam team) => $$"""{"team_id":{{team.Id}},"name":"{{Name(team)}}"}""";

    /// <summary>Makes a sub-status.</summary>
    public static Task<long> SubStatusAsync(TestTeam team) => team.MakeAsync("/api/v1/case_sub_statuses", SubStatus(team));

    private static string Input(TestTeam team) => $$"""{"team_id":{{team.Id}},"name":"{{Name(team)}}","input_type":"string"}""";

    /// <summary>Makes a case input.</summary>
    public static async Task<long> InputAsync(TestTeam team)
        => (await team.Service.PostAsync("/api/v1/case_inputs", Input(team))).Json.GetProperty("team_case_input").GetProperty("id").GetInt64();

    private static string Field(TestTeam team, long input) => $$"""{"input_id":{{input}},"value":"{{team.Word}} value"}""";

    private static async Task<string> FieldAsync(TestTeam team)
    {
        var fields = $"/api/v2/cases/{await team.CaseAsync()}/fields";
        var made = await team.Service.PostAsync(fields, Field(team, await InputAsync(team)));
        return $"{fields}/{made.Json.GetProperty("field").GetProperty("id")}";
    }

    private static string Above(string path) => path[..path.LastIndexOf('/')];
}
