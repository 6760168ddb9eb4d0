using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Casefile.Functions.Tests.Http;

/// <summary>What an attacker or a hurried colleague sends: each gets the contract's error, and none leaves anything behind.</summary>
public sealed class BadInputTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Types = "/api/v1/record_types";

    [Fact]
    public async Task Malformed_JSON_is_refused_with_its_position()
    {
        var answer = await RefusedAsync(HttpStatusCode.BadRequest, Types, "{\n  \"name\": \"a\",\n  \"team_id\": 1,,\n}");

        Assert.EndsWith("at line 3, byte 16", Assert.Single(answer.Details), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"\ud800","team_id":1,"fields":[]}""", "half of a surrogate pair at line 1, byte 10")]
    [InlineData("""{"name":"a","name":"b","team_id":1,"fields":[]}""", "'name'")]
    [InlineData("""[]""", "must be an object of parameters")]
    public async Task JSON_that_could_not_be_kept_is_refused(string body, string details)
        => Assert.Contains(details, Assert.Single((await RefusedAsync(HttpStatusCode.BadRequest, Types, body)).Details), StringComparison.Ordinal);

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused()
    {
        var answer = await RefusedAsync(HttpStatusCode.BadRequest, Types, [.. "{\"name\":\""u8, 0xFF, .. "\",\"team_id\":1,\"fields\":[]}"u8]);

        Assert.Equal("not valid UTF-8 at line 1, byte 10", Assert.Single(answer.Details));
    }

    [Fact]
    public async Task Deep_JSON_is_refused()
        => await RefusedAsync(HttpStatusCode.BadRequest, Types, $$"""{"name":"a","team_id":1,"fields":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}""");

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var answer = await RefusedAsync(HttpStatusCode.BadRequest, Types, """
            {"name":7,"team_id":9007199254740993,"fields":[{"name":"a","result_type":"BLOB"},5],"editable":"perhaps","ttl_days":"soon","on_limit_reached":"DROP","max_records_limit":-1}
            """);

        string[] places = ["name", "team_id", "fields[0].result_type", "fields[1]", "editable", "ttl_days", "on_limit_reached", "max_records_limit"];
        Assert.All(places, place => Assert.Contains(answer.Details, details => details!.StartsWith(place + ":", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_declared_or_streamed()
    {
        var large = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 1_000_000)}}","team_id":1,"fields":[]}""");
        var before = await service.EverythingAsync();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await service.SendAsync(HttpMethod.Post, Types, large)).Status);

        using var streamed = new HttpRequestMessage(HttpMethod.Post, Types) { Content = new StreamContent(new MemoryStream(large)) };
        streamed.Content.Headers.ContentLength = null;
        streamed.Headers.TransferEncodingChunked = true;
        streamed.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var response = await service.Client.SendAsync(streamed);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(before, await service.EverythingAsync());
    }

    [Fact]
    public async Task A_form_is_415_with_the_way_out()
    {
        var answer = await service.SendAsync(HttpMethod.Post, Types, "{\"name\":\"a\"}"u8.ToArray(), "application/x-www-form-urlencoded");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Contains("send 'Content-Type: application/json'", Assert.Single(answer.Details), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b\\c#d?e")]
    [InlineData("O'Brien' or PartitionKey ne '")]
    [InlineData("\"); DROP TABLE records; --")]
    [InlineData("line\r\nfeed\tand \u0001 \u007f")]
    [InlineData("наряд 🜁 ﷽ \u202eright to left")]
    [InlineData("%2e%2e/%00")]
    [InlineData("__proto__")]
    public async Task A_name_of_any_kind_comes_back_as_it_was(string name)
    {
        var made = await service.CreateTypeAsync(name, $$"""[{"name":{{JsonSerializer.Serialize(name)}},"result_type":"TEXT_ENUM","fixed_values":[{{JsonSerializer.Serialize(name)}}]}]""");

        var read = (await service.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Types}/{made.GetProperty("id").GetInt64()}"))).Json;

        Assert.Equal(name, read.GetProperty("name").GetString());
        Assert.Equal(name, read.GetProperty("record_fields")[0].GetProperty("name").GetString());
        Assert.Equal(name, read.GetProperty("record_fields")[0].GetProperty("fixed_values")[0].GetString());
    }

    [Theory]
    [InlineData("""[{"name":"id","result_type":"TEXT"}]""", "fields[0].name")]
    [InlineData("""[{"name":"Timestamp","result_type":"TEXT"}]""", "fields[0].name")]
    [InlineData("""[{"name":"case_ids","result_type":"TEXT"}]""", "fields[0].name")]
    [InlineData("""[{"name":"a","result_type":"TEXT"},{"name":"a","result_type":"NUMBER"}]""", "fields[1].name")]
    [InlineData("""[{"name":"a","result_type":"TEXT_ENUM"}]""", "fields[0].fixed_values")]
    [InlineData("""[{"name":"a","result_type":"TEXT_ENUM","fixed_values":["x","x"]}]""", "fields[0].fixed_values")]
    public async Task Names_that_collide_are_refused_by_place(string fields, string place)
    {
        var answer = await RefusedAsync(HttpStatusCode.UnprocessableEntity, Types, $$"""{"name":"a","team_id":1,"fields":{{fields}}}""");

        Assert.StartsWith(place, Assert.Single(answer.Details), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/record_types/9007199254740991")]
    [InlineData("/api/v1/record_types/0")]
    [InlineData("/api/v1/record_types/-5")]
    [InlineData("/api/v1/record_types/seven")]
    [InlineData("/api/v1/record_types/1'%20or%20'1")]
    [InlineData("/api/v1/record_types/1%2F2")]
    [InlineData("/api/v1/record_types/99999999999999999999")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/")]
    public async Task What_is_not_there_is_404_in_the_contracts_shape(string path)
    {
        var answer = await service.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("errors")[0].GetProperty("message").GetString()!);
        Assert.True(answer.Headers.ContainsKey("x-request-id"));
    }

    [Fact]
    public async Task A_method_that_a_path_does_not_take_is_405_with_those_that_it_takes()
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, Types + "/1");
        using var response = await service.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["DELETE", "GET", "PUT"], response.Content.Headers.Allow.Order(StringComparer.Ordinal));
        Assert.Contains("errors", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_needs_no_key_and_says_that_storage_answers()
    {
        using var stranger = new HttpClient { BaseAddress = service.Client.BaseAddress };

        Assert.Equal("""{"status":"ok","storage":"answers"}""", await stranger.GetStringAsync("/api/health"));
        using var refused = await stranger.GetAsync(Types);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("?page=0")]
    [InlineData("?per_page=-1")]
    [InlineData("?page=1%27%20or%20%271")]
    [InlineData("?team_id=1.5")]
    public async Task A_list_with_a_wrong_parameter_is_400(string query)
        => Assert.Equal(HttpStatusCode.BadRequest, (await service.GetAsync(Types + query)).Status);

    [Fact]
    public async Task Parameters_may_come_in_the_query_of_a_POST_and_the_body_of_a_GET()
    {
        var made = await service.PostAsync(Types + "?name=from+the+query&team_id=1", """{"fields":[]}""");
        Assert.Equal("from the query", made.Json.GetProperty("name").GetString());

        var listed = await service.SendAsync(HttpMethod.Get, Types + "/?per_page=500", """{"per_page":1,"team_id":"1"}""");
        Assert.Equal(1, listed.Json.GetProperty("record_types").GetArrayLength());
        Assert.Contains("?per_page=1&page=1&team_id=1", listed.Json.GetProperty("meta").GetProperty("current_page").GetString(), StringComparison.Ordinal);
    }

    private Task<Answer> RefusedAsync(HttpStatusCode status, string path, string body)
        => RefusedAsync(status, path, Encoding.UTF8.GetBytes(body));

    private async Task<Answer> RefusedAsync(HttpStatusCode status, string path, byte[] body)
    {
        var before = await service.EverythingAsync();

        var answer = await service.SendAsync(HttpMethod.Post, path, body);

        Assert.True(answer.Status == status, answer.Text);
        Assert.True(answer.Headers.ContainsKey("x-request-id"));
        Assert.Equal(before, await service.EverythingAsync());
        return answer;
    }
}
