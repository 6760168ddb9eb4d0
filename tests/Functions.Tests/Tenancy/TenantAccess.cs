using static Casefile.Functions.Tests.Tenancy.AccessRule;

namespace Casefile.Functions.Tests.Tenancy;

/// <summary>Who may call the endpoints of records and of the tenant.</summary>
internal static class TenantAccess
{
    public static IReadOnlyDictionary<string, AccessRule> Rules { get; } = new Dictionary<string, AccessRule>
    {
        ["ApiKeysCreate"] = new(Needs.Admin, team => At("/api/v1/api_keys", $$"""{"name":"{{team.Word}} key","team_id":{{team.Id}},"role":"viewer"}""")),
        ["ApiKeysGet"] = new(Needs.AdminToSee, async team => ($"/api/v1/api_keys/{await team.KeyAsync()}", null)),
        ["ApiKeysList"] = new(Needs.NothingToList, _ => At("/api/v1/api_keys?per_page=500")),
        ["ApiKeysRevoke"] = new(Needs.AdminToSee, async team => ($"/api/v1/api_keys/{await team.KeyAsync()}", null)),
        ["Health"] = new(Needs.Nothing, _ => At("/api/health")),
        ["Live"] = new(Needs.Nothing, _ => At("/api/live")),
        ["RecordTypesCreate"] = new(Needs.Admin, team => At("/api/v1/record_types", team.TypeBody())),
        ["RecordTypesDelete"] = new(Needs.Admin, async team => ($"/api/v1/record_types/{await team.TypeAsync()}", null)),
        ["RecordTypesGet"] = new(Needs.Viewer, team => At($"/api/v1/record_types/{team.Type}")),
        ["RecordTypesList"] = new(Needs.NothingToList, _ => At("/api/v1/record_types?per_page=500")),
        ["RecordTypesUpdate"] = new(Needs.Admin, team => At($"/api/v1/record_types/{team.Type}", $$"""{"description":"{{team.Word}}"}""")),
        ["RecordsArtifact"] = new(Needs.Viewer, async team =>
        {
            var record = await team.RecordAsync();
            return ($"/api/v1/records/{record}/artifacts/{await team.ArtifactOfAsync(record)}", null);
        }),
        ["RecordsBatch"] = new(Needs.Creator, team => At("/api/v1/records/batch", $$"""{"record_type_id":{{team.Type}},"records":[{{team.RecordBody()}}]}""")),
        ["RecordsChanges"] = new(Needs.Viewer, team => At($"/api/v1/records/changes?record_type_id={team.Type}&since=0&limit=500")),
        ["RecordsCreate"] = new(Needs.Creator, team => At("/api/v1/records", team.RecordBody())),
        ["RecordsDelete"] = new(Needs.Editor, async team => ($"/api/v1/records/{await team.RecordAsync()}", null)),
        ["RecordsExport"] = new(Needs.Viewer, team => At($"/api/v1/records/export?record_type_id={team.Type}&resolve_artifacts=true")),
        ["RecordsGet"] = new(Needs.Viewer, async team => ($"/api/v1/records/{await team.RecordAsync()}?resolve_artifacts=true", null)),
        ["RecordsImport"] = new(Needs.Creator, team => At($"/api/v1/records/import?record_type_id={team.Type}", "{}")),
        ["RecordsList"] = new(Needs.Viewer, team => At($"/api/v1/records?record_type_id={team.Type}")),
        ["RecordsQuery"] = new(Needs.Viewer, team => At(
            "/api/v1/records/query", $$"""{"record_type_id":{{team.Type}},"aggregations":[{"function":"MAX","field_id":{{team.Text}}}]}""")),
        ["RecordsUpdate"] = new(Needs.Editor, async team => (
            $"/api/v1/records/{await team.RecordAsync()}", $$"""{"field_values":[{"field_id":{{team.Text}},"value":"{{team.Word}} again"}]}""")),
        ["RecordsUpsert"] = new(Needs.Editor, team => At(
            "/api/v1/records/upsert", $$"""{"record_type_id":{{team.Type}},"match_field_ids":[{{team.Text}}],"field_values":[{"field_id":{{team.Text}},"value":"{{team.Word}} upsert"}]}""")),
        ["TeamMembersAdd"] = new(Needs.Admin, async team => ($"/api/v1/teams/{team.Id}/members", $$"""{"user_id":{{await team.ServiceAccountAsync()}},"role":"viewer"}""")),
        ["TeamMembersGet"] = new(Needs.Viewer, async team => ($"/api/v1/teams/{team.Id}/members/{await team.MemberAsync()}", null)),
        ["TeamMembersList"] = new(Needs.Viewer, team => At($"/api/v1/teams/{team.Id}/members")),
        ["TeamMembersRemove"] = new(Needs.Admin, async team => ($"/api/v1/teams/{team.Id}/members/{await team.MemberAsync()}", null)),
        ["TeamMembersUpdate"] = new(Needs.Admin, async team => ($"/api/v1/teams/{team.Id}/members/{await team.MemberAsync()}", """{"role":"admin"}""")),
        ["TeamsCreate"] = new(Needs.OwnerAnywhere, team => At("/api/v1/teams", $$"""{"name":"{{team.Word}} team"}""")),
        ["TeamsDelete"] = new(Needs.Owner, team => At($"/api/v1/teams/{team.Id}"), async team =>
        {
            var made = await team.Service.PostAsync("/api/v1/teams", $$"""{"name":"{{team.Word}} team"}""");
            return ($"/api/v1/teams/{made.Json.GetProperty("id")}", null);
        }),
        ["TeamsGet"] = new(Needs.Viewer, team => At($"/api/v1/teams/{team.Id}")),
        ["TeamsList"] = new(Needs.NothingToList, _ => At("/api/v1/teams?per_page=500")),
        ["TeamsUpdate"] = new(Needs.Owner, team => At($"/api/v1/teams/{team.Id}", $$"""{"name":"{{team.Word}} squad"}""")),
        ["UsersCreate"] = new(Needs.OwnerAnywhere, team => At("/api/v1/users", $$"""{"name":"{{team.Word}} user"}""")),
        ["UsersGet"] = new(Needs.Viewer, async team => ($"/api/v1/users/{await team.MemberAsync()}", null)),
        ["UsersList"] = new(Needs.NothingToList, _ => At("/api/v1/users?per_page=500")),
        ["UsersUpdate"] = new(Needs.Owner, async team => ($"/api/v1/users/{await team.MemberAsync()}", $$"""{"name":"{{team.Word}} user, renamed"}""")),
    };
}
