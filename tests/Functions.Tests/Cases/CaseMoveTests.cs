using System.Net;
using System.Text.Json;
using Casefile.Core.Storage;
using Casefile.Functions.Tests.EndToEnd;
using Casefile.Functions.Tests.Tenancy;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Cases that move to another team.</summary>
public sealed class CaseMoveTests(TwoTeams teams) : IClassFixture<TwoTeams>
{
    private const string Cases = "/api/v2/cases";

    private readonly ServiceFixture service = teams.Service;

    [Fact]
    public async Task A_case_with_more_tags_and_fields_than_one_change_can_make_anew_arrives_with_all_of_them()
    {
        var inputs = new List<string>();
        for (var i = 0; i < 45; i++)
        {
            var made = await service.PostAsync("/api/v1/case_inputs", $$"""{"team_id":{{teams.Own.Id}},"name":"moved input {{i}}","input_type":"string"}""");
            inputs.Add($"\"{made.Json.GetProperty("team_case_input").GetProperty("id")}\":\"value {i}\"");
        }

        var created = await service.PostAsync(Cases, $$$"""{"team_id":{{{teams.Own.Id}}},"name":"laden","field_values":{{{{string.Join(',', inputs)}}}}}""");
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        var path = $"{Cases}/{created.Json.GetProperty("case_id")}";
        for (var i = 0; i < 2; i++)
        {
            var names = string.Join(',', Enumerable.Range(0, 30).Select(number => $"\"moved tag {i} {number}\""));
            Assert.Equal(HttpStatusCode.OK, (await service.PutAsync(path, $$"""{"add_tag_names":[{{names}}]}""")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await service.PutAsync(path, $$"""{"team_id":{{teams.Other.Id}}}""")).Status);
        var moved = (await service.GetAsync(path)).Json;
        Assert.Equal(teams.Other.Id, moved.GetProperty("team").GetProperty("id").GetInt64());
        Assert.Equal(60, moved.GetProperty("tags").GetArrayLength());
        Assert.Equal(45, moved.GetProperty("fields").GetArrayLength());
    }

    [Fact]
    public async Task A_moved_case_has_all_that_was_inside_and_the_old_team_knows_nothing_of_it()
    {
        var editor = teams.Keys["editor"];
        var id = await MakeAsync(parts: 150);
        var record = await teams.Own.RecordAsync($",\"case_ids\":[{id}]");
        var linked = await teams.Own.CaseAsync();
        await service.PostAsync($"{Cases}/{id}/linked_cases", $$"""{"id":{{linked}}}""");
        var before = (await service.GetAsync($"{Cases}/{id}")).Json;
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsAsync(editor, HttpMethod.Get, $"{Cases}/{id}")).Status);

