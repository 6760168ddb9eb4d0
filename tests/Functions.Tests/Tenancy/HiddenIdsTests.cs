using System.Net;
using System.Text.Json;
using Casefile.Functions.Tests.Cases;

namespace Casefile.Functions.Tests.Tenancy;

/// <summary>Ids of what is in another team, put wherever an id may stand: each is answered as one that there is nowhere.</summary>
public sealed class HiddenIdsTests(EmbeddedTwoTeams teams) : IClassFixture<EmbeddedTwoTeams>, IAsyncLifetime
{
    private const long Nowhere = 8_000_000_000_000_000;

    private Dictionary<string, long> hidden = [];
    private long ownRecord;
    private long ownSubStatus;

    public async Task InitializeAsync()
    {
        var record = await teams.Other.RecordAsync();
        ownRecord = await teams.Own.RecordAsync();
        ownSubStatus = await CaseAroundAccess.SubStatusAsync(teams.Own);
        hidden = new Dictionary<string, long>
        {
            ["{team}"] = teams.Other.Id,
            ["{type}"] = teams.Other.Type,
            ["{field}"] = teams.Other.Text,
            ["{record}"] = record,
            ["{user}"] = await teams.Other.MemberAsync(),
            ["{key}"] = await teams.Other.KeyAsync(),
            ["{tag}"] = await CaseAroundAccess.TagAsync(teams.Other),
            ["{input}"] = await CaseAroundAccess.InputAsync(teams.Other),
            ["{sub-status}"] = await CaseAroundAccess.SubStatusAsync(teams.Other),
        };
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("GET", "records?record_type_id={type}")]
    [InlineData("GET", "records?record_field_ids[]={field}")]
    [InlineData("GET", "records?record_type_id={own type}&record_field_ids[]={field}")]
    [InlineData("GET", "records?record_type_id={own type}&record_field_ids[]={own field}&record_field_ids[]={field}")]
    [InlineData("GET", "records?record_type_id={own type}&order_field_id={field}")]
    [InlineData("GET", """records?record_type_id={own type}&filters=[{"field_id":{field},"operator":"IS_EMPTY"}]""")]
    [InlineData("GET", "records?record_type_id={own type}&parent_ids[]={record}")]
    [InlineData("GET", "records/{record}")]
    [InlineData("GET", "records/{record}?record_type_id={own type}")]
    [InlineData("GET", "records/{own record}?record_type_id={type}")]
    [InlineData("GET", "records/{own record}?record_field_ids[]={field}")]
    [InlineData("GET", "records/{record}/artifacts/1")]
    [InlineData("PUT", "records/{record}", """{"field_values":[]}""")]
    [InlineData("PUT", "records/{record}", """{"add_child_records":[{own record}]}""")]
    [InlineData("PUT", "records/{own record}", """{"add_child_records":[{record}]}""")]
    [InlineData("PUT", "records/{own record}", """{"remove_child_records":[{record}]}""")]
    [InlineData("PUT", "records/{own record}", """{"parent_record_id":{record}}""")]
    [InlineData("PUT", "records/{own record}", """{"field_values":[{"field_id":{field},"value":"x"}]}""")]
    [InlineData("DELETE", "records/{record}")]
    [InlineData("POST", "records", """{"record_type_id":{type},"field_values":[]}""")]
    [InlineData("POST", "records", """{"record_type_id":{type},"field_values":[{"field_id":{field},"value":"x"}]}""")]
    [InlineData("POST", "records", """{"record_type_id":{own type},"field_values":[{"field_id":{field},"value":"x"}]}""")]
    [InlineData("POST", "records", """{"record_type_id":{own type},"field_values":[],"parent_record_id":{record}}""")]
    [InlineData("POST", "records/query", """{"record_type_id":{type},"aggregations":[{"function":"COUNT"}]}""")]
    [InlineData("POST", "records/query", """{"record_type_id":{own type},"aggregations":[{"function":"MAX","field_id":{field}}]}""")]
    [InlineData("POST", "records/query", """{"record_type_id":{own type},"aggregations":[{"function":"COUNT"}],"group_by":[{"field_id":{field}}]}""")]
    [InlineData("POST", "records/query", """{"record_type_id":{own type},"aggregations":[{"function":"COUNT"}],"parent_ids":[{record}]}""")]
    [InlineData("GET", "record_types/{type}")]
    [InlineData("GET", "record_types?team_id={team}")]
    [InlineData("PUT", "record_types/{type}", """{"name":"mine"}""")]
    [InlineData("PUT", "record_types/{own type}", """{"fields":[{"id":{field},"name":"mine"}],"field_ids_to_delete":[{field}]}""")]
    [InlineData("PUT", "record_types/{own type}", """{"team_id":{team}}""")]
    [InlineData("DELETE", "record_types/{type}")]
    [InlineData("POST", "record_types", """{"name":"mine","team_id":{team},"fields":[]}""")]
    [InlineData("GET", "teams/{team}")]
    [InlineData("PUT", "teams/{team}", """{"name":"mine"}""")]
    [InlineData("DELETE", "teams/{team}")]
    [InlineData("GET", "teams/{team}/members")]
    [InlineData("GET", "teams/{own team}/members/{user}")]
    [InlineData("DELETE", "teams/{team}/members/{user}")]
    [InlineData("POST", "teams/{team}/members", """{"user_id":{user},"role":"admin"}""")]
    [InlineData("POST", "teams/{own team}/members", """{"user_id":{user},"role":"viewer"}""")]
    [InlineData("GET", "users/{user}")]
    [InlineData("PUT", "users/{user}", """{"name":"mine"}""")]
    [InlineData("GET", "api_keys/{key}")]
    [InlineData("DELETE", "api_keys/{key}")]
    [InlineData("POST", "api_keys", """{"name":"mine","team_id":{team},"role":"admin"}""")]
    [InlineData("POST", "api_keys", """{"name":"mine","user_id":{user}}""")]
    [InlineData("GET", "tags/{tag}")]
    [InlineData("GET", "tags?team_id={team}")]
    [InlineData("PUT", "tags/{tag}", """{"name":"mine"}""")]
    [InlineData("DELETE", "tags/{tag}")]
    [InlineData("POST", "tags", """{"team_id":{team},"name":"mine"}""")]
    [InlineData("GET", "case_inputs/{input}")]
    [InlineData("GET", "case_inputs/{input}/fields")]
    [InlineData("GET", "case_inputs?team_id={team}")]
    [InlineData("POST", "case_inputs", """{"team_id":{team},"name":"mine","input_type":"string"}""")]
    [InlineData("GET", "case_sub_statuses/{sub-status}")]
    [InlineData("GET", "case_sub_statuses?team_id={team}")]
    [InlineData("PUT", "case_sub_statuses/{sub-status}", """{"name":"mine"}""")]
    [InlineData("DELETE", "case_sub_statuses/{sub-status}")]
    [InlineData("DELETE", "case_sub_statuses/{own sub-status}?fallback_status_id={sub-status}")]
    [InlineData("POST", "case_sub_statuses", """{"team_id":{team},"name":"mine"}""")]
    [InlineData("POST", "cases", """{"team_id":{team},"name":"mine"}""")]
    [InlineData("POST", "cases", """{"team_id":{own team},"name":"mine","sub_status_id":{sub-status}}""")]
    [InlineData("POST", "cases", """{"team_id":{own team},"name":"mine","field_values":{"{input}":"x"}}""")]
    public async Task An_id_of_another_team_is_answered_as_one_of_nothing(string method, string path, string? body = null)
    {
        var before = await teams.EverythingAsync();

        var answer = await SendAsync(method, path, body, hidden);
        var ofNothing = await SendAsync(method, path, body, hidden.ToDictionary(each => each.Key, _ => Nowhere));

        Assert.Equal(ofNothing.Status, answer.Status);
        Assert.Equal(WithoutIds(ofNothing.Text), WithoutIds(answer.Text));
        Assert.DoesNotContain(TwoTeams.Mark, answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, await teams.EverythingAsync());
    }

