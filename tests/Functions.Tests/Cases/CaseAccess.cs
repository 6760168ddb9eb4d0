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
        ["CasesUpdate"] = new(Needs.Editor, async team => ($"/api/v2/cases/{await team.CaseAsync()}", $$"""{"description":"{{team.Word}} again"}""")),
    };
}
