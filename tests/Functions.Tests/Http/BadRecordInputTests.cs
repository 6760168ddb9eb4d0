using System.Net;
using System.Text;

namespace Casefile.Functions.Tests.Http;

/// <summary>Wrong input to records: the contract's error, all of it at once, and nothing left behind.</summary>
public sealed class BadRecordInputTests(ServiceFixture service) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private const string Records = "/api/v1/records";

    private long type;
    private long text;
    private long number;
    private long flag;
    private long other;

    public async Task InitializeAsync()
    {
        var made = await service.CreateTypeAsync("Bad input", """
            [{"name":"text","result_type":"TEXT"},{"name":"number","result_type":"NUMBER"},{"name":"flag","result_type":"BOOLEAN"}]
            """);
        type = made.GetProperty("id").GetInt64();
        var fields = made.GetProperty("record_fields").EnumerateArray().Select(field => field.GetProperty("id").GetInt64()).ToArray();
        (text, number, flag) = (fields[0], fields[1], fields[2]);
        var second = await service.CreateTypeAsync("Another", """[{"name":"text","result_type":"TEXT"}]""");
        other = second.GetProperty("record_fields")[0].GetProperty("id").GetInt64();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Values_of_the_wrong_type_are_all_named()
    {
        var answer = await RefusedAsync(HttpStatusCode.UnprocessableEntity, $$"""
            {"record_type_id":{{type}},"field_values":[{"field_id":{{number}},"value":"x"},{"field_id":{{flag}},"value":"maybe"},{"field_id":{{text}},"value":{"a":1} }]}
            """);

        Assert.Equal(
            ["field_values[0].value", "field_values[1].value", "field_values[2].value"],
            answer.Details.Select(details => details!.Split(':')[0]));
    }

    [Theory]
    [InlineData("999999999", HttpStatusCode.NotFound)]
    [InlineData("{other}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("9007199254740993", HttpStatusCode.BadRequest)]
    [InlineData("\"1' or '1\"", HttpStatusCode.BadRequest)]
    public async Task A_field_that_the_type_does_not_have_is_refused(string field, HttpStatusCode status)
        => await RefusedAsync(status, $$"""{"record_type_id":{{type}},"field_values":[{"field_id":{{field.Replace("{other}", $"{other}", StringComparison.Ordinal)}},"value":"a"}]}""");

    [Theory]
    [InlineData("""{"field_values":[]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"record_type_id":9007199254740991,"field_values":[]}""", HttpStatusCode.NotFound)]
    [InlineData("""{"record_type_id":{type}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"record_type_id":{type},"field_values":{}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"record_type_id":{type},"field_values":[7]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"record_type_id":{type},"field_values":[],"case_ids":[1,2,3,4,5,6]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"record_type_id":{type},"field_values":[],"case_ids":["x"]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"record_type_id":{type},"field_values":[],"parent_record_id":9007199254740991}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"record_type_id":{type},"field_values":[{"field_id":{text},"value":"\udc00"}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"record_type_id":{type},"field_values":[{"field_id":{text},"value":"a"},{"field_id":{text},"value":"b"}]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"record_type_id":{type},"field_values":[{"field_id":{number},"value":1e999}]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"record_type_id":{type},"field_values":[{"field_id":{number},"value":9007199254740993}]}""", HttpStatusCode.UnprocessableEntity)]
    public async Task A_create_that_is_wrong_leaves_nothing(string body, HttpStatusCode status)
        => await RefusedAsync(status, Fill(body));

    [Fact]
    public async Task Text_past_its_limit_is_refused_and_control_characters_and_injection_are_kept()
    {
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, $$"""{"record_type_id":{{type}},"field_values":[{"field_id":{{text}},"value":"{{new string('x', 32_001)}}"}]}""");

        const string kept = "a/b\\\\c#d?e 'x' or RowKey ne '' \\u0001\\n\\ud83d\\ude00";
        var made = await service.PostAsync(Records, $$"""{"record_type_id":{{type}},"field_values":[{"field_id":{{text}},"value":"{{kept}}"}]}""");

        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        Assert.Equal("a/b\\c#d?e 'x' or RowKey ne '' \u0001\n😀", made.Json.GetProperty("result").GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("record_type_id={type}&filters=nonsense", HttpStatusCode.BadRequest)]
    [InlineData("record_type_id={type}&filters=[{\"field_id\":{text},\"operator\":\"LIKE\",\"value\":\"a\"}]", HttpStatusCode.UnprocessableEntity)]
    [InlineData("record_type_id={type}&filters=[{\"field_id\":{number},\"operator\":\"EQUAL\",\"value\":\"x' or '1'='1\"}]", HttpStatusCode.UnprocessableEntity)]
    [InlineData("record_type_id={type}&filters=[{\"field_id\":{flag},\"operator\":\"IS_ANY_OF\",\"value\":[true]}]", HttpStatusCode.UnprocessableEntity)]
    [InlineData("record_type_id={type}&order_direction=SIDEWAYS", HttpStatusCode.BadRequest)]
    [InlineData("record_type_id={type}&range_start=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("record_type_id={type}&page=0", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("record_type_id=9007199254740991", HttpStatusCode.NotFound)]
    [InlineData("record_type_id=1;DROP%20TABLE", HttpStatusCode.BadRequest)]
    public async Task A_list_that_is_wrong_says_so(string query, HttpStatusCode status)
    {
        var answer = await service.GetAsync($"{Records}?{Fill(query)}");

        Assert.True(answer.Status == status, answer.Text);
        Assert.NotEmpty(answer.Details);
    }

    [Fact]
    public async Task A_filter_on_text_takes_injection_for_text()
    {
        var filter = Uri.EscapeDataString($$"""[{"field_id":{{text}},"operator":"EQUAL","value":"x' OR 1=1 --"}]""");

        var answer = await service.GetAsync($"{Records}?record_type_id={type}&filters={filter}");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal(0, answer.Json.GetProperty("meta").GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task The_same_idempotency_key_answers_the_same_and_with_another_body_409()
    {
        var body = $$"""{"record_type_id":{{type}},"field_values":[{"field_id":{{text}},"value":"once"}]}""";

        var first = await CreateWithKeyAsync("one key / with \\ # ?", body);
        var again = await CreateWithKeyAsync("one key / with \\ # ?", body);
        var another = await CreateWithKeyAsync("one key / with \\ # ?", body.Replace("once", "twice", StringComparison.Ordinal));
        var wrong = await CreateWithKeyAsync(new string('k', 256), body);

        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.Equal(first.Text, again.Text);
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        Assert.Equal(HttpStatusCode.Conflict, another.Status);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
    }

    private async Task<Answer> CreateWithKeyAsync(string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Records) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await service.Client.SendAsync(request);
        return new Answer(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    private string Fill(string template) => template
        .Replace("{type}", $"{type}", StringComparison.Ordinal)
        .Replace("{text}", $"{text}", StringComparison.Ordinal)
        .Replace("{number}", $"{number}", StringComparison.Ordinal)
        .Replace("{flag}", $"{flag}", StringComparison.Ordinal);

    private async Task<Answer> RefusedAsync(HttpStatusCode status, string body)
    {
        var before = await service.EverythingAsync($"{type}");

        var answer = await service.PostAsync(Records, body);

        Assert.True(answer.Status == status, answer.Text);
        Assert.NotEmpty(answer.Details);
        Assert.Equal(before, await service.EverythingAsync($"{type}"));
        return answer;
    }
}