    [Fact]
    public async Task A_relation_into_another_team_shows_on_neither_side()
    {
        var (inside, outside) = (await teams.Own.RecordAsync(), await teams.Other.RecordAsync());
        var child = await teams.Other.RecordAsync($",\"parent_record_id\":{inside}");
        var linked = await teams.Service.PutAsync($"/api/v1/records/{inside}", $$"""{"parent_record_id":{{outside}}}""");
        Assert.Equal(outside, linked.Json.GetProperty("parent_id").GetInt64());
        Assert.Equal([child], linked.Json.GetProperty("child_record_ids").EnumerateArray().Select(each => each.GetInt64()));

        foreach (var query in new[] { "", "?include_children=true", "?include_children=false" })
        {
            var seen = await teams.Service.SendAsAsync(teams.Keys["admin"], HttpMethod.Get, $"/api/v1/records/{inside}{query}");
            Assert.Equal(HttpStatusCode.OK, seen.Status);
            Assert.DoesNotContain(TwoTeams.Mark, seen.Text, StringComparison.Ordinal);
            foreach (var member in new[] { "child_record_ids", "child_records", "child_record_result_sets" }) Assert.Equal(0, seen.Json.GetProperty(member).GetArrayLength());
            Assert.Equal(JsonValueKind.Null, seen.Json.GetProperty("parent_id").ValueKind);
            foreach (var member in new[] { "parent_record", "parent_record_result_set" }) Assert.Equal(JsonValueKind.Null, seen.Json.GetProperty(member).GetProperty("id").ValueKind);
        }
    }

    private Task<Answer> SendAsync(string method, string path, string? body, Dictionary<string, long> ids)
        => teams.Service.SendAsAsync(teams.Keys["admin"], new HttpMethod(method), "/api/v1/" + Fill(path, ids), body is null ? null : Fill(body, ids));

    private string Fill(string template, Dictionary<string, long> ids)
    {
        var filled = template
            .Replace("{own team}", $"{teams.Own.Id}", StringComparison.Ordinal)
            .Replace("{own type}", $"{teams.Own.Type}", StringComparison.Ordinal)
            .Replace("{own field}", $"{teams.Own.Text}", StringComparison.Ordinal)
            .Replace("{own sub-status}", $"{ownSubStatus}", StringComparison.Ordinal)
            .Replace("{own record}", $"{ownRecord}", StringComparison.Ordinal);
        return ids.Aggregate(filled, (text, each) => text.Replace(each.Key, $"{each.Value}", StringComparison.Ordinal));
    }

    private string WithoutIds(string text)
        => hidden.Values.Append(Nowhere).Distinct().OrderDescending().Aggregate(text, (rest, id) => rest.Replace($"{id}", "#", StringComparison.Ordinal));
}
