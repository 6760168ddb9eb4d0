using System.Net;
using Casefile.Functions.Tests.Tenancy;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Cases that are linked to each other.</summary>
public sealed class LinkedCaseTests(TwoTeams teams) : IClassFixture<TwoTeams>
{
    private const string Cases = "/api/v2/cases";

    private readonly ServiceFixture service = teams.Service;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_cases_are_linked_for_both_until_they_are_taken_apart_by_either(bool acrossTeams)
    {
        var (low, high) = (await teams.Own.CaseAsync(), await (acrossTeams ? teams.Other : teams.Own).CaseAsync());
        foreach (var (one, other) in new[] { (low, high), (high, low) })
        {
            var linked = await service.PostAsync($"{Cases}/{one}/linked_cases", $$"""{"id":"{{other}}"}""");
            Assert.True(linked.Status == HttpStatusCode.Created, linked.Text);
            Assert.Equal(one, linked.Json.GetProperty("case_id").GetInt64());
            Assert.EndsWith(" case", linked.Json.GetProperty("name").GetString(), StringComparison.Ordinal);
            Assert.Equal(other, linked.Json.GetProperty("linked_case").GetProperty("case_id").GetInt64());
            Assert.Equal([other], await LinkedAsync(one));
            Assert.Equal([one], await LinkedAsync(other));
            var shown = (await service.GetAsync($"{Cases}/{other}")).Json;
            Assert.Equal(one, shown.GetProperty("linked_cases")[0].GetProperty("case_id").GetInt64());
            Assert.Equal("LINKED_CASE_ADDED", shown.GetProperty("activities").EnumerateArray().Last().GetProperty("activity_type").GetString());

            Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Cases}/{one}/linked_cases/{other}")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync($"{Cases}/{other}/linked_cases/{one}")).Status);
            Assert.Empty(await LinkedAsync(one));
            Assert.Empty(await LinkedAsync(other));
        }

        var activities = (await service.GetAsync($"{Cases}/{high}")).Json.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("activity_type").GetString());
        Assert.Equal(["LINKED_CASE_ADDED", "LINKED_CASE_REMOVED", "LINKED_CASE_ADDED", "LINKED_CASE_REMOVED"], activities.Skip(1));
    }

    [Fact]
    public async Task Several_are_linked_at_once_and_a_deleted_one_leaves_the_others()
    {
        var (one, two, three) = (await teams.Own.CaseAsync(), await teams.Own.CaseAsync(), await teams.Own.CaseAsync());
        var linked = await service.PostAsync($"{Cases}/{two}/linked_cases/batch", $$"""{"ids":[{{three}},{{one}}]}""");
        Assert.True(linked.Status == HttpStatusCode.Created, linked.Text);
        Assert.Equal(2, linked.Json.GetProperty("linked_cases").GetArrayLength());
        Assert.Equal([one, three], await LinkedAsync(two));

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Cases}/{two}")).Status);
        Assert.Empty(await LinkedAsync(one));
        Assert.Empty(await LinkedAsync(three));
    }

    [Theory]
    [InlineData("""{"id":{self}}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"id":8000000000000000}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"id":"x"}""", HttpStatusCode.BadRequest)]
    public async Task A_case_is_not_linked_to_itself_nor_to_what_is_not_there(string body, HttpStatusCode status)
    {
        var id = await teams.Own.CaseAsync();
        Assert.Equal(status, (await service.PostAsync($"{Cases}/{id}/linked_cases", body.Replace("{self}", $"{id}", StringComparison.Ordinal))).Status);
        Assert.Empty(await LinkedAsync(id));
    }

    [Fact]
    public async Task What_the_caller_may_not_read_is_neither_linked_nor_shown()
    {
        var (own, hidden) = (await teams.Own.CaseAsync(), await teams.Other.CaseAsync());
        var hiddenRecord = await teams.Other.RecordAsync();
        var editor = teams.Keys["editor"];
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(HttpMethod.Post, $"{Cases}/{own}/linked_cases", $$"""{"id":{{hidden}}}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(HttpMethod.Post, $"{Cases}/{own}/records", $$"""{"record_id":{{hiddenRecord}}}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(HttpMethod.Post, "/api/v1/records", teams.Own.RecordBody($",\"case_ids\":[{hidden}]"))).Status);

        // Linked by somebody who may: the others see nothing of it.
        var record = await teams.Own.RecordAsync($",\"case_ids\":[{hidden},{own}]");
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync($"{Cases}/{own}/linked_cases", $$"""{"id":{{hidden}}}""")).Status);
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync($"{Cases}/{own}/records", $$"""{"record_id":{{hiddenRecord}}}""")).Status);
        var shown = await SendAsync(HttpMethod.Get, $"{Cases}/{own}");
        Assert.Empty(shown.Json.GetProperty("linked_cases").EnumerateArray());
        Assert.Equal(1, shown.Json.GetProperty("records_meta").GetProperty("count").GetInt64());
        Assert.DoesNotContain(TwoTeams.Mark, shown.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await SendAsync(HttpMethod.Get, $"{Cases}/{own}/records")).Json.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal(0, (await SendAsync(HttpMethod.Get, $"{Cases}/{own}/linked_cases")).Json.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"{Cases}/{own}/records/{hiddenRecord}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, $"{Cases}/{own}/records/{hiddenRecord}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, $"{Cases}/{own}/linked_cases/{hidden}")).Status);
        Assert.Equal($"[{own}]", (await SendAsync(HttpMethod.Get, $"/api/v1/records/{record}")).Json.GetProperty("case_ids").GetRawText());
        Assert.Equal($"[{own}]", (await SendAsync(HttpMethod.Get, $"/api/v1/records?record_type_id={teams.Own.Type}&ids={record}")).Json.GetProperty("record_results")[0].GetProperty("case_ids").GetRawText());

        // Nor can they take it apart by guessing.
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, $"/api/v1/records/{record}", $$"""{"remove_case_ids":[{{hidden}}]}""")).Status);
        Assert.Equal($"[{hidden},{own}]", (await service.GetAsync($"/api/v1/records/{record}")).Json.GetProperty("case_ids").GetRawText());

        Task<Answer> SendAsync(HttpMethod method, string path, string? body = null) => service.SendAsAsync(editor, method, path, body);
    }

    private async Task<IReadOnlyList<long>> LinkedAsync(long id)
        => [.. (await service.GetAsync($"{Cases}/{id}/linked_cases")).Json.GetProperty("linked_cases").EnumerateArray().Select(linked => linked.GetProperty("case_id").GetInt64())];
}
