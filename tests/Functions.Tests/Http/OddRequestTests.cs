using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Casefile.Functions.Tests.Http;

/// <summary>What is odd and allowed, and what is too much: by attackers, by hurried colleagues, by curl.</summary>
public sealed class OddRequestTests(ServiceFixture service) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private const string Records = "/api/v1/records";
    private const string Types = "/api/v1/record_types";

    private long type;
    private long text;

    public static TheoryData<string> OddTexts =>
    [
        "a/b\\c#d?e%20f", "' or PartitionKey ne '", "x') or (1 eq 1", "datetime'2026-01-01'", "..", "head", "rec-0000000000000000001", "__proto__", "constructor",
        "\"quoted\"", "<script>alert(1)</script>", "{\"$ne\":null}", "; DROP TABLE records --", "%", "_", "tab\tline\nreturn\r", "\u0001\u001f\u007f\u0085\u2028\u2029\ufeff",
        "emoji 😀👩‍👩‍👧‍👦", "Zalgo z̶̢͖͑", "right-to-left \u202e", "e\u0301 and é", "İIıi", "ﬁ", "\ufffe\uffff", " ", "  spaces  ",
    ];

    public async Task InitializeAsync()
    {
        var made = await service.CreateTypeAsync("Odd", """[{"name":"text","result_type":"TEXT"}]""");
        (type, text) = (made.GetProperty("id").GetInt64(), made.GetProperty("record_fields")[0].GetProperty("id").GetInt64());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(OddTexts))]
    public async Task Odd_characters_come_back_as_they_went_in_names_and_values_and_are_found_by_filters(string odd)
    {
        var quoted = JsonSerializer.Serialize(odd);
        var made = await service.CreateTypeAsync(odd, $$"""[{"name":{{quoted}},"result_type":"TEXT"},{"name":"kind","result_type":"TEXT_ENUM","fixed_values":[{{quoted}}]}]""");
        Assert.Equal(odd, made.GetProperty("name").GetString());
        var field = made.GetProperty("record_fields")[0].GetProperty("id").GetInt64();

        var created = await service.SendAsync(
            HttpMethod.Post,
            Records,
            $$"""{"record_type_id":{{made.GetProperty("id")}},"field_values":[{"field_id":{{field}},"value":{{quoted}}},{"field_id":{{field + 1}},"value":{{quoted}}}],"story_name":{{quoted}}}""");
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        await service.PostAsync(Records, $$"""{"record_type_id":{{made.GetProperty("id")}},"field_values":[{"field_id":{{field}},"value":"another"}]}""");

        var read = (await service.GetAsync($"{Records}/{created.Json.GetProperty("id")}")).Json;
        Assert.Equal(odd, read.GetProperty("record_type").GetProperty("name").GetString());
        Assert.Equal(odd, read.GetProperty("result").GetProperty(odd).GetString());
        Assert.Equal(odd, read.GetProperty("result").GetProperty("Story name").GetString());
        foreach (var (asked, operand) in new[] { ("EQUAL", quoted), ("IS_ANY_OF", $"[{quoted}]") })
        {
            var filters = Uri.EscapeDataString($$"""[{"field_id":"{{field}}","operator":"{{asked}}","value":{{operand}}},{"field_id":{{field + 1}},"operator":"{{asked}}","value":{{operand}}}]""");
            var found = (await service.GetAsync($"{Records}?record_type_id={made.GetProperty("id")}&filters={filters}")).Json;
            Assert.Equal(odd, Assert.Single(found.GetProperty("record_results").EnumerateArray()).GetProperty(odd).GetString());
        }
    }

    [Theory]
    [InlineData("page=9007199254740992")]
    [InlineData("page=99999999999999999999999999")]
    [InlineData("page=2&per_page=99999999999999999999999999")]
    [InlineData("page=18446744073709551616&per_page=500")]
    public async Task A_page_past_every_end_is_empty(string paging)
    {
        await service.PostAsync(Records, $$"""{"record_type_id":{{type}},"field_values":[]}""");
        foreach (var path in new[] { $"{Records}?record_type_id={type}&{paging}", $"{Types}?{paging}", $"/api/v1/teams?{paging}" })
        {
            var answer = await service.GetAsync(path);
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            Assert.Equal(0, answer.Json.EnumerateObject().First().Value.GetArrayLength());
            Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("meta").GetProperty("next_page").ValueKind);
        }
    }

    [Theory]
    [InlineData("page=1&page=2", "page")]
    [InlineData("record_type_id={type}&record_type_id={type}", "record_type_id")]
    [InlineData("order_direction[]=ASC", "order_direction")]
    [InlineData("test_mode=true&test_mode=false", "test_mode")]
    [InlineData("filters=[]&filters=[]", "filters[0]")]
    [InlineData("range_start[]=2026-01-01", "range_start")]
    public async Task A_parameter_given_twice_that_is_no_list_is_refused_by_name(string query, string place)
    {
        query = query.Replace("{type}", $"{type}", StringComparison.Ordinal);
        var answer = await service.GetAsync($"{Records}?{(query.Contains("record_type_id", StringComparison.Ordinal) ? "" : $"record_type_id={type}&")}{query}");

        Assert.True((int)answer.Status is 400 or 422, answer.Text);
        Assert.StartsWith(place, answer.Details[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_without_number_are_said_up_to_a_thousand()
    {
        var values = string.Join(',', Enumerable.Repeat("""{"field_id":-1,"value":1}""", 20_000));

        var answer = await service.PostAsync(Records, $$"""{"record_type_id":{{type}},"field_values":[{{values}}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(1_000, answer.Details.Count);
    }

    [Fact]
    public async Task Filters_deep_many_and_large_are_answered_or_refused()
    {
        var field = text.ToString(CultureInfo.InvariantCulture);
        var one = $$"""{"field_id":{{field}},"operator":"IS_NONE_OF","value":[{{string.Join(',', Enumerable.Range(0, 500))}}]}""";
        var cases = new (string Filters, HttpStatusCode Status)[]
        {
            ($"[{string.Join(',', Enumerable.Repeat(one, 100))}]", HttpStatusCode.OK),
            ($"[{string.Join(',', Enumerable.Repeat(one, 101))}]", HttpStatusCode.UnprocessableEntity),
            ($"[{one.Replace("[0", "[0,0", StringComparison.Ordinal)}]", HttpStatusCode.UnprocessableEntity),
            ($"{new string('[', 60)}{new string(']', 60)}", HttpStatusCode.UnprocessableEntity),
            ($"{new string('[', 100)}{new string(']', 100)}", HttpStatusCode.BadRequest),
            ($$"""[{"field_id":{{field}},"operator":"EQUAL","value":"{{new string('x', 32_001)}}"}]""", HttpStatusCode.UnprocessableEntity),
            ($$"""[{"field_id":{{field}},"operator":"EQUAL","value":{"a":[]} }]""", HttpStatusCode.UnprocessableEntity),
            ("[null]", HttpStatusCode.UnprocessableEntity),
            ("\"\"", HttpStatusCode.BadRequest),
            ("{}", HttpStatusCode.BadRequest),
        };
        foreach (var (filters, status) in cases)
        {
            var answer = await service.SendAsync(HttpMethod.Get, Records, $$"""{"record_type_id":{{type}},"filters":{{filters}}}""");
            Assert.True(answer.Status == status, $"{filters[..Math.Min(80, filters.Length)]}: {answer.Text[..Math.Min(300, answer.Text.Length)]}");
        }
    }

    [Fact]
    public async Task What_is_too_long_for_a_link_is_in_none()
    {
        for (var i = 0; i < 2; i++) await service.PostAsync(Records, $$"""{"record_type_id":{{type}},"field_values":[]}""");
        foreach (var length in new[] { 100, 3_000, 900_000 })
        {
            var body = $$"""{"record_type_id":{{type}},"per_page":1,"unknown":"{{new string('%', length)}}"}""";
            var answer = await service.SendAsync(HttpMethod.Get, Records, body);

            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.InRange(answer.Text.Length, 100, 40_000);
            var next = answer.Json.GetProperty("meta").GetProperty("next_page").GetString()!;
            Assert.Equal(length == 100 ? 1 : 0, next.Split("record_type_id").Length - 1);
            var followed = await service.SendAsync(HttpMethod.Get, next, body);
            Assert.Equal(2, followed.Json.GetProperty("meta").GetProperty("current_page").GetString()!.Split("page=2").Length);
        }
    }

    [Fact]
    public async Task A_key_is_found_under_any_spelling_of_its_header_and_scheme()
    {
        foreach (var (name, value) in new[]
        {
            ("AUTHORIZATION", $"Bearer {ServiceFixture.OwnerKey}"), ("authorization", $"bearer  {ServiceFixture.OwnerKey} "),
            ("X-User-Token", ServiceFixture.OwnerKey), ("x-USER-token", ServiceFixture.OwnerKey),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service.Client.BaseAddress!, "/api/v1/teams/"));
            request.Headers.TryAddWithoutValidation(name, value);
            using var client = new HttpClient();
            using var response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("HEAD", "/api/v1/teams", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PATCH", "/api/v1/records/1", HttpStatusCode.MethodNotAllowed)]
    [InlineData("OPTIONS", "/api/v1/records/1", HttpStatusCode.NoContent)]
    [InlineData("GET", "//api/v1/teams", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/records/9223372036854775808", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/records/-1", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/records/0", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/records/1.0", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/records/%2e%2e%2f%2e%2e%2fetc%2fpasswd", HttpStatusCode.NotFound)]
    public async Task Odd_methods_and_paths_are_answered_in_the_contracts_shape(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://{service.Client.BaseAddress!.Authority}{path}"));
        using var response = await service.Client.SendAsync(request);
        var answer = await Answer.OfAsync(response);

        Assert.True(answer.Status == status, answer.Text);
        Assert.True(answer.Headers.ContainsKey("x-request-id"));
        if (status == HttpStatusCode.MethodNotAllowed) Assert.NotEmpty(response.Content.Headers.Allow);
        if (answer.Text.Length > 0) Assert.NotEmpty(answer.Details);
    }

    [Fact]
    public async Task A_body_on_a_delete_and_parameters_in_the_query_of_a_post_are_read()
    {
        var values = Uri.EscapeDataString($$"""[{"field_id":"{{text}}","value":"q"}]""");
        var (first, second) = (await service.CreateCaseAsync(), await service.CreateCaseAsync());
        var made = await service.SendAsync(
            HttpMethod.Post, $"{Records}/?record_type_id={type}&field_values={values}&case_ids[]={first}&case_ids[]={second}&test_mode=true");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        Assert.Equal([first, second], made.Json.GetProperty("case_ids").EnumerateArray().Select(each => each.GetInt64()));
        Assert.True(made.Json.GetProperty("test_mode").GetBoolean());

        var bodyWins = await service.PostAsync(
            $"{Records}?record_type_id=77&test_mode=true", $$"""{"record_type_id":"{{type}}","field_values":[],"test_mode":"false","case_ids":null}""");
        Assert.True(bodyWins.Status == HttpStatusCode.Created, bodyWins.Text);
        Assert.False(bodyWins.Json.GetProperty("test_mode").GetBoolean());

        Assert.Equal(HttpStatusCode.NoContent, (await service.SendAsync(HttpMethod.Delete, $"{Records}/{made.Json.GetProperty("id")}/", "{\"any\":1}")).Status);
        var broken = await service.SendAsync(HttpMethod.Delete, $"{Records}/{bodyWins.Json.GetProperty("id")}", Encoding.UTF8.GetBytes("{"));
        Assert.Equal(HttpStatusCode.BadRequest, broken.Status);
    }
}
