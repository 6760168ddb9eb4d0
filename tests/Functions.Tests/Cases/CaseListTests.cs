using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Lists of cases: filters, orders, pages, search.</summary>
public sealed class CaseListTests(CaseListTests.SomeCases cases) : IClassFixture<CaseListTests.SomeCases>
{
    [Theory]
    [InlineData("{}", "a b c d")]
    [InlineData("""{"priority":"high"}""", "a")]
    [InlineData("""{"priority":["HIGH","low"]}""", "a c d")]
    [InlineData("""{"status":"closed"}""", "b")]
    [InlineData("""{"status":"open","priority":"low"}""", "c d")]
    [InlineData("""{"tags":["login"]}""", "a b")]
    [InlineData("""{"tags":["login","VPN"]}""", "b")]
    [InlineData("""{"and_tags":"vpn"}""", "b c")]
    [InlineData("""{"or_tags":["login","vpn"]}""", "a b c")]
    [InlineData("""{"exclude_tags":["login"]}""", "c d")]
    [InlineData("""{"excluded_tags":["vpn"],"tags":["login"]}""", "a")]
    [InlineData("""{"tags":["nowhere"]}""", "")]
    [InlineData("""{"metadata":{"host":"web-1"}}""", "a")]
    [InlineData("""{"metadata":{"count":7}}""", "b")]
    [InlineData("""{"metadata":{"host":"web-1","count":7}}""", "")]
    [InlineData("""{"assignees":"jane@example.com"}""", "a b")]
    [InlineData("""{"assignee_emails":["joe@example.com"]}""", "b")]
    [InlineData("""{"assignees":["joe@example.com","unassigned"]}""", "b d")]
    [InlineData("""{"and_assignees":["jane@example.com","joe@example.com"]}""", "b")]
    [InlineData("""{"exclude_assignees":["jane@example.com"]}""", "c d")]
    [InlineData("""{"exclude_assignees":"unassigned"}""", "a b c")]
    [InlineData("""{"unassigned":true}""", "d")]
    [InlineData("""{"assigned_to_me":true}""", "c")]
    [InlineData("""{"authors":"jane@example.com"}""", "a")]
    [InlineData("""{"exclude_authors":["jane@example.com"]}""", "b c d")]
    [InlineData("""{"author_emails":["jane@example.com","joe@example.com"]}""", "a")]
    [InlineData("""{"search":"SUSPICIOUS"}""", "a")]
    [InlineData("""{"search":"ogi"}""", "a")]
    [InlineData("""{"search":"login suspicious"}""", "a")]
    [InlineData("""{"search":"no such thing"}""", "")]
    [InlineData("""{"search":"µ"}""", "d")]
    [InlineData("""{"search":"100%"}""", "d")]
    [InlineData("""{"search":"\"quoted\" OR *"}""", "")]
    [InlineData("""{"search":"äöü"}""", "c")]
    [InlineData("""{"start_date":"2100-01-01"}""", "")]
    [InlineData("""{"end_date":"2100-01-01T00:00:00Z","updated_at_start_date":"2020-01-01"}""", "a b c d")]
    [InlineData("""{"resolved_at_start_date":"2020-01-01"}""", "b")]
    [InlineData("""{"unknown_filter":1}""", "a b c d")]
    public async Task A_filter_keeps_those_that_match(string filters, string expected)
    {
        var list = await cases.Service.GetAsync($"/api/v2/cases?team_id={cases.Team}&order=CREATED_ASC&filters={Uri.EscapeDataString(filters)}");
        Assert.True(list.Status == HttpStatusCode.OK, list.Text);
        var names = list.Json.GetProperty("cases").EnumerateArray().Select(found => found.GetProperty("name").GetString()![..1]);
        Assert.Equal(expected, string.Join(' ', names));
        Assert.Equal(expected.Length == 0 ? 0 : expected.Split(' ').Length, list.Json.GetProperty("meta").GetProperty("count").GetInt64());
    }

    [Theory]
    [InlineData("", "d c b a")]
    [InlineData("CREATED_ASC", "a b c d")]
    [InlineData("PRIORITY_DESC", "a b d c")]
    [InlineData("priority_asc", "c d b a")]
    [InlineData("OPENED_ASC", "d a b c")]
    [InlineData("OPENED_DESC", "c b a d")]
    [InlineData("RECENTLY_EDITED", "b d c a")]
    [InlineData("LEAST_RECENTLY_EDITED", "a c d b")]
    public async Task An_order_is_kept_over_pages(string order, string expected)
    {
        var names = new List<string>();
        var next = $"/api/v2/cases?team_id={cases.Team}&per_page=3&order={order}".Replace("&order=", order.Length == 0 ? "" : "&order=", StringComparison.Ordinal);
        while (next is not null)
        {
            var page = (await cases.Service.GetAsync(next)).Json;
            names.AddRange(page.GetProperty("cases").EnumerateArray().Select(found => found.GetProperty("name").GetString()![..1]));
            next = page.GetProperty("meta").GetProperty("next_page").GetString();
        }

        Assert.Equal(expected, string.Join(' ', names));
    }

