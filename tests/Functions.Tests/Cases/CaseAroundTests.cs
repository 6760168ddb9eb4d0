using System.Net;
using System.Text.Json;
using UglyToad.PdfPig;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Tags, sub-statuses, case inputs, and the fields of cases that are values of them.</summary>
public sealed class CaseAroundTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Cases = "/api/v2/cases";
    private const string Tags = "/api/v1/tags";
    private const string Statuses = "/api/v1/case_sub_statuses";
    private const string Inputs = "/api/v1/case_inputs";

    [Fact]
    public async Task A_tag_is_made_renamed_in_all_its_cases_and_taken_off_them_when_it_is_deleted()
    {
        var team = await TeamAsync();
        var made = await service.PostAsync(Tags, $$"""{"team_id":{{team}},"name":"priority-high","color":"red"}""", ("Idempotency-Key", "tag"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var again = await service.PostAsync(Tags, $$"""{"team_id":{{team}},"name":"priority-high","color":"red"}""", ("Idempotency-Key", "tag"));
        Assert.Equal(made.Text, again.Text);
        SampleShape.AssertSame(
            """
            {"id":17,"name":"priority-high","color":"#FF8888","teams":[{"id":276,"name":"Test team 1"}],
             "created_at":"2026-04-10T09:15:42.128Z","updated_at":"2026-04-10T09:15:42.128Z"}
            """,
            made.Json);
        Assert.Equal("#FF8888", made.Json.GetProperty("color").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", made.Json.GetProperty("created_at").GetString());
        var tag = $"{Tags}/{made.Json.GetProperty("id")}";

        var found = await CaseAsync($$"""{"team_id":{{team}},"name":"tagged","tag_names":["Priority-High","other"]}""");
        Assert.Equal(["other", "priority-high"], NamesOf(await CaseOfAsync(found), "tags").Order());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync(tag, """{"name":"OTHER"}""")).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.PutAsync(tag, """{"name":"late"}""", ("If-Match", "\"999\""))).Status);
        var renamed = await service.PutAsync(tag, """{"name":"PRIORITY-high","color":"#9b61ff"}""", ("If-Match", made.Headers["ETag"]));
        Assert.Equal(HttpStatusCode.OK, renamed.Status);
        Assert.Equal("#9B61FF", renamed.Json.GetProperty("color").GetString());
        Assert.Contains("PRIORITY-high", NamesOf(await CaseOfAsync(found), "tags"));
        Assert.Equal("critical", (await service.PutAsync(tag, """{"name":"critical"}""")).Json.GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync(Tags, $$"""{"team_id":{{team}},"name":"priority-high"}""")).Status);
        Assert.Equal(3, (await service.GetAsync($"{Tags}?team_id={team}")).Json.GetProperty("meta").GetProperty("count").GetInt64());

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(tag)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(tag)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync(tag)).Status);
        await service.RunTimerAsync("MaintainStorage");
        var without = await CaseOfAsync(found);
        Assert.Equal(["other"], NamesOf(without, "tags"));
        Assert.Equal(("TAGS_REMOVED", "critical"), LastActivity(without));
    }

    [Fact]
    public async Task The_first_sub_status_below_a_status_is_what_cases_get_until_they_change_their_status()
    {
        var team = await TeamAsync();
        var triage = await SubStatusAsync(team, "In triage", "OPEN");
        var waiting = await SubStatusAsync(team, "Waiting", "OPEN");
        var solved = await SubStatusAsync(team, "Solved", "CLOSED");
        SampleShape.AssertSame(
            """
            {"id":41,"name":"Triage","slug":"triage","description":"Newly opened cases awaiting review.","parent_status":"OPEN","default":false,"team":{"id":1},
             "created_at":"2026-04-10T09:15:42.128Z","updated_at":"2026-04-10T09:15:42.128Z"}
            """,
            triage);
        Assert.Equal(("in_triage", true, false, true), (triage.GetProperty("slug").GetString(), Default(triage), Default(waiting), Default(solved)));

        var found = await CaseAsync($$"""{"team_id":{{team}},"name":"c"}""");
        Assert.Equal("In triage", SubStatusOf(await CaseOfAsync(found)));
        var moved = await service.PutAsync($"{Cases}/{found}", $$"""{"sub_status_id":{{waiting.GetProperty("id")}}}""");
        Assert.Equal(("SUB_STATUS_UPDATED", "Waiting"), LastActivity(moved.Json));
        var closed = await service.PutAsync($"{Cases}/{found}", """{"status":"closed"}""");
        Assert.Equal("Solved", SubStatusOf(closed.Json));
        Assert.Equal(("SUB_STATUS_UPDATED", "Solved"), LastActivity(closed.Json));

        foreach (var wrong in new[] { $"{waiting.GetProperty("id")}", "8000000000" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync($"{Cases}/{found}", $$"""{"sub_status_id":{{wrong}}}""")).Status);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity, (await service.PostAsync(Cases, $$"""{"team_id":{{team}},"name":"c","sub_status_id":{{solved.GetProperty("id")}}}""")).Status);
        Assert.Equal("Waiting", SubStatusOf((await service.PutAsync($"{Cases}/{found}", $$"""{"status":"open","sub_status_id":{{waiting.GetProperty("id")}}}""")).Json));
        var listed = await service.GetAsync($$"""{{Cases}}?team_id={{team}}&filters={"sub_status_names":["waiting"]}""");
        Assert.Equal(found, Assert.Single(listed.Json.GetProperty("cases").EnumerateArray()).GetProperty("case_id").GetInt64());
    }

    [Fact]
    public async Task Cases_of_a_deleted_sub_status_get_its_fallback_or_the_default()
    {
        var team = await TeamAsync();
        var (first, second, third) = (await SubStatusAsync(team, "First"), await SubStatusAsync(team, "Second"), await SubStatusAsync(team, "Third"));
        var closed = await SubStatusAsync(team, "Closed", "CLOSED");
        var found = await CaseAsync($$"""{"team_id":{{team}},"name":"c"}""");

        foreach (var wrong in new[] { Id(first), Id(closed), 8_000_000_000 })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.DeleteAsync($"{Statuses}/{Id(first)}?fallback_status_id={wrong}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Statuses}/{Id(first)}?fallback_status_id={Id(third)}")).Status);
        await service.RunTimerAsync("MaintainStorage");
        Assert.Equal("Third", SubStatusOf(await CaseOfAsync(found)));
        Assert.True(Default((await service.GetAsync($"{Statuses}/{Id(third)}")).Json));

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Statuses}/{Id(third)}")).Status);
        await service.RunTimerAsync("MaintainStorage");
        Assert.Equal("Second", SubStatusOf(await CaseOfAsync(found)));
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Statuses}/{Id(second)}")).Status);
        await service.RunTimerAsync("MaintainStorage");
        var without = await CaseOfAsync(found);
        Assert.Equal(JsonValueKind.Null, without.GetProperty("sub_status").ValueKind);
        Assert.Equal(("SUB_STATUS_UPDATED", null), LastActivity(without));
    }

    [Fact]
    public async Task Sub_statuses_are_listed_by_parent_and_search_and_their_names_are_unique()
    {
        var team = await TeamAsync();
        var triage = await SubStatusAsync(team, "Triage");
        await SubStatusAsync(team, "Resolved", "CLOSED");
        var list = await service.GetAsync($"{Statuses}?team_id={team}");
        Assert.Equal(["Triage", "Resolved"], NamesOf(list.Json, "case_sub_statuses"));
        Assert.Equal(["Resolved"], NamesOf((await service.GetAsync($"{Statuses}?team_id={team}&parent_status=closed")).Json, "case_sub_statuses"));
        Assert.Equal(["Triage"], NamesOf((await service.GetAsync($"{Statuses}?team_id={team}&search=RIA")).Json, "case_sub_statuses"));

        var one = $"{Statuses}/{Id(triage)}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync(one, """{"name":"resolved"}""")).Status);
        var renamed = (await service.PutAsync(one, """{"name":"In triage","description":"being looked at"}""")).Json;
        Assert.Equal(("in_triage", "being looked at"), (renamed.GetProperty("slug").GetString(), renamed.GetProperty("description").GetString()));
    }

    [Fact]
    public async Task A_field_takes_what_its_input_allows_and_answers_it_as_text()
    {
        var team = await TeamAsync();
        var system = await InputAsync($$$"""{"team_id":{{{team}}},"name":"Operating system","input_type":"string","validation_type":"options","validation_options":{"options":["Windows","MacOS"]}}""");
        var address = await InputAsync($$$"""{"team_id":{{{team}}},"name":"IP","input_type":"string","validation_type":"regex","validation_options":{"regex":"^[0-9.]+$"},"group_name":"Net"}""");
        var (count, flag, time) = (await InputAsync(team, "count", "number"), await InputAsync(team, "flag", "boolean"), await InputAsync(team, "time", "timestamp"));
        Assert.Equal("operating_system", system.GetProperty("key").GetString());
        Assert.Equal("Net", address.GetProperty("team_case_input_group").GetProperty("name").GetString());

        var fields = $"{Cases}/{await CaseAsync($$"""{"team_id":{{team}},"name":"c"}""")}/fields";
        foreach (var (input, taken, kept) in new[]
        {
            (system, "\"Windows\"", "Windows"), (address, "\"10.0.0.1\"", "10.0.0.1"), (count, "12.5", "12.5"), (flag, "true", "true"), (time, "\"2026-01-02T03:04:05+01:00\"", "2026-01-02T02:04:05Z"),
        })
        {
            foreach (var wrong in new[] { "\"Linux, or so\"", "{}", "[]", "[{}]" })
            {
                var refused = await service.PostAsync(fields, $$"""{"input_id":{{Id(input)}},"value":{{wrong}}}""");
                Assert.Equal(wrong[0] == '"' ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.BadRequest, refused.Status);
            }

            var made = await service.PostAsync(fields, $$"""{"input_id":{{Id(input)}},"value":{{taken}}}""");
            Assert.True(made.Status == HttpStatusCode.Created, made.Text);
            Assert.Equal(kept, made.Json.GetProperty("field").GetProperty("value").GetString());
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(fields, $$"""{"input_id":{{Id(input)}},"value":{{taken}}}""")).Status);
        }

        Assert.Equal(5, (await service.GetAsync(fields)).Json.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(fields, """{"input_id":8000000000,"value":"x"}""")).Status);
    }

    [Fact]
    public async Task A_field_is_changed_listed_with_its_case_and_deleted()
    {
        var team = await TeamAsync();
        var input = await InputAsync($$$"""{"team_id":{{{team}}},"name":"Priority","input_type":"string","validation_type":"options","validation_options":["low","high"]}""");
        var made = await service.PostAsync(Cases, $$$"""{"team_id":{{{team}}},"name":"c","field_values":{"{{{Id(input)}}}":"low|high"}}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        var path = $"{Cases}/{made.Json.GetProperty("case_id")}";
        var field = Assert.Single(made.Json.GetProperty("fields").EnumerateArray());
        Assert.Equal("low|high", field.GetProperty("value").GetString());
        Assert.True(JsonElement.DeepEquals(made.Json, (await service.GetAsync(path)).Json));

        var one = $"{path}/fields/{Id(field)}";
        var read = await service.GetAsync(one);
        SampleShape.AssertSame(
            """
            {"case_id":42,"field":{"id":1,"value":"high","case_input":{"id":1,"key":"priority","name":"Priority","validation_type":"options",
             "validation_options":{"options":["low","medium","high","critical"]}}}}
            """,
            read.Json);
        var changed = await service.PutAsync(one, """{"value":"high"}""", ("If-Match", read.Headers["ETag"]));
        Assert.Equal("high", changed.Json.GetProperty("field").GetProperty("value").GetString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.PutAsync(one, """{"value":"low"}""", ("If-Match", read.Headers["ETag"]))).Status);
        Assert.Equal(("FIELD_UPDATED", "Priority"), LastActivity((await service.GetAsync(path)).Json));

        var of = await service.GetAsync($"{Inputs}/{Id(input)}/fields");
        var listed = Assert.Single(of.Json.GetProperty("fields").EnumerateArray());
        Assert.Equal(made.Json.GetProperty("case_id").GetInt64(), Id(listed.GetProperty("case")));
        Assert.Equal("high", listed.GetProperty("value").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(one)).Status);
        Assert.Empty((await service.GetAsync($"{Inputs}/{Id(input)}/fields")).Json.GetProperty("fields").EnumerateArray());
    }

    [Fact]
    public async Task A_sensitive_value_is_hidden_from_those_who_only_read()
    {
        var team = await TeamAsync();
        var input = await InputAsync($$"""{"team_id":{{team}},"name":"Passport","input_type":"string","sensitive":true}""");
        var made = await service.PostAsync(Cases, $$$"""{"team_id":{{{team}}},"name":"c","field_values":{"{{{Id(input)}}}":"X-123"}}""");
        var path = $"{Cases}/{made.Json.GetProperty("case_id")}";
        foreach (var (role, shown) in new[] { ("viewer", "[sensitive]"), ("editor", "X-123") })
        {
            var key = (await service.PostAsync("/api/v1/api_keys", $$"""{"name":"k","team_id":{{team}},"role":"{{role}}"}""")).Json.GetProperty("key").GetString();
            foreach (var place in new[] { path, $"{path}/fields", $"{Inputs}/{Id(input)}/fields" })
            {
                var read = await service.SendAsAsync(key, HttpMethod.Get, place);
                Assert.Equal(shown, Assert.Single(read.Json.GetProperty("fields").EnumerateArray()).GetProperty("value").GetString());
            }
        }
    }

    [Fact]
    public async Task A_document_has_the_fields_that_are_not_sensitive()
    {
        var team = await TeamAsync();
        var (shown, hidden) = (await InputAsync(team, "System", "string"), await InputAsync($$"""{"team_id":{{team}},"name":"Passport","input_type":"string","sensitive":true}"""));
        var made = await service.PostAsync(Cases, $$$"""{"team_id":{{{team}}},"name":"c","field_values":{"{{{Id(shown)}}}":"MacOS","{{{Id(hidden)}}}":"X-123"}}""");

        using var pdf = PdfDocument.Open(await service.Client.GetByteArrayAsync(new Uri($"{Cases}/{made.Json.GetProperty("case_id")}/pdf", UriKind.Relative)));
        var text = string.Concat(pdf.GetPages().SelectMany(page => page.Letters).Select(letter => letter.Value));
        Assert.Contains("MacOS", text, StringComparison.Ordinal);
        Assert.DoesNotContain("X-123", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("case_inputs", """{"name":"x","input_type":"text"}""", 400)]
    [InlineData("case_inputs", """{"name":"x"}""", 400)]
    [InlineData("case_inputs", """{"name":"","input_type":"string"}""", 422)]
    [InlineData("case_inputs", """{"name":"x","input_type":"string","validation_type":"regex"}""", 400)]
    [InlineData("case_inputs", """{"name":"x","input_type":"string","validation_type":"regex","validation_options":{"regex":"("}}""", 422)]
    [InlineData("case_inputs", """{"name":"x","input_type":"string","validation_type":"regex","validation_options":{"regex":"(a)\\1"}}""", 422)]
    [InlineData("case_inputs", """{"name":"x","input_type":"string","validation_type":"options","validation_options":{"regex":"a"}}""", 400)]
    [InlineData("case_inputs", """{"name":"x","input_type":"string","validation_type":"options","validation_options":[]}""", 422)]
    [InlineData("case_inputs", """{"name":"x","input_type":"string","validation_type":"options","validation_options":["a","a"]}""", 422)]
    [InlineData("case_inputs", """{"name":"x","input_type":"number","validation_type":"options","validation_options":["1"]}""", 422)]
    [InlineData("case_sub_statuses", """{"name":" "}""", 422)]
    [InlineData("case_sub_statuses", """{"name":"x","parent_status":"HALF"}""", 400)]
    [InlineData("tags", """{"name":" "}""", 422)]
    [InlineData("tags", """{"name":"x","color":"beige"}""", 422)]
    [InlineData("tags", """{"color":"red"}""", 400)]
    public async Task What_cannot_be_is_refused(string path, string body, int status)
    {
        Assert.Equal(status, (int)(await service.PostAsync($"/api/v1/{path}", $$"""{"team_id":1,{{body[1..]}}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PostAsync($"/api/v1/{path}", """{"team_id":8000000000,"name":"x","input_type":"string"}""")).Status);
    }

    [Theory]
    [InlineData("""{"x":"a"}""", 400)]
    [InlineData("""{"0":"a"}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"8000000000":"a"}""", 422)]
    public async Task Field_values_that_name_no_input_are_refused(string values, int status)
        => Assert.Equal(status, (int)(await service.PostAsync(Cases, $$"""{"team_id":1,"name":"c","field_values":{{values}}}""")).Status);

    private static long Id(JsonElement thing) => thing.GetProperty("id").GetInt64();

    private static bool Default(JsonElement status) => status.GetProperty("default").GetBoolean();

    private static string? SubStatusOf(JsonElement found) => found.GetProperty("sub_status").GetProperty("name").GetString();

    private static IEnumerable<string?> NamesOf(JsonElement answer, string member) => answer.GetProperty(member).EnumerateArray().Select(each => each.GetProperty("name").GetString());

    private static (string? Type, string? Value) LastActivity(JsonElement found)
    {
        var last = found.GetProperty("activities").EnumerateArray().Last();
        return (last.GetProperty("activity_type").GetString(), last.GetProperty("value").GetString());
    }

    private Task<long> TeamAsync() => MakeAsync("/api/v1/teams", """{"name":"Blue"}""", "id");

    private Task<long> CaseAsync(string body) => MakeAsync(Cases, body, "case_id");

    private async Task<JsonElement> CaseOfAsync(long id) => (await service.GetAsync($"{Cases}/{id}")).Json;

    private async Task<JsonElement> SubStatusAsync(long team, string name, string parent = "OPEN")
        => (await service.PostAsync(Statuses, $$"""{"team_id":{{team}},"name":"{{name}}","parent_status":"{{parent}}","description":"d"}""")).Json;

    private Task<JsonElement> InputAsync(long team, string name, string type) => InputAsync($$"""{"team_id":{{team}},"name":"{{name}}","input_type":"{{type}}"}""");

    private async Task<JsonElement> InputAsync(string body)
    {
        var made = await service.PostAsync(Inputs, body);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("team_case_input");
    }

    private async Task<long> MakeAsync(string path, string body, string id)
    {
        var made = await service.PostAsync(path, body);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty(id).GetInt64();
    }
}
