using System.Net;

namespace Casefile.Functions.Tests.Cases;

/// <summary>The metadata of a case.</summary>
public sealed class CaseMetadataTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Pairs_are_added_set_read_and_removed(string version)
    {
        var path = await CaseAsync(version);
        var added = await service.PostAsync(path, """{"metadata":{"a":"other","b":{"deep":[1,null]}}}""");
        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal("""{"a":"first","b":{"deep":[1,null]}}""", Metadata(added));
        Assert.Equal("""{"a":"second","b":{"deep":[1,null]},"c":true}""", Metadata(await service.PutAsync(path, """{"metadata":{"a":"second","c":true}}""")));
        Assert.Equal("""{"a":"second"}""", Metadata(await service.GetAsync(path + "/a")));
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path + "/A")).Status);
        Assert.Equal("""{"a":"second"}""", Metadata(await service.SendAsync(HttpMethod.Delete, path, """{"metadata":["b","c","nothing"]}""")));
        Assert.Equal("{}", Metadata(await service.DeleteAsync(path + "?metadata[]=a")));
        Assert.Equal("{}", Metadata(await service.GetAsync(path)));
        Assert.Equal(
            ["b", "a, c", "b, c", "a"],
            (await service.GetAsync(path.Replace("/metadata", "", StringComparison.Ordinal).Replace("v1", "v2", StringComparison.Ordinal))).Json.GetProperty("activities").EnumerateArray()
                .Where(activity => activity.GetProperty("activity_type").GetString() == "METADATA_UPDATED").Select(activity => activity.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_answers_what_was_then()
    {
        var path = await CaseAsync("v2");
        foreach (var body in new[] { """{"metadata":{"b":2}}""", """{"metadata":{"a":"there already"}}""" })
        {
            var first = await service.PostAsync(path, body, ("Idempotency-Key", body[14..15]));
            await service.PutAsync(path, $$"""{"metadata":{"n":{{Guid.NewGuid().GetHashCode()}} } }""");
            var again = await service.PostAsync(path, body, ("Idempotency-Key", body[14..15]));
            Assert.Equal("true", again.Headers["idempotency-replayed"]);
            Assert.Equal(first.Text, again.Text);
        }
    }

    [Fact]
    public async Task A_change_of_what_somebody_else_has_changed_is_refused()
    {
        var path = await CaseAsync("v2");
        var tag = (await service.GetAsync(path)).Headers["ETag"];
        Assert.Equal(HttpStatusCode.OK, (await service.PutAsync(path, """{"metadata":{"a":"x"}}""", ("If-Match", tag))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.PutAsync(path, """{"metadata":{"a":"y"}}""", ("If-Match", tag))).Status);
        Assert.Equal("""{"a":"x"}""", Metadata(await service.GetAsync(path)));
    }

    [Fact]
    public async Task What_is_no_metadata_or_too_much_of_it_is_refused_whichever_way_it_comes()
    {
        var path = await CaseAsync("v2");
        foreach (var body in new[] { "{}", """{"metadata":[]}""", """{"metadata":"a"}""", """{"metadata":{"a":1,"a":2}}""" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await service.PostAsync(path, body)).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await service.PutAsync(path, body)).Status);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await service.DeleteAsync(path)).Status);
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync(path, $$"""{"metadata":{"b":"{{new string('b', 60_000)}}"} }""")).Status);
        var more = $$"""{"metadata":{"c":"{{new string('c', 40_000)}}"} }""";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(path, more)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync(path, more)).Status);
        Assert.Equal(["a", "b"], (await service.GetAsync(path)).Json.GetProperty("metadata").EnumerateObject().Select(pair => pair.Name));
        var made = await service.PostAsync("/api/v2/cases", $$"""{"team_id":1,"name":"c","metadata":{"c":"{{new string('c', 100_000)}}"} }""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, made.Status);
    }

    private async Task<string> CaseAsync(string version)
        => $"/api/{version}/cases/{(await service.PostAsync("/api/v2/cases", """{"team_id":1,"name":"with metadata","metadata":{"a":"first"}}""")).Json.GetProperty("case_id")}/metadata";

    private static string Metadata(Answer answer) => answer.Json.GetProperty("metadata").GetRawText();
}
