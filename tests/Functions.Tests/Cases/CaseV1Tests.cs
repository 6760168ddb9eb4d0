using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Cases in the older form of the API: the same cases, by the members that it has.</summary>
public sealed class CaseV1Tests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_case_is_one_and_the_same_in_both_versions()
    {
        var made = await service.PostAsync("/api/v1/cases/", """{"team_id":"1","name":"Suspicious login","priority":"High","tag_names":["login"],"metadata":{"key":"value"}}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        var id = made.Json.GetProperty("case_id").GetInt64();
        var action = Assert.Single(made.Json.GetProperty("team_case_actions").EnumerateArray());
        Assert.Equal("CREATED", action.GetProperty("action").GetString());
        Assert.Equal($"{id}", action.GetProperty("value").GetString());
        Assert.Equal(new Uri(service.Client.BaseAddress!, $"/team/1/cases/{id}").ToString(), made.Json.GetProperty("url").GetString());

        var read = await service.GetAsync($"/api/v1/cases/{id}");
        Assert.True(JsonElement.DeepEquals(made.Json, read.Json), $"{made.Json}\n{read.Json}");
        Assert.Equal("HIGH", (await service.GetAsync($"/api/v2/cases/{id}")).Json.GetProperty("priority").GetString());

        var closed = await service.PutAsync($"/api/v1/cases/{id}", """{"status":"closed","add_tag_names":["done"]}""", ("If-Match", read.Headers["ETag"]));
        Assert.Equal(HttpStatusCode.OK, closed.Status);
        Assert.Equal("CLOSED", closed.Json.GetProperty("status").GetString());
        Assert.Equal(["CREATED", "TAGS_ADDED", "STATUS_UPDATED"], closed.Json.GetProperty("team_case_actions").EnumerateArray().Select(each => each.GetProperty("action").GetString()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.PutAsync($"/api/v1/cases/{id}", """{"name":"late"}""", ("If-Match", read.Headers["ETag"]))).Status);

        var list = await service.GetAsync("/api/v1/cases?team_id=1&per_page=500");
        Assert.Contains(list.Json.GetProperty("cases").EnumerateArray(), found => JsonElement.DeepEquals(found, closed.Json));

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/cases/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"/api/v2/cases/{id}")).Status);
    }

    [Fact]
    public async Task A_repeat_is_answered_in_the_form_of_its_own_version()
    {
        const string body = """{"team_id":1,"name":"once"}""";
        var first = await service.PostAsync("/api/v1/cases", body, ("Idempotency-Key", "v1"));
        var again = await service.PostAsync("/api/v1/cases", body, ("Idempotency-Key", "v1"));
        Assert.True(JsonElement.DeepEquals(first.Json, again.Json), $"{first.Json}\n{again.Json}");
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        var other = await service.PostAsync("/api/v2/cases", body, ("Idempotency-Key", "v1"));
        Assert.NotEqual(first.Json.GetProperty("case_id").GetInt64(), other.Json.GetProperty("case_id").GetInt64());
    }
}
