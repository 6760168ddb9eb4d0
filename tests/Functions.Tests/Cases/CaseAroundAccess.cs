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
    };
}
