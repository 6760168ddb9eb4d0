using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Casefile.Functions.Tests.Tenancy;

public sealed class TeamKeyTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task An_admins_key_does_what_its_team_allows_and_sees_nothing_of_others()
    {
        var team = await CreateTeamAsync("Blue");
        var other = await service.CreateTypeAsync("Of the first team");
        using var admin = await ClientAsync(team, "admin");

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(admin, "/api/v1/record_types", $$"""{"name":"Ours","team_id":{{team}},"fields":[]}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(admin, "/api/v1/record_types", """{"name":"Theirs","team_id":1,"fields":[]}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin, $"/api/v1/record_types/{other.GetProperty("id")}"));
        Assert.Equal(["Ours"], (await JsonAsync(admin, "/api/v1/record_types")).GetProperty("record_types").EnumerateArray().Select(type => type.GetProperty("name").GetString()));
        Assert.Equal([team], (await JsonAsync(admin, "/api/v1/teams")).GetProperty("teams").EnumerateArray().Select(each => each.GetProperty("id").GetInt64()));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin, "/api/v1/teams/1"));
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(admin, "/api/v1/teams", """{"name":"Another"}""")).Status);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(admin, "/api/v1/api_keys", $$"""{"name":"ci","team_id":{{team}},"role":"viewer"}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(admin, "/api/v1/api_keys", """{"name":"ci","team_id":1,"role":"viewer"}""")).Status);
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("editor")]
    public async Task Who_only_reads_definitions_may_not_write_them(string role)
    {
        using var client = await ClientAsync(1, role);
        var type = await service.CreateTypeAsync("Readable");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, $"/api/v1/record_types/{type.GetProperty("id")}"));
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(client, "/api/v1/record_types", """{"name":"No","team_id":1,"fields":[]}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(client, "/api/v1/api_keys", """{"name":"No","team_id":1,"role":"viewer"}""")).Status);
        using var deleted = await client.DeleteAsync($"/api/v1/record_types/{type.GetProperty("id")}");
        Assert.Equal(HttpStatusCode.Forbidden, deleted.StatusCode);
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_a_revoked_key_is_refused()
    {
        var made = (await service.PostAsync("/api/v1/api_keys", """{"name":"ci","team_id":1,"role":"viewer"}""")).Json;
        var secret = made.GetProperty("key").GetString()!;
        using var client = ClientOf(secret);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/api/v1/teams"));
        Assert.DoesNotContain(secret, (await service.GetAsync("/api/v1/api_keys?per_page=500")).Text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/api_keys/{made.GetProperty("id")}")).Status);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/api/v1/teams"));
    }

    [Fact]
    public async Task A_user_token_header_is_a_key_too()
    {
        var made = (await service.PostAsync("/api/v1/api_keys", """{"name":"ci","team_id":1,"role":"viewer"}""")).Json;
        using var client = new HttpClient { BaseAddress = service.Client.BaseAddress };
        client.DefaultRequestHeaders.Add("X-User-Token", made.GetProperty("key").GetString());
        client.DefaultRequestHeaders.Add("X-User-Email", "whoever@example.com");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/api/v1/teams/1"));
    }

    [Fact]
    public async Task A_member_acts_by_a_personal_key_in_the_teams_they_are_in()
    {
        var team = await CreateTeamAsync("Green");
        var user = (await service.PostAsync("/api/v1/users", """{"name":"Ada","email":"ada@example.com"}""")).Json;
        Assert.False(user.GetProperty("is_service_account").GetBoolean());
        var userId = user.GetProperty("id").GetInt64();
        var secret = (await service.PostAsync("/api/v1/api_keys", $$"""{"name":"laptop","user_id":{{userId}}}""")).Json.GetProperty("key").GetString()!;
        using var ada = ClientOf(secret);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ada, $"/api/v1/teams/{team}"));

        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync($"/api/v1/teams/{team}/members", $$"""{"user_id":{{userId}},"role":"editor"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ada, $"/api/v1/teams/{team}"));
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(ada, "/api/v1/record_types", $$"""{"name":"No","team_id":{{team}},"fields":[]}""")).Status);

        var changed = await service.PutAsync($"/api/v1/teams/{team}/members/{userId}", """{"role":"admin"}""");
        Assert.Equal("admin", changed.Json.GetProperty("role").GetString());
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(ada, "/api/v1/record_types", $$"""{"name":"Yes","team_id":{{team}},"fields":[]}""")).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/teams/{team}/members/{userId}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ada, $"/api/v1/teams/{team}"));
    }

    [Fact]
    public async Task A_team_with_record_types_is_not_deleted_until_they_are()
    {
        var team = await CreateTeamAsync("Brown");
        var type = (await service.PostAsync("/api/v1/record_types", $$"""{"name":"Last","team_id":{{team}},"fields":[]}""")).Json;

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.DeleteAsync($"/api/v1/teams/{team}")).Status);
        await service.DeleteAsync($"/api/v1/record_types/{type.GetProperty("id")}");
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/teams/{team}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"/api/v1/teams/{team}")).Status);
    }

    [Fact]
    public async Task A_repeat_of_making_a_key_answers_it_without_the_secret()
    {
        var key = Guid.NewGuid().ToString();
        async Task<JsonElement> MakeAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/api_keys")
            {
                Content = new StringContent("""{"name":"ci","team_id":1,"role":"viewer"}""", null, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await service.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        }

        var (first, second) = (await MakeAsync(), await MakeAsync());

        Assert.StartsWith("rk_", first.GetProperty("key").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, second.GetProperty("key").ValueKind);
        Assert.Equal(first.GetProperty("id").GetInt64(), second.GetProperty("id").GetInt64());
    }

    private async Task<long> CreateTeamAsync(string name)
        => (await service.PostAsync("/api/v1/teams", $$"""{"name":"{{name}}"}""")).Json.GetProperty("id").GetInt64();

    private async Task<HttpClient> ClientAsync(long team, string role)
        => ClientOf((await service.PostAsync("/api/v1/api_keys", $$"""{"name":"{{role}}","team_id":{{team}},"role":"{{role}}"}""")).Json.GetProperty("key").GetString()!);

    private HttpClient ClientOf(string secret)
    {
        var client = new HttpClient { BaseAddress = service.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return answer.StatusCode;
    }

    private static async Task<JsonElement> JsonAsync(HttpClient client, string path) => JsonElement.Parse(await client.GetStringAsync(path));

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, null, "application/json");
        using var answer = await client.PostAsync(path, content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_user_is_called_by_a_whole_name_or_by_two_names()
    {
        const string users = "/api/v1/users";
        var whole = (await service.PostAsync(users, """{"name":"Jane van Doe","email":"jane@example.com"}""")).Json;
        Assert.Equal(("Jane", "van Doe"), (whole.GetProperty("first_name").GetString(), whole.GetProperty("last_name").GetString()));
        var two = (await service.PostAsync(users, """{"first_name":"Mary Ann","last_name":"Lee"}""")).Json;
        Assert.Equal("Mary Ann Lee", two.GetProperty("name").GetString());

        var one = $"{users}/{two.GetProperty("id")}";
        Assert.Equal("Mary Ann Ray", (await service.PutAsync(one, """{"last_name":"Ray"}""")).Json.GetProperty("name").GetString());
        var renamed = (await service.PutAsync(one, """{"name":"Mary Poe"}""")).Json;
        Assert.Equal(("Mary", "Poe"), (renamed.GetProperty("first_name").GetString(), renamed.GetProperty("last_name").GetString()));
        Assert.Equal("Mary", (await service.GetAsync(one)).Json.GetProperty("first_name").GetString());

        Assert.Equal(HttpStatusCode.BadRequest, (await service.PostAsync(users, """{"last_name":"Lee"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.PostAsync(users, """{"name":"Mary Lee","first_name":"Mary"}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(users, $$"""{"first_name":"{{new string('a', 200)}}","last_name":"{{new string('b', 56)}}"}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync(one, $$"""{"first_name":"{{new string('a', 252)}}"}""")).Status);
    }
}
