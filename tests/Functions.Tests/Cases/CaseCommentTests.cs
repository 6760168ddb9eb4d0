using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Comments on a case, and reactions to them.</summary>
public sealed class CaseCommentTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_comment_is_made_read_changed_and_deleted_and_the_case_tells_of_it()
    {
        var path = await service.CaseAsync();
        var made = await service.PostAsync(path + "/comments", """{"value":"**look** here"}""", ("Idempotency-Key", "c"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(
            ["case_id", "id", "activity_type", "value", "user", "created_at", "reactions"], made.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("COMMENTED", made.Json.GetProperty("activity_type").GetString());
        Assert.Equal(1, made.Json.GetProperty("user").GetProperty("user_id").GetInt64());

        var one = $"{path}/comments/{made.Json.GetProperty("id")}";
        Assert.True(JsonElement.DeepEquals(made.Json, (await service.GetAsync(one)).Json));
        var changed = await service.PutAsync(one, """{"value":"changed"}""");
        Assert.Equal("changed", changed.Json.GetProperty("value").GetString());

        var again = await service.PostAsync(path + "/comments", """{"value":"**look** here"}""", ("Idempotency-Key", "c"));
        Assert.True(JsonElement.DeepEquals(made.Json, again.Json));
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        Assert.Equal(HttpStatusCode.Conflict, (await service.PostAsync(path + "/comments", """{"value":"other"}""", ("Idempotency-Key", "c"))).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync(one)).Status);
        Assert.Equal(["DELETED_COMMENT", "FIELD_UPDATED", "CREATED"], await service.ActivitiesAsync(path));
        var shown = (await service.GetAsync(path)).Json;
        Assert.Equal(3, shown.GetProperty("activities_meta").GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task Comments_are_listed_newest_first_and_paged()
    {
        var path = await service.CaseAsync();
        foreach (var value in (string[])["one", "two", "three"]) await service.MadeAsync(path + "/comments", $$"""{"value":"{{value}}"}""");

        var first = (await service.GetAsync(path + "/comments?per_page=2")).Json;
        Assert.Equal(["three", "two"], Values(first));
        Assert.Equal(3, first.GetProperty("meta").GetProperty("count").GetInt64());
        var next = new Uri(first.GetProperty("meta").GetProperty("next_page").GetString()!);
        Assert.Equal(["one"], Values((await service.GetAsync(next.PathAndQuery)).Json));
        Assert.Equal(["three", "two", "one"], Values((await service.GetAsync(path + "/activities?activity_type[]=COMMENTED")).Json, "activities"));
    }

    [Fact]
    public async Task An_author_is_a_member_of_the_team_and_else_the_keys_user()
    {
        var path = await service.CaseAsync();
        var member = await service.MemberAsync("Jane Doe", "jane@example.com");
        await service.MadeAsync("/api/v1/users", """{"name":"Out Sider","email":"outsider@example.com"}""");

        var made = await service.MadeAsync(path + "/comments", """{"value":"a","author_email":"Jane@example.com"}""");
        Assert.Equal(member, made.GetProperty("user").GetProperty("user_id").GetInt64());
        Assert.Equal("Doe", made.GetProperty("user").GetProperty("last_name").GetString());
        made = await service.MadeAsync(path + "/comments", """{"value":"a","author_email":"outsider@example.com"}""");
        Assert.Equal(1, made.GetProperty("user").GetProperty("user_id").GetInt64());
        var refused = await service.PostAsync(path + "/comments", """{"value":"a","author_email":"nobody@example.com"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("nobody@example.com", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mentions_become_names_where_that_is_asked_for()
    {
        var path = await service.CaseAsync();
        var member = await service.MemberAsync("Mary Major", "mary@example.com");
        var made = await service.MadeAsync(path + "/comments", $$"""{"value":"ask <@user-{{member}}> or <@user-99999>"}""");
        var one = $"{path}/comments/{made.GetProperty("id")}";

        Assert.Equal($"ask <@user-{member}> or <@user-99999>", (await service.GetAsync(one)).Json.GetProperty("value").GetString());
        Assert.Equal("ask @Mary Major or <@user-99999>", (await service.GetAsync(one + "?resolve_mentions=true")).Json.GetProperty("value").GetString());
    }

    [Fact]
    public async Task A_user_reacts_once_of_a_kind_and_takes_it_back()
    {
        var path = await service.CaseAsync();
        var one = $"{path}/comments/{(await service.MadeAsync(path + "/comments", """{"value":"a"}""")).GetProperty("id")}";

        var added = await service.PostAsync(one + "/add_reaction", """{"value":"heart"}""");
        Assert.Equal(HttpStatusCode.OK, added.Status);
        var reaction = added.Json.GetProperty("reactions")[0];
        Assert.Equal(":heart:", reaction.GetProperty("emoji").GetString());
        Assert.Equal(1, reaction.GetProperty("reactants")[0].GetProperty("user_id").GetInt64());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$", reaction.GetProperty("reactants")[0].GetProperty("reacted_at").GetString());

        var again = await service.PostAsync(one + "/reactions", """{"value":"heart"}""", ("Idempotency-Key", "r"));
        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.True(JsonElement.DeepEquals(added.Json, again.Json));
        await service.PostAsync(one + "/add_reaction", """{"value":"+1"}""");
        var replayed = await service.PostAsync(one + "/reactions", """{"value":"heart"}""", ("Idempotency-Key", "r"));
        Assert.True(JsonElement.DeepEquals(added.Json, replayed.Json));

        Assert.Equal([":heart:", ":+1:"], Emojis((await service.GetAsync(one)).Json));
        Assert.Equal([":+1:"], Emojis((await service.PostAsync(one + "/remove_reaction", """{"value":"heart"}""")).Json));
        Assert.Equal(HttpStatusCode.NoContent, (await service.SendAsync(HttpMethod.Delete, one + "/reactions", """{"value":"+1"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.SendAsync(HttpMethod.Delete, one + "/reactions", """{"value":"+1"}""")).Status);
        Assert.Empty(Emojis((await service.GetAsync(one)).Json));
    }

    [Fact]
    public async Task What_changed_meanwhile_is_neither_changed_nor_deleted()
    {
        var path = await service.CaseAsync();
        var one = $"{path}/comments/{(await service.MadeAsync(path + "/comments", """{"value":"a"}""")).GetProperty("id")}";
        var etag = (await service.GetAsync(one)).Headers["ETag"];
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Put, one, """{"value":"b"}""", ("If-Match", etag))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.SendAsync(HttpMethod.Put, one, """{"value":"c"}""", ("If-Match", etag))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.SendAsync(HttpMethod.Delete, one, null, ("If-Match", etag))).Status);
        Assert.Equal("b", (await service.GetAsync(one)).Json.GetProperty("value").GetString());
    }

    [Theory]
    [InlineData("""{}""", HttpStatusCode.BadRequest, "value: is required")]
    [InlineData("""{"value":7}""", HttpStatusCode.BadRequest, "value: must be text")]
    [InlineData("""{"value":""}""", HttpStatusCode.UnprocessableEntity, "value: must not be empty")]
    public async Task A_comment_that_is_none_is_refused(string body, HttpStatusCode status, string details)
    {
        var path = await service.CaseAsync();
        var refused = await service.PostAsync(path + "/comments", body);
        Assert.Equal(status, refused.Status);
        Assert.Equal([details], refused.Details);
    }

    [Fact]
    public async Task What_is_not_a_comment_is_not_found_among_comments_and_what_is_no_reaction_is_refused()
    {
        var path = await service.CaseAsync();
        var created = (await service.GetAsync(path + "/activities")).Json.GetProperty("activities")[0].GetProperty("id");
        var other = $"{path}/comments/{created}";
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(other)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PutAsync(other, """{"value":"x"}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync(other)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PostAsync(other + "/add_reaction", """{"value":"heart"}""")).Status);

        var one = $"{path}/comments/{(await service.MadeAsync(path + "/comments", """{"value":"a"}""")).GetProperty("id")}";
        foreach (var body in (string[])["{}", """{"value":"rocket"}""", """{"value":1}"""])
            Assert.Equal(HttpStatusCode.BadRequest, (await service.PostAsync(one + "/add_reaction", body)).Status);
        var tooLong = JsonSerializer.Serialize(new { value = new string('x', 100_001) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(path + "/comments", tooLong)).Status);
    }

    [Fact]
    public async Task V1_calls_the_type_action_and_is_the_same_comment()
    {
        var path = await service.CaseAsync();
        var v1 = path.Replace("v2", "v1", StringComparison.Ordinal);
        var made = await service.MadeAsync(v1 + "/comments", """{"value":"from v1"}""");
        Assert.Equal("COMMENTED", made.GetProperty("action").GetString());
        Assert.False(made.TryGetProperty("activity_type", out _));
        var reacted = await service.PostAsync($"{v1}/comments/{made.GetProperty("id")}/add_reaction", """{"value":"eyes"}""");
        Assert.Equal([":eyes:"], Emojis(reacted.Json));
        Assert.Equal("from v1", (await service.GetAsync($"{path}/comments/{made.GetProperty("id")}")).Json.GetProperty("value").GetString());
    }

    private static IEnumerable<string?> Values(JsonElement list, string name = "comments")
        => list.GetProperty(name).EnumerateArray().Select(each => each.GetProperty("value").GetString());

    private static IEnumerable<string?> Emojis(JsonElement comment)
        => comment.GetProperty("reactions").EnumerateArray().Select(each => each.GetProperty("emoji").GetString());
}
