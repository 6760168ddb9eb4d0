using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.RecordTypes;

public sealed class RecordTypeTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Types = "/api/v1/record_types";

    [Fact]
    public async Task The_sample_of_the_reference_is_answered_member_for_member()
    {
        var answer = await service.PostAsync(Types + "/", """
            {
              "name": "Record type name",
              "description": "Optional description of the record type",
              "team_id": "1",
              "fields": [{ "name": "Column 1", "result_type": "TEXT" }],
              "editable": true,
              "ttl_days": 3,
              "retention_column_name": "UPDATED_AT",
              "on_limit_reached": "EVICT_OLDEST",
              "max_records_limit": 5000
            }
            """);

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var id = answer.Json.GetProperty("id").GetInt64();
        var story = answer.Json.GetProperty("default_record_fields")[0].GetProperty("id").GetInt64();
        Assert.Equal(
            $$"""{"id":{{id}},"name":"Record type name","description":"Optional description of the record type","team_id":1,"editable":true,"ttl_days":3,"retention_column_name":"UPDATED_AT","on_limit_reached":"EVICT_OLDEST","max_records_limit":5000,"record_fields":[{"id":{{story + 2}},"name":"Column 1","result_type":"TEXT","fixed_values":[]}],"default_record_fields":[{"id":{{story}},"name":"Story name","result_type":"TEXT","fixed_values":[]},{"id":{{story + 1}},"name":"Timestamp","result_type":"TIMESTAMP","fixed_values":[]}]}""",
            answer.Text);
        Assert.Equal("\"1\"", answer.Headers["etag"]);
        Assert.Equal(answer.Text, (await service.GetAsync($"{Types}/{id}")).Text);
    }

    [Fact]
    public async Task Left_out_members_have_the_contracts_defaults()
    {
        var type = await service.CreateTypeAsync("Plain");

        Assert.Equal(JsonValueKind.Null, type.GetProperty("description").ValueKind);
        Assert.True(type.GetProperty("editable").GetBoolean());
        Assert.Equal(JsonValueKind.Null, type.GetProperty("ttl_days").ValueKind);
        Assert.Equal("CREATED_AT", type.GetProperty("retention_column_name").GetString());
        Assert.Equal("REJECT", type.GetProperty("on_limit_reached").GetString());
        Assert.Equal(JsonValueKind.Null, type.GetProperty("max_records_limit").ValueKind);
        Assert.Empty(type.GetProperty("record_fields").EnumerateArray());
    }

    [Fact]
    public async Task Every_result_type_is_taken_and_answered()
    {
        var type = await service.CreateTypeAsync("All", """
            [{"name":"a","result_type":"TEXT"},{"name":"b","result_type":"NUMBER"},{"name":"c","result_type":"TIMESTAMP"},{"name":"d","result_type":"BOOLEAN"},
             {"name":"e","result_type":"TEXT_ENUM","fixed_values":["x","y"]},{"name":"f","result_type":"ARTIFACT"},{"name":"g","result_type":"JSON"}]
            """);

        Assert.Equal(
            ["TEXT", "NUMBER", "TIMESTAMP", "BOOLEAN", "TEXT_ENUM", "ARTIFACT", "JSON"],
            type.GetProperty("record_fields").EnumerateArray().Select(field => field.GetProperty("result_type").GetString()));
        Assert.Equal("""["x","y"]""", type.GetProperty("record_fields")[4].GetProperty("fixed_values").GetRawText());
    }

    [Theory]
    [InlineData("0.25")]
    [InlineData("4")]
    [InlineData("3650")]
    [InlineData("\"7\"")]
    public async Task Ttl_days_come_back_as_a_number(string days)
    {
        var type = await service.CreateTypeAsync("Ttl", more: $",\"ttl_days\":{days}");

        Assert.Equal(days.Trim('"'), type.GetProperty("ttl_days").GetRawText());
    }

    [Fact]
    public async Task All_faults_are_answered_at_once()
    {
        var answer = await service.PostAsync(Types, """
            {"name":7,"fields":[{"name":"Timestamp","result_type":"TEXT"},{"result_type":"WORD"}],"ttl_days":-1,"on_limit_reached":"EXPLODE","max_records_limit":2000000}
            """);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("team_id: is required", answer.Details);
        Assert.Contains("name: must be text", answer.Details);
        Assert.Contains("fields[1].name: is required", answer.Details);
        Assert.Contains(answer.Details, details => details!.StartsWith("fields[1].result_type: must be one of TEXT, NUMBER", StringComparison.Ordinal));
        Assert.Contains("ttl_days: must be a positive number", answer.Details);
        Assert.Contains("on_limit_reached: must be one of REJECT, EVICT_OLDEST", answer.Details);
        Assert.Contains("fields[0].name: 'Timestamp' is reserved", answer.Details);
        Assert.Contains("max_records_limit: must be at most 1000000, the tenant's ceiling", answer.Details);
    }

    [Fact]
    public async Task An_update_touches_what_it_names_and_null_clears()
    {
        var type = await service.CreateTypeAsync("A", """[{"name":"a","result_type":"TEXT"},{"name":"b","result_type":"NUMBER"}]""", ",\"ttl_days\":1,\"max_records_limit\":10,\"description\":\"d\"");
        var id = type.GetProperty("id").GetInt64();
        var a = type.GetProperty("record_fields")[0].GetProperty("id").GetInt64();

        var answer = await service.PutAsync(
            $"{Types}/{id}",
            $$"""{"name":"B","ttl_days":null,"max_records_limit":null,"description":null,"fields":[{"id":"{{a}}","result_type":"TEXT_ENUM","fixed_values":["x"]},{"name":"c","result_type":"BOOLEAN"}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("B", answer.Json.GetProperty("name").GetString());
        Assert.All(["ttl_days", "max_records_limit", "description"], member => Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty(member).ValueKind));
        Assert.Equal(["a TEXT_ENUM", "b NUMBER", "c BOOLEAN"], answer.Json.GetProperty("record_fields").EnumerateArray().Select(field => $"{field.GetProperty("name").GetString()} {field.GetProperty("result_type").GetString()}"));

        var deleted = await service.PutAsync($"{Types}/{id}", $$"""{"fields":[],"field_ids_to_delete":[{{a}}]}""");
        Assert.Equal(["b", "c"], deleted.Json.GetProperty("record_fields").EnumerateArray().Select(field => field.GetProperty("name").GetString()));
        Assert.Equal(deleted.Text, (await service.GetAsync($"{Types}/{id}")).Text);
    }

    [Fact]
    public async Task A_retention_column_of_null_is_refused_while_a_ttl_is_set()
    {
        var type = await service.CreateTypeAsync("A", more: ",\"ttl_days\":1");

        var answer = await service.PutAsync($"{Types}/{type.GetProperty("id")}", """{"retention_column_name":null}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task A_deleted_type_is_not_found_and_not_listed()
    {
        var type = await service.CreateTypeAsync("Gone");
        var path = $"{Types}/{type.GetProperty("id")}";

        var deleted = await service.DeleteAsync(path);

        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Text));
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync(path)).Status);
        Assert.DoesNotContain("Gone", (await service.GetAsync(Types + "?per_page=500")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_paged_by_id_and_narrowed_to_a_team()
    {
        var team = (await service.PostAsync("/api/v1/teams", """{"name":"Lists"}""")).Json.GetProperty("id").GetInt64();
        var ids = new List<long>();
        for (var i = 0; i < 3; i++)
            ids.Add((await service.PostAsync(Types, $$"""{"name":"L{{i}}","team_id":{{team}},"fields":[]}""")).Json.GetProperty("id").GetInt64());

        var first = (await service.GetAsync($"{Types}?team_id={team}&per_page=2")).Json;
        var second = (await service.GetAsync(new Uri(first.GetProperty("meta").GetProperty("next_page").GetString()!).PathAndQuery)).Json;

        Assert.Equal(ids[..2], first.GetProperty("record_types").EnumerateArray().Select(type => type.GetProperty("id").GetInt64()));
        Assert.Equal(ids[2..], second.GetProperty("record_types").EnumerateArray().Select(type => type.GetProperty("id").GetInt64()));
        Assert.Equal(3, first.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("meta").GetProperty("next_page").ValueKind);
    }

    [Fact]
    public async Task A_change_under_an_older_etag_is_refused()
    {
        var type = await service.CreateTypeAsync("A");
        var path = $"{Types}/{type.GetProperty("id")}";
        await service.PutAsync(path, """{"name":"B"}""");

        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        using var answer = await service.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
    }

    [Fact]
    public async Task A_creation_repeated_under_its_idempotency_key_happens_once()
    {
        var key = Guid.NewGuid().ToString();
        async Task<HttpResponseMessage> PostAsync(string name)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Types)
            {
                Content = new StringContent($$"""{"name":"{{name}}","team_id":1,"fields":[]}""", null, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", key);
            return await service.Client.SendAsync(request);
        }

        using var first = await PostAsync("Once");
        using var second = await PostAsync("Once");
        using var other = await PostAsync("Other");

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("idempotency-replayed")));
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }
}