        var moved = await service.PutAsync($"{Cases}/{id}", $$"""{"team_id":{{teams.Other.Id}},"priority":"high"}""");
        Assert.True(moved.Status == HttpStatusCode.OK, moved.Text);
        Assert.Equal(teams.Other.Id, moved.Json.GetProperty("team").GetProperty("id").GetInt64());
        foreach (var member in new[] { "name", "description", "author", "opened_by", "assignees", "tasks", "records", "linked_cases", "opened_at", "created_at" })
            Assert.True(JsonElement.DeepEquals(before.GetProperty(member), moved.Json.GetProperty(member)), member);
        Assert.Equal("HIGH", moved.Json.GetProperty("priority").GetString());
        Assert.Equal(
            before.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()),
            moved.Json.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()));
        Assert.Equal(before.GetProperty("activities_meta").GetProperty("count").GetInt64() + 2, moved.Json.GetProperty("activities_meta").GetProperty("count").GetInt64());

        Assert.Equal(HttpStatusCode.NotFound, (await service.SendAsAsync(editor, HttpMethod.Get, $"{Cases}/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.SendAsAsync(editor, HttpMethod.Put, $"{Cases}/{id}", """{"name":"mine"}""")).Status);
        Assert.DoesNotContain(id, await ListedAsync(teams.Own));
        Assert.Contains(id, await ListedAsync(teams.Other));
        Assert.Equal([$"case-{id:D19}"], await StoredAsync(teams.Own, id));

        // What happens to it from now on happens where it is.
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync($"{Cases}/{id}/tasks", """{"description":"after"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/records/{record}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Cases}/{linked}")).Status);
        var after = (await service.GetAsync($"{Cases}/{id}")).Json;
        Assert.Empty(after.GetProperty("records").EnumerateArray());
        Assert.Empty(after.GetProperty("linked_cases").EnumerateArray());
        Assert.Equal([$"case-{id:D19}"], await StoredAsync(teams.Own, id));
    }

    [Fact]
    public async Task A_case_goes_there_and_back_and_another_process_finds_it()
    {
        var id = await MakeAsync(parts: 5);
        var elsewhere = await ServiceProcess.StartAsync((await Casefile.Testing.Azurite.SharedAsync()).ConnectionString, service.Name);
        try
        {
            foreach (var team in new[] { teams.Other, teams.Own, teams.Other })
            {
                Assert.Equal(HttpStatusCode.OK, (await service.PutAsync($"{Cases}/{id}", $$"""{"team_id":{{team.Id}}}""")).Status);
                var shown = (await elsewhere.GetAsync($"{Cases}/{id}")).Json;
                Assert.Equal(team.Id, shown.GetProperty("team").GetProperty("id").GetInt64());
                Assert.Equal(5, shown.GetProperty("tasks").GetArrayLength());
                Assert.Equal(HttpStatusCode.OK, (await elsewhere.PutAsync($"{Cases}/{id}", $$"""{"name":"in {{team.Id}}"}""")).Status);
            }

            Assert.Equal(HttpStatusCode.NoContent, (await elsewhere.DeleteAsync($"{Cases}/{id}")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"{Cases}/{id}")).Status);
            await service.RunTimerAsync("MaintainStorage");
            Assert.Equal(HttpStatusCode.NotFound, (await elsewhere.GetAsync($"{Cases}/{id}")).Status);
        }
        finally
        {
            await elsewhere.DisposeAsync();
        }
    }

    [Fact]
    public async Task Who_may_not_write_both_teams_does_not_move_a_case()
    {
        var id = await MakeAsync(parts: 1);
        var there = await service.SendAsAsync(teams.Keys["editor"], HttpMethod.Put, $"{Cases}/{id}", $$"""{"team_id":{{teams.Other.Id}}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, there.Status);
        Assert.DoesNotContain(TwoTeams.Mark, there.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await service.SendAsAsync(teams.Keys["viewer"], HttpMethod.Put, $"{Cases}/{id}", $$"""{"team_id":{{teams.Own.Id}}}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync($"{Cases}/{id}", """{"team_id":8000000000000000}""")).Status);
        Assert.Equal(teams.Own.Id, (await service.GetAsync($"{Cases}/{id}")).Json.GetProperty("team").GetProperty("id").GetInt64());
    }

    private async Task<long> MakeAsync(int parts)
    {
        var tasks = string.Join(',', Enumerable.Range(0, Math.Min(parts, 50)).Select(i => $$"""{"description":"task {{i}}"}"""));
        var made = await service.PostAsync(Cases, $$"""{"team_id":{{teams.Own.Id}},"name":"to move","description":"text","tag_names":["one","two"],"tasks":[{{tasks}}]}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        var id = made.Json.GetProperty("case_id").GetInt64();
        for (var i = 50; i < parts; i++) await service.PostAsync($"{Cases}/{id}/tasks", $$"""{"description":"task {{i}}"}""");
        return id;
    }

    private async Task<IReadOnlyList<long>> ListedAsync(TestTeam team)
        => [.. (await service.GetAsync($"{Cases}?team_id={team.Id}&per_page=500")).Json.GetProperty("cases").EnumerateArray().Select(each => each.GetProperty("case_id").GetInt64())];

    /// <summary>The rows of a case in a team's partition.</summary>
    private async Task<IReadOnlyList<string>> StoredAsync(TestTeam team, long id)
    {
        var table = service.Storage.Table(TableNames.Cases);
        var parts = await table.ReadAsync(RowRange.Prefix($"{team.Id}", $"part-{id:D19}-"), default);
        var own = await table.ReadAsync(RowRange.Prefix($"{team.Id}", $"case-{id:D19}"), default);
        return [.. parts.Rows.Concat(own.Rows).Select(row => row.RowKey)];
    }
}
