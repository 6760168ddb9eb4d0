using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>What tests of the inside of cases share.</summary>
internal static class CaseTestCases
{
    /// <summary>Makes a case in the first team and answers its path: <c>/api/v2/cases/1</c>.</summary>
    public static async Task<string> CaseAsync(this ServiceFixture service)
        => $"/api/v2/cases/{(await service.MadeAsync("/api/v2/cases", """{"team_id":1,"name":"a case"}""")).GetProperty("case_id")}";

    /// <summary>POSTs what has to be made, and answers it.</summary>
    public static async Task<JsonElement> MadeAsync(this ServiceFixture service, string path, string body)
    {
        var made = await service.PostAsync(path, body);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json;
    }

    /// <summary>Makes a user who is a member of the first team, and answers its id.</summary>
    public static async Task<long> MemberAsync(this ServiceFixture service, string name, string email)
    {
        var user = (await service.MadeAsync("/api/v1/users", $$"""{"name":"{{name}}","email":"{{email}}"}""")).GetProperty("id").GetInt64();
        await service.MadeAsync("/api/v1/teams/1/members", $$"""{"user_id":{{user}},"role":"editor"}""");
        return user;
    }

    /// <summary>The types of what a case's activities tell, newest first.</summary>
    public static async Task<IReadOnlyList<string?>> ActivitiesAsync(this ServiceFixture service, string path)
        => [.. (await service.GetAsync($"{path}/activities")).Json.GetProperty("activities").EnumerateArray().Select(each => each.GetProperty("activity_type").GetString())];
}