    [Fact]
    public async Task Without_a_team_the_cases_of_all_teams_are_merged_page_by_page()
    {
        var other = (await cases.Service.PostAsync("/api/v1/teams", """{"name":"other"}""")).Json.GetProperty("id").GetInt64();
        await cases.Service.PostAsync("/api/v2/cases", $$"""{"team_id":{{other}},"name":"x","priority":"medium","tag_names":["merged"]}""");
        await cases.Service.PostAsync("/api/v2/cases", $$"""{"team_id":{{cases.Team}},"name":"y","priority":"low","tag_names":["merged"]}""");
        await cases.Service.PostAsync("/api/v2/cases", $$"""{"team_id":{{other}},"name":"z","priority":"info","tag_names":["merged"]}""");
        var filters = Uri.EscapeDataString("""{"tags":["merged"]}""");

        var names = new List<string>();
        for (var page = 1; page <= 4; page++)
        {
            var list = (await cases.Service.GetAsync($"/api/v2/cases?filters={filters}&order=PRIORITY_DESC&per_page=1&page={page}")).Json;
            Assert.Equal(3, list.GetProperty("meta").GetProperty("count").GetInt64());
            names.AddRange(list.GetProperty("cases").EnumerateArray().Select(found => found.GetProperty("name").GetString()!));
        }

        Assert.Equal(["x", "y", "z"], names);
        foreach (var name in names.Where(name => name == "y"))
            await cases.Service.DeleteAsync($"/api/v2/cases/{(await cases.Service.GetAsync($"/api/v2/cases?filters={filters}&order=PRIORITY_DESC&per_page=1&page=2")).Json.GetProperty("cases")[0].GetProperty("case_id")}");
    }

    [Theory]
    [InlineData("""{"assignees":"nobody@example.com"}""", HttpStatusCode.UnprocessableEntity, "filters.assignees")]
    [InlineData("""{"priority":"urgent"}""", HttpStatusCode.BadRequest, "filters.priority")]
    [InlineData("""{"status":"half"}""", HttpStatusCode.BadRequest, "filters.status")]
    [InlineData("""{"start_date":"yesterday"}""", HttpStatusCode.BadRequest, "filters.start_date")]
    [InlineData("""{"metadata":"x"}""", HttpStatusCode.BadRequest, "filters.metadata")]
    [InlineData("""{"case_ids":["x"]}""", HttpStatusCode.BadRequest, "filters.case_ids[0]")]
    [InlineData("""[1]""", HttpStatusCode.BadRequest, "filters")]
    [InlineData("""{"records":[{}]}""", HttpStatusCode.BadRequest, "filters.records")]
    public async Task A_wrong_filter_is_refused_at_its_place(string filters, HttpStatusCode status, string place)
    {
        var answer = await cases.Service.GetAsync($"/api/v2/cases?team_id={cases.Team}&filters={Uri.EscapeDataString(filters)}");
        Assert.Equal(status, answer.Status);
        Assert.Contains(answer.Details, details => details!.StartsWith(place + ":", StringComparison.Ordinal));
    }

    /// <summary>Four cases of a team, of which each filter finds others.</summary>
    public sealed class SomeCases : IAsyncLifetime
    {
        public ServiceFixture Service { get; } = new();

        public long Team { get; private set; }

        public async Task InitializeAsync()
        {
            await Service.InitializeAsync();
            Team = (await Service.PostAsync("/api/v1/teams", """{"name":"list"}""")).Json.GetProperty("id").GetInt64();
            foreach (var name in (string[])["jane", "joe"])
            {
                var user = (await Service.PostAsync("/api/v1/users", $$"""{"name":"{{name}} doe","email":"{{name}}@example.com"}""")).Json.GetProperty("id");
                await Service.PostAsync($"/api/v1/teams/{Team}/members", $$"""{"user_id":{{user}},"role":"editor"}""");
            }

            await MakeAsync("""
                "name":"a suspicious login","priority":"high","tag_names":["login"],"metadata":{"host":"web-1"},"assignee_emails":["jane@example.com"],"author_email":"jane@example.com"
                """);
            var b = await MakeAsync("""
                "name":"b","priority":"medium","tag_names":["login","vpn"],"metadata":{"count":7},"assignee_emails":["jane@example.com","joe@example.com"]
                """);
            await MakeAsync("\"name\":\"c\",\"description\":\"über ÄÖÜ\",\"tag_names\":[\"vpn\"]");
            await MakeAsync("\"name\":\"d 100% 5µm\",\"assignee_emails\":[],\"opened_at\":\"2020-01-01T00:00:00Z\"");
            Assert.Equal(HttpStatusCode.OK, (await Service.PutAsync($"/api/v2/cases/{b}", """{"status":"closed"}""")).Status);
        }

        public Task DisposeAsync() => Service.DisposeAsync();

        private async Task<JsonElement> MakeAsync(string members)
        {
            var made = await Service.PostAsync("/api/v2/cases", $$"""{"team_id":{{Team}},{{members}}}""");
            Assert.True(made.Status == HttpStatusCode.Created, made.Text);
            return made.Json.GetProperty("case_id");
        }
    }
}
