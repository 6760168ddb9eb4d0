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
    };

    private static async Task<(string Path, string? Body)> RecordToLinkAsync(TestTeam team, int version)
        => ($"/api/v{version}/cases/{await team.CaseAsync()}/records", $$"""{"record_id":{{await team.RecordAsync()}}}""");

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
