using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Actions of a case, which v1 calls buttons.</summary>
public sealed class CaseActionTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Body = """{"url":"https://example.com/hook?a=b","label":"Isolate host","action_type":"webhook","action_text":"Isolate","query_params":{"host":"h 1"}}""";

    [Fact]
    public async Task An_action_is_made_read_changed_and_deleted()
    {
        var path = await CaseAsync();
        var made = await service.PostAsync(path + "/actions", Body, ("Idempotency-Key", "action"));
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        Assert.Equal(
            ["case_id", "id", "url", "label", "action_type", "action_text", "query_params", "story_name", "story_emoji", "page_emoji", "created_at", "updated_at"],
            made.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("h 1", made.Json.GetProperty("query_params").GetProperty("host").GetString());
        Assert.True(JsonElement.DeepEquals(made.Json, (await service.PostAsync(path + "/actions", Body, ("Idempotency-Key", "action"))).Json));

        var one = $"{path}/actions/{made.Json.GetProperty("id")}";
        var read = await service.GetAsync(one);
        Assert.True(JsonElement.DeepEquals(made.Json, read.Json));
        var changed = await service.PutAsync(one, """{"action_type":"page","action_text":"Open"}""", ("If-Match", read.Headers["ETag"]));
        Assert.Equal("page", changed.Json.GetProperty("action_type").GetString());
        Assert.Equal("Isolate host", changed.Json.GetProperty("label").GetString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.SendAsync(HttpMethod.Delete, one, null, ("If-Match", read.Headers["ETag"]))).Status);
        Assert.Equal(1, (await service.GetAsync(path + "/actions")).Json.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(one)).Status);
    }

    [Fact]
    public async Task A_batch_replaces_all_actions_or_none()
    {
        var path = await CaseAsync();
        await service.PostAsync(path + "/actions", Body);
        var before = (await service.GetAsync(path + "/actions")).Text;
        var refused = await service.PutAsync(
            path + "/actions/batch",
            """{"actions":[{"url":"https://example.com","label":"ok","action_type":"page"},{"url":"ftp://example.com","label":"","action_type":"page"}]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal(["actions[1].url: must be an absolute http or https URL of at most 4096 characters", "actions[1].label: must have 1 to 255 characters"], refused.Details);
        Assert.Equal(before, (await service.GetAsync(path + "/actions")).Text);

        var replaced = await service.PutAsync(path + "/actions/batch", $$"""{"actions":[{{string.Join(',', Enumerable.Repeat(Body, 40))}}]}""");
        Assert.True(replaced.Status == HttpStatusCode.OK, replaced.Text);
        Assert.Equal(40, replaced.Json.GetProperty("actions").GetArrayLength());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(path + "/actions", Body)).Status);
        var again = await service.PutAsync(path + "/actions/batch", $$"""{"actions":[{{string.Join(',', Enumerable.Repeat(Body, 40))}}]}""");
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(40, (await service.GetAsync(path)).Json.GetProperty("actions").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await service.PutAsync(path + "/actions/batch", """{"actions":[]}""")).Status);
        Assert.Equal(0, (await service.GetAsync(path)).Json.GetProperty("actions").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await service.PutAsync(path + "/actions/batch", "{}")).Status);
    }

    [Theory]
    [InlineData("/relative")]
    [InlineData("javascript:alert(1)")]
    [InlineData("//example.com/a")]
    [InlineData("http:///nowhere")]
    [InlineData("")]
    public async Task A_url_is_absolute_and_http(string url)
    {
        var refused = await service.PostAsync(
            await CaseAsync() + "/actions", $$"""{"url":{{JsonSerializer.Serialize(url)}},"label":"l","action_type":"page"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.StartsWith("url:", Assert.Single(refused.Details), StringComparison.Ordinal);
    }

    [Fact]
    public async Task V1_knows_actions_as_buttons()
    {
        var path = await CaseAsync();
        var buttons = path.Replace("v2", "v1", StringComparison.Ordinal) + "/buttons";
        var made = await service.PostAsync(buttons, """{"url":"https://example.com","label":"Open","button_type":"page","button_text":"Open form"}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        Assert.Equal(
            ["case_id", "id", "url", "label", "button_type", "button_text", "story_name", "story_emoji", "page_emoji", "created_at", "updated_at"],
            made.Json.EnumerateObject().Select(member => member.Name));
        var id = made.Json.GetProperty("id");
        Assert.Equal("Open form", (await service.GetAsync($"{path}/actions/{id}")).Json.GetProperty("action_text").GetString());
        Assert.Equal("Closer", (await service.PutAsync($"{buttons}/{id}", """{"label":"Closer"}""")).Json.GetProperty("label").GetString());
        Assert.Equal("Closer", (await service.GetAsync($"{buttons}/{id}")).Json.GetProperty("label").GetString());
        Assert.Equal("page", (await service.GetAsync(buttons)).Json.GetProperty("team_case_buttons")[0].GetProperty("button_type").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{buttons}/{id}")).Status);
        Assert.Equal(0, (await service.GetAsync(path + "/actions")).Json.GetProperty("meta").GetProperty("count").GetInt64());
    }

    private async Task<string> CaseAsync()
        => $"/api/v2/cases/{(await service.PostAsync("/api/v2/cases", """{"team_id":1,"name":"with actions"}""")).Json.GetProperty("case_id")}";
}
