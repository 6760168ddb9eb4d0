using Casefile.Functions.Tests.Tenancy;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Who may call what links cases with records and with each other.</summary>
internal static class CaseLinkAccess
{
    public static IReadOnlyDictionary<string, AccessRule> Rules { get; } = new Dictionary<string, AccessRule>
    {
        ["CaseRecordsCreate"] = new(Needs.Editor, team => RecordToLinkAsync(team, 2)),
        ["CaseRecordsDelete"] = new(Needs.Editor, async team => (await LinkedRecordAsync(team, 2), null)),
        ["CaseRecordsGet"] = new(Needs.Viewer, async team => (await LinkedRecordAsync(team, 2), null)),
        ["CaseRecordsList"] = new(Needs.Viewer, async team => (await RecordsOfAsync(team, 2), null)),
        ["CaseRecordsV1Create"] = new(Needs.Editor, team => RecordToLinkAsync(team, 1)),
        ["CaseRecordsV1Delete"] = new(Needs.Editor, async team => (await LinkedRecordAsync(team, 1), null)),
        ["CaseRecordsV1Get"] = new(Needs.Viewer, async team => (await LinkedRecordAsync(team, 1), null)),
        ["CaseRecordsV1List"] = new(Needs.Viewer, async team => (await RecordsOfAsync(team, 1), null)),
        ["LinkedCasesBatch"] = new(Needs.Editor, async team => ($"/api/v2/cases/{await team.CaseAsync()}/linked_cases/batch", $$"""{"ids":[{{await team.CaseAsync()}}]}""")),
        ["LinkedCasesCreate"] = new(Needs.Editor, async team => ($"/api/v2/cases/{await team.CaseAsync()}/linked_cases", $$"""{"id":{{await team.CaseAsync()}}}""")),
        ["LinkedCasesDelete"] = new(Needs.Editor, async team =>
        {
            var (id, other) = await LinkedAsync(team);
            return ($"/api/v2/cases/{id}/linked_cases/{other}", null);
        }),
        ["LinkedCasesList"] = new(Needs.Viewer, async team => ($"/api/v2/cases/{(await LinkedAsync(team)).Id}/linked_cases", null)),
    };

    private static async Task<(string Path, string? Body)> RecordToLinkAsync(TestTeam team, int version)
        => ($"/api/v{version}/cases/{await team.CaseAsync()}/records", $$"""{"record_id":{{await team.RecordAsync()}}}""");

    private static async Task<(long Id, long Other)> LinkedAsync(TestTeam team)
    {
        var (id, other) = (await team.CaseAsync(), await team.CaseAsync());
        await team.Service.PostAsync($"/api/v2/cases/{id}/linked_cases", $$"""{"id":{{other}}}""");
        return (id, other);
    }

    private static async Task<string> LinkedRecordAsync(TestTeam team, int version)
    {
        var id = await team.CaseAsync();
        return $"/api/v{version}/cases/{id}/records/{await team.RecordAsync($",\"case_ids\":[{id}]")}";
    }

    private static async Task<string> RecordsOfAsync(TestTeam team, int version)
    {
        var id = await team.CaseAsync();
        await team.RecordAsync($",\"case_ids\":[{id}]");
        return $"/api/v{version}/cases/{id}/records";
    }
}
