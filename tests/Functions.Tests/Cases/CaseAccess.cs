using Casefile.Functions.Tests.Tenancy;
using static Casefile.Functions.Tests.Tenancy.AccessRule;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Who may call the endpoints of cases.</summary>
internal static class CaseAccess
{
    public static IReadOnlyDictionary<string, AccessRule> Rules { get; } = new Dictionary<string, AccessRule>
    {
        ["CasesCreate"] = new(Needs.Editor, team => At("/api/v2/cases", team.CaseBody())),
        ["CasesDelete"] = new(Needs.Editor, async team => ($"/api/v2/cases/{await team.CaseAsync()}", null)),
        ["CasesGet"] = new(Needs.Viewer, async team => ($"/api/v2/cases/{await team.CaseAsync()}", null)),
        ["CasesList"] = new(Needs.Viewer, async team =>
        {
            await team.CaseAsync();
            return ($"/api/v2/cases?team_id={team.Id}", null);
        }),
        ["CasesPdf"] = new(Needs.Viewer, async team => ($"/api/v2/cases/{await team.CaseAsync()}/pdf", null)),
        ["CasesPdfV1"] = new(Needs.Viewer, async team => ($"/api/v1/cases/{await team.CaseAsync()}/pdf", null)),
        ["CasesUpdate"] = new(Needs.Editor, async team => ($"/api/v2/cases/{await team.CaseAsync()}", $$"""{"description":"{{team.Word}} again"}""")),
        ["CaseTasksCreate"] = new(Needs.Editor, async team => ($"/api/v2/cases/{await team.CaseAsync()}/tasks", Task(team))),
        ["CaseTasksDelete"] = new(Needs.Editor, async team => (await TaskAsync(team), null)),
        ["CaseTasksGet"] = new(Needs.Viewer, async team => (await TaskAsync(team), null)),
        ["CaseTasksList"] = new(Needs.Viewer, async team => ($"/api/v2/cases/{await team.CaseAsync()}/tasks", null)),
        ["CaseTasksUpdate"] = new(Needs.Editor, async team => (await TaskAsync(team), """{"completed":true}""")),
    };

    private static string Task(TestTeam team) => $$"""{"description":"{{team.Word}} task"}""";

    private static async Task<string> TaskAsync(TestTeam team)
    {
        var tasks = $"/api/v2/cases/{await team.CaseAsync()}/tasks";
        return $"{tasks}/{await team.MakeAsync(tasks, Task(team))}";
    }
}
