using System.Net;
using Casefile.Core.Storage;

namespace Casefile.Functions.Tests.Tenancy;

/// <summary>A team goes only when there is nothing left in it, and takes along what is around its cases.</summary>
public sealed class TeamRemovalTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_team_that_still_has_cases_stays_and_works_on()
    {
        var team = await TeamAsync();
        var found = await service.PostAsync("/api/v2/cases", Case(team));
        var refused = await service.DeleteAsync($"/api/v1/teams/{team}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("1 cases", Assert.Single(refused.Details), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync("/api/v2/cases", Case(team))).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"/api/v2/cases/{found.Json.GetProperty("case_id")}")).Status);
    }

    [Fact]
    public async Task A_refusal_for_another_reason_leaves_the_cases_open()
    {
        var team = await TeamAsync();
        var type = await service.PostAsync("/api/v1/record_types", $$"""{"name":"t","team_id":{{team}},"fields":[]}""");
        Assert.Equal(HttpStatusCode.Created, type.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.DeleteAsync($"/api/v1/teams/{team}")).Status);
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync("/api/v2/cases", Case(team))).Status);
    }

    [Fact]
    public async Task A_team_whose_cases_are_gone_goes_with_all_that_was_around_them()
    {
        var team = await TeamAsync();
        var found = (await service.PostAsync("/api/v2/cases", Case(team))).Json.GetProperty("case_id").GetInt64();
        var tag = (await service.PostAsync("/api/v1/tags", $$"""{"team_id":{{team}},"name":"left behind"}""")).Json.GetProperty("id").GetInt64();
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v2/cases/{found}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/teams/{team}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"/api/v1/teams/{team}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PostAsync("/api/v2/cases", Case(team))).Status);

        await service.RunTimerAsync("MaintainStorage");
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"/api/v1/tags/{tag}")).Status);
        var rows = await service.Storage.Table(TableNames.Cases).ReadAsync(new RowRange($"{team}", "!", "~"), default);
        Assert.Equal(["head"], rows.Rows.Select(row => row.RowKey));
    }

    [Fact]
    public async Task Of_a_deletion_and_creates_at_the_same_time_either_wins_and_never_both()
    {
        for (var round = 0; round < 4; round++)
        {
            var team = await TeamAsync();
            var creates = Enumerable.Range(0, 6).Select(_ => service.PostAsync("/api/v2/cases", Case(team))).ToArray();
            var deletions = await Task.WhenAll(service.DeleteAsync($"/api/v1/teams/{team}"), service.DeleteAsync($"/api/v1/teams/{team}"));
            var made = (await Task.WhenAll(creates)).Where(answer => answer.Status == HttpStatusCode.Created).ToArray();

            var gone = (await service.GetAsync($"/api/v1/teams/{team}")).Status == HttpStatusCode.NotFound;
            if (deletions.Any(answer => answer.Status == HttpStatusCode.NoContent)) Assert.True(gone);
            if (gone) Assert.Empty(made);
            else Assert.Equal(HttpStatusCode.Created, (await service.PostAsync("/api/v2/cases", Case(team))).Status);
        }
    }

    private static string Case(long team) => $$"""{"team_id":{{team}},"name":"c","tag_names":["t"]}""";

    private async Task<long> TeamAsync() => (await service.PostAsync("/api/v1/teams", """{"name":"Passing"}""")).Json.GetProperty("id").GetInt64();
}
