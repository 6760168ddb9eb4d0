using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Requests about cases that ask for too much, or for what is not theirs to know.</summary>
public sealed class HostileCaseTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Cases = "/api/v2/cases";

    [Fact]
    public async Task The_last_day_that_there_is_ends_a_list_like_any_other()
    {
        await service.CreateCaseAsync();
        var list = await service.GetAsync($$"""{{Cases}}?team_id=1&filters={"end_date":"9999-12-31","updated_at_end_date":"9999-12-31"}""");
        Assert.True(list.Status == HttpStatusCode.OK, list.Text);
        Assert.NotEqual(0, list.Json.GetProperty("meta").GetProperty("count").GetInt64());
    }

    [Theory]
    [InlineData("tags")]
    [InlineData("and_assignees")]
    [InlineData("exclude_assignees")]
    [InlineData("records")]
    [InlineData("search")]
    [InlineData("metadata")]
    public async Task A_filter_that_is_too_long_is_refused_and_the_next_list_is_answered(string filter)
    {
        await service.CreateCaseAsync();
        var numbers = Enumerable.Range(1, 1_200).Select(number => $"\"{number}\"").ToArray();
        var value = filter switch
        {
            "search" => $"\"{string.Join(' ', Enumerable.Range(1_000, 1_200))}\"",
            "metadata" => $"{{{string.Join(',', numbers.Select(number => $"{number}:1"))}}}",
            _ => $"[{string.Join(',', numbers)}]",
        };
        var refused = await service.SendAsync(HttpMethod.Get, Cases, $$$"""{"team_id":1,"filters":{"{{{filter}}}":{{{value}}}}}""");
        Assert.True(refused.Status == HttpStatusCode.UnprocessableEntity, refused.Text);
        Assert.Contains(filter, Assert.Single(refused.Details), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"{Cases}?team_id=1")).Status);
    }

    [Fact]
    public async Task Mentions_are_resolved_to_the_names_of_those_only_whom_the_reader_may_know_of()
    {
        var own = await IdAsync("/api/v1/users", """{"name":"Known Colleague","email":"known@example.com"}""");
        var stranger = await IdAsync("/api/v1/users", """{"name":"Hidden Stranger","email":"hidden@example.com"}""");
        var other = await IdAsync("/api/v1/teams", """{"name":"strangers"}""");
        await service.PostAsync("/api/v1/teams/1/members", $$"""{"user_id":{{own}},"role":"viewer"}""");
        await service.PostAsync($"/api/v1/teams/{other}/members", $$"""{"user_id":{{stranger}},"role":"viewer"}""");
        var key = (await service.PostAsync("/api/v1/api_keys", """{"name":"editor","team_id":1,"role":"editor"}""")).Json.GetProperty("key").GetString();

        var mentions = $"<@user-{own}> and <@user-{stranger}>";
        var made = await service.SendAsAsync(
            key, HttpMethod.Post, Cases, $$"""{"team_id":1,"name":"mentions","description":{{JsonSerializer.Serialize(mentions)}},"resolve_mentions":true}""");
        Assert.Equal($"@Known Colleague and <@user-{stranger}>", made.Json.GetProperty("description").GetString());
        var path = $"{Cases}/{made.Json.GetProperty("case_id")}?resolve_mentions=true";
        Assert.DoesNotContain("Hidden", (await service.SendAsAsync(key, HttpMethod.Get, path)).Text, StringComparison.Ordinal);
        Assert.Equal("@Known Colleague and @Hidden Stranger", (await service.GetAsync(path)).Json.GetProperty("description").GetString());
    }

    [Fact]
    public async Task A_case_is_never_called_unchanged_since_what_it_shows_of_others_may_have_changed()
    {
        var made = (await service.PostAsync(Cases, """{"team_id":1,"name":"tagged","tag_names":["before"]}""")).Json;
        var path = $"{Cases}/{made.GetProperty("case_id")}";
        var seen = await service.GetAsync(path);
        await service.PutAsync($"/api/v1/tags/{made.GetProperty("tags")[0].GetProperty("id")}", """{"name":"after"}""");

        var again = await service.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", seen.Headers["ETag"]));
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal("after", again.Json.GetProperty("tags")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("add_tag_names", "Too many tags")]
    [InlineData("remove_tag_names", "Too many tags")]
    [InlineData("assignee_emails", "Too many assignees")]
    public async Task More_than_one_change_can_hold_is_refused_by_its_name_and_nothing_is_written(string member, string message)
    {
        var path = $"{Cases}/{await service.CreateCaseAsync()}";
        var names = Enumerable.Range(0, 101).Select(number => $"many{number}@example.com").ToArray();
        if (member == "assignee_emails")
        {
            var users = names.Select(async email => await service.PostAsync("/api/v1/users", $$"""{"name":"one of many","email":"{{email}}"}"""));
            await Task.WhenAll(users);
        }

        var before = (await service.GetAsync(path)).Text;
        var refused = await service.PutAsync(path, $$"""{"description":"new","{{member}}":{{JsonSerializer.Serialize(names)}}}""");
        Assert.True(refused.Status == HttpStatusCode.UnprocessableEntity, refused.Text);
        Assert.Equal(message, refused.Json.GetProperty("errors")[0].GetProperty("message").GetString());
        Assert.Equal(before, (await service.GetAsync(path)).Text);
    }

    [Fact]
    public async Task A_deleted_tag_leaves_all_its_cases_however_long_their_texts_are()
    {
        var team = await IdAsync("/api/v1/teams", """{"name":"long texts"}""");
        var text = new string('x', 99_000);
        var tag = 0L;
        for (var i = 0; i < 25; i++)
        {
            var made = await service.PostAsync(Cases, $$$"""{"team_id":{{{team}}},"name":"long","description":"{{{text}}}","metadata":{"all":"{{{text}}}"},"tag_names":["short-lived"]}""");
            Assert.True(made.Status == HttpStatusCode.Created, made.Text);
            tag = made.Json.GetProperty("tags")[0].GetProperty("id").GetInt64();
        }

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/tags/{tag}")).Status);
        var list = await service.GetAsync($"{Cases}?team_id={team}&per_page=25");
        Assert.All(list.Json.GetProperty("cases").EnumerateArray(), found => Assert.Contains(found.GetProperty("activities").EnumerateArray(), told => told.GetProperty("activity_type").GetString() == "TAGS_REMOVED"));
    }

    [Fact]
    public async Task A_key_of_metadata_with_characters_of_any_kind_is_kept_or_refused_for_good()
    {
        var path = $"{Cases}/{await service.CreateCaseAsync()}/metadata";
        foreach (var pairs in (string[])["""{"\u0000":1}""", """{"a\u0000b":"\u0000"}""", """{"":{"":[]}}""", """{"\u0001\u001f":"\u0085"}""", """{"<@user-1>":"😀"}"""])
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put])
            {
                var answer = await service.SendAsync(method, path, $$"""{"metadata":{{pairs}}}""");
                Assert.True((int)answer.Status < 500, $"{pairs}: {answer.Text}");
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(path.Replace("metadata", "pdf", StringComparison.Ordinal))).Status);
    }

    [Fact]
    public async Task A_document_shows_the_linked_records_that_the_reader_may_read_and_no_others()
    {
        var team = await IdAsync("/api/v1/teams", """{"name":"hosts"}""");
        var type = (await service.PostAsync("/api/v1/record_types", $$"""{"name":"Hosts","team_id":{{team}},"fields":[{"name":"Host","result_type":"TEXT"}]}""")).Json;
        var id = await service.CreateCaseAsync();
        var field = type.GetProperty("record_fields")[0].GetProperty("id");
        await IdAsync(
            "/api/v1/records",
            $$"""{"record_type_id":{{type.GetProperty("id")}},"field_values":[{"field_id":{{field}},"value":"webserver"}],"case_ids":[{{id}}]}""");
        var key = (await service.PostAsync("/api/v1/api_keys", """{"name":"viewer","team_id":1,"role":"viewer"}""")).Json.GetProperty("key").GetString();

        Assert.Contains("webserver", await DocumentAsync(ServiceFixture.OwnerKey), StringComparison.Ordinal);
        Assert.DoesNotContain("webserver", await DocumentAsync(key!), StringComparison.Ordinal);

        async Task<string> DocumentAsync(string reader)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Cases}/{id}/pdf");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {reader}");
            using var answer = await service.Client.SendAsync(request);
            using var pdf = UglyToad.PdfPig.PdfDocument.Open(await answer.Content.ReadAsByteArrayAsync());
            return string.Join(' ', pdf.GetPages().Select(page => page.Text));
        }
    }

    private async Task<long> IdAsync(string path, string body)
    {
        var answer = await service.PostAsync(path, body);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer.Json.GetProperty("id").GetInt64();
    }
}
