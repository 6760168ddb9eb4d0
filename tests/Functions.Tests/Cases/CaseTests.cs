using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Cases themselves: created, read, listed, changed, deleted.</summary>
public sealed class CaseTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_created_case_reads_back_as_it_was_answered()
    {
        var made = await service.PostAsync(
            "/api/v2/cases/",
            """
            {"team_id": "1", "name": "Suspicious login detected", "priority": "high", "description": "**look** at this", "tag_names": ["login", "security", "Login"],
             "metadata": {"key": "value"}, "closure_conditions": [{"name": "assigned", "formula": "=SIZE(team_case.assignees) > 0"}],
             "tasks": [{"description": "Call the user"}]}
            """);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var answer = made.Json;
        Assert.Equal("HIGH", answer.GetProperty("priority").GetString());
        Assert.Equal("OPEN", answer.GetProperty("status").GetString());
        Assert.Equal(["login", "security"], answer.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()));
        Assert.Equal("value", answer.GetProperty("metadata").GetProperty("key").GetString());
        Assert.Equal("CREATED", answer.GetProperty("activities")[0].GetProperty("activity_type").GetString());

        var read = await service.GetAsync($"/api/v2/cases/{answer.GetProperty("case_id").GetInt64()}");
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.True(JsonElement.DeepEquals(answer, read.Json), $"{answer}\n{read.Json}");
    }

    [Fact]
    public async Task Closing_checks_the_conditions_and_opening_again_clears_who_resolved_it()
    {
        var id = await MakeAsync("""{"team_id": 1, "name": "c", "closure_conditions": [{"name": "is high", "formula": "=team_case.priority = \"HIGH\""}]}""");
        var refused = await service.PutAsync($"/api/v2/cases/{id}", """{"status": "closed"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("is high", refused.Json.GetProperty("errors")[0].GetProperty("details").GetString(), StringComparison.Ordinal);

        var closed = await service.PutAsync($"/api/v2/cases/{id}", """{"status": "CLOSED", "priority": "high"}""");
        Assert.Equal(HttpStatusCode.OK, closed.Status);
        Assert.Equal("CLOSED", closed.Json.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Object, closed.Json.GetProperty("resolved_by").ValueKind);

        var opened = await service.PutAsync($"/api/v2/cases/{id}", """{"status": "open"}""");
        Assert.Equal(JsonValueKind.Null, opened.Json.GetProperty("resolved_by").ValueKind);
        Assert.Equal(JsonValueKind.Null, opened.Json.GetProperty("resolved_at").ValueKind);
        Assert.Equal(
            ["CREATED", "SEVERITY_UPDATED", "STATUS_UPDATED", "STATUS_UPDATED"],
            opened.Json.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("activity_type").GetString()));
    }

    [Fact]
    public async Task The_first_cases_of_a_team_may_come_all_at_once()
    {
        var team = (await service.PostAsync("/api/v1/teams", """{"name":"at once"}""")).Json.GetProperty("id");
        var made = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => service.PostAsync("/api/v2/cases", $$"""{"team_id":{{team}},"name":"{{i}}"}""")));

        Assert.All(made, answer => Assert.True(answer.Status == HttpStatusCode.Created, answer.Text));
        Assert.Equal(40, (await service.GetAsync($"/api/v2/cases?team_id={team}")).Json.GetProperty("meta").GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task A_deleted_case_is_gone_at_once()
    {
        var id = await MakeAsync("""{"team_id": 1, "name": "to go", "tasks": [{"description": "one"}]}""");
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v2/cases/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"/api/v2/cases/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync($"/api/v2/cases/{id}")).Status);
        var list = await service.GetAsync("/api/v2/cases?team_id=1&per_page=500");
        Assert.DoesNotContain(list.Json.GetProperty("cases").EnumerateArray(), found => found.GetProperty("case_id").GetInt64() == id);
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_answers_the_first_case()
    {
        const string body = """{"team_id": 1, "name": "once", "tag_names": ["again"], "tasks": [{"description": "one"}]}""";
        var first = await service.PostAsync("/api/v2/cases", body, ("Idempotency-Key", "case-once"));
        var id = first.Json.GetProperty("case_id").GetInt64();
        await service.PutAsync($"/api/v2/cases/{id}", """{"name": "changed"}""");
        var again = await service.PostAsync("/api/v2/cases", body, ("Idempotency-Key", "case-once"));
        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.True(JsonElement.DeepEquals(first.Json, again.Json), $"{first.Json}\n{again.Json}");
    }

    private async Task<long> MakeAsync(string body)
    {
        var made = await service.PostAsync("/api/v2/cases", body);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("case_id").GetInt64();
    }
}
