using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Casefile.Core.Storage;

namespace Casefile.Functions.Tests.Records;

/// <summary>Many records at once over HTTP and the emulator (records.md, "Beyond").</summary>
public sealed class BulkTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Fields = """
        [{"name":"Name","result_type":"TEXT"},{"name":"Size","result_type":"NUMBER"},{"name":"Open","result_type":"BOOLEAN"},
         {"name":"Seen","result_type":"TIMESTAMP"},{"name":"Log","result_type":"ARTIFACT"},{"name":"Data","result_type":"JSON"}]
        """;

    [Fact]
    public async Task Each_record_of_a_batch_has_a_status_of_its_own_in_their_order()
    {
        var type = await TypeAsync("batch");
        var answer = await service.PostAsync(
            "/api/v1/records/batch", $$"""{"record_type_id":{{type.Id}},"records":[{{type.Record("a")}},{"field_values":[{"field_id":{{type["Size"]}},"value":"x"}]},7,{{type.Record("b")}}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal([(0, 201), (1, 422), (2, 400), (3, 201)], results.Select(each => (each.GetProperty("index").GetInt32(), each.GetProperty("status").GetInt32())));
        Assert.Equal("field_values[0].value: 'x' is not a number", results[1].GetProperty("errors")[0].GetProperty("details").GetString());
        Assert.Equal("""{"succeeded":2,"failed":2}""", answer.Json.GetProperty("meta").GetRawText());
        Assert.Equal(["a", "b"], await type.NamesAsync(service));
    }

    [Fact]
    public async Task A_batch_of_more_than_1000_records_or_without_a_type_is_refused_whole()
    {
        var type = await TypeAsync("limits");
        var records = string.Join(',', Enumerable.Repeat("{}", 1_001));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync("/api/v1/records/batch", $$"""{"record_type_id":{{type.Id}},"records":[{{records}}]}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.PostAsync("/api/v1/records/batch", """{"records":[]}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PostAsync("/api/v1/records/batch", """{"record_type_id":99999,"records":[]}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await StreamAsync("/api/v1/records/batch?record_type_id=99999", "{}\n")).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await StreamAsync($"/api/v1/records/import?record_type_id={type.Id}", "{}", "text/plain")).Status);
    }

    [Fact]
    public async Task A_stream_answers_each_line_in_order_and_a_bad_one_stops_nothing()
    {
        var type = await TypeAsync("stream");
        var lines = await LinesAsync(
            $"/api/v1/records/batch?record_type_id={type.Id}",
            $"{type.Record("a")}\n\nnonsense\r\n{type.Record("b")}\r\n{{\"record_type_id\":1}}\n{new string('x', 1_100_000)}\n{type.Record("c")}");

        Assert.Equal([(1, 201), (3, 400), (4, 201), (5, 400), (6, 413), (7, 201)], lines.SkipLast(1).Select(StatusOf));
        Assert.Equal("""{"succeeded":3,"failed":3}""", lines[^1].GetRawText());
        Assert.Equal(["a", "b", "c"], await type.NamesAsync(service));
    }

    [Fact]
    public async Task A_stream_fills_its_commits_with_and_without_a_key()
    {
        var type = await TypeAsync("full");
        await LinesAsync($"/api/v1/records/batch?record_type_id={type.Id}", type.Record("warm"));
        foreach (var key in (string?[])[null, "k"])
        {
            service.Counter.Reset();
            var lines = await LinesAsync($"/api/v1/records/batch?record_type_id={type.Id}", string.Join('\n', Enumerable.Range(0, 2_000).Select(i => type.Record($"{i}"))), key);
            Assert.Equal("""{"succeeded":2000,"failed":0}""", lines[^1].GetRawText());
            Assert.InRange(service.Counter[StorageRequestKind.Transaction], 20, 28);
        }

        Assert.Equal(4_001, (await type.ExportAsync(service)).Count);
    }

    [Fact]
    public async Task A_stream_sent_again_with_its_key_makes_what_is_missing_and_nothing_twice()
    {
        var type = await TypeAsync("again");
        var path = $"/api/v1/records/batch?record_type_id={type.Id}";
        var all = Enumerable.Range(0, 300).Select(i => type.Record($"{i}")).ToArray();
        var first = await LinesAsync(path, string.Join('\n', all.Take(170)), "key");
        var second = await LinesAsync(path, string.Join('\n', all), "key");

        Assert.Equal(first.SkipLast(1).Select(IdOf), second.Take(170).Select(IdOf));
        Assert.All(second.Take(170), line => Assert.True(line.GetProperty("replayed").GetBoolean()));
        Assert.All(second.Skip(170).SkipLast(1), line => Assert.False(line.TryGetProperty("replayed", out _)));
        Assert.Equal(300, (await type.NamesAsync(service)).Count);

        var changed = await LinesAsync(path, type.Record("other"), "key");
        Assert.Equal(409, changed[0].GetProperty("status").GetInt32());
        var body = $$"""{"record_type_id":{{type.Id}},"records":[{{type.Record("x")}}]}""";
        var made = (await service.PostAsync("/api/v1/records/batch", body, ("Idempotency-Key", "key"))).Json.GetProperty("results")[0];
        var repeat = (await service.PostAsync("/api/v1/records/batch", body, ("Idempotency-Key", "key"))).Json.GetProperty("results")[0];
        Assert.Equal(IdOf(made), IdOf(repeat));
    }

    [Fact]
    public async Task A_line_is_answered_while_the_stream_is_still_open()
    {
        var type = await TypeAsync("open");
        using var body = new OpenBody();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/records/batch?record_type_id={type.Id}") { Content = body };
        var sending = service.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await body.SendAsync(type.Record("a") + "\n");

        // The record is there though the request has not ended.
        for (var tries = 0; (await type.NamesAsync(service)).Count == 0; tries++) Assert.InRange(tries, 0, 500);
        await body.SendAsync(type.Record("b") + "\n");
        body.End();
        using var response = await sending;
        Assert.Equal(3, (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Only_failures_are_answered_where_that_is_asked_for()
    {
        var type = await TypeAsync("failures");
        var lines = await LinesAsync($"/api/v1/records/batch?record_type_id={type.Id}&report=failures", $"{type.Record("a")}\n{{}}\n{type.Record("b")}");
        Assert.Equal(2, lines.Count);
        Assert.Equal((2, 400), StatusOf(lines[0]));
    }

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("ndjson", "application/x-ndjson")]
    public async Task An_export_imported_is_the_same_export(string format, string contentType)
    {
        var (from, to) = (await TypeAsync($"from {format}"), await TypeAsync($"to {format}"));
        var (first, second) = (await service.CreateCaseAsync(), await service.CreateCaseAsync());
        string[] values =
        [
            from.Record("plain"),
            from.Record("=1+2, \"quoted\"\r\nand so on"),
            from.Record(""),
            """{"field_values":[]}""",
            $$"""{"case_ids":[{{first}},{{second}}],"story_name":"S","field_values":[{"field_id":{{from["Size"]}},"value":-0.25},{"field_id":{{from["Open"]}},"value":false},{"field_id":{{from["Seen"]}},"value":"2026-01-02"}]}""",
            $$"""{"field_values":[{"field_id":{{from["Log"]}},"value":"line\nline, \"é\""},{"field_id":{{from["Data"]}},"value":{"a":[1,"x,y"],"b":null} }]}""",
            $$"""{"field_values":[{"field_id":{{from["Data"]}},"value":"text"},{"field_id":{{from["Size"]}},"value":1e300}]}""",
        ];
        await LinesAsync($"/api/v1/records/batch?record_type_id={from.Id}", string.Join('\n', values));

        var exported = await service.GetAsync($"/api/v1/records/export?record_type_id={from.Id}&format={format}&resolve_artifacts=true");
        var lines = await LinesAsync($"/api/v1/records/import?record_type_id={to.Id}", exported.Text, contentType: contentType);
        Assert.Equal("""{"succeeded":7,"failed":0}""", lines[^1].GetRawText());
        // A record with a large value is committed once that is written, so those behind it may overtake it.
        Assert.Equal((await from.ExportAsync(service)).Order(StringComparer.Ordinal), (await to.ExportAsync(service)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task References_unknown_columns_and_broken_rows_are_refused_and_not_imported_as_something_else()
    {
        var type = await TypeAsync("broken");
        var import = $"/api/v1/records/import?record_type_id={type.Id}";
        var lines = await LinesAsync(
            import, "Name,Log,Data\r\na,\"{\"\"id\"\":1,\"\"is_artifact\"\":true}\",\r\nb\r\nc,,{\r\nd\"e,,\r\n\"f\ng\",,\r\n\"h", contentType: "text/csv");
        Assert.Equal([(2, 422), (3, 400), (4, 400), (5, 400), (6, 201), (8, 400)], lines.SkipLast(1).Select(StatusOf));
        Assert.Equal(["f\ng"], await type.NamesAsync(service));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await StreamAsync(import, "Name,Nme\n", "text/csv")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await StreamAsync(import, "", "text/csv")).Status);
        Assert.Equal((1, 422), StatusOf((await LinesAsync(import, """{"Nme":"x"}"""))[0]));
        Assert.Equal((1, 422), StatusOf((await LinesAsync(import, """{"Data":{"id":1,"is_artifact":true}}"""))[0]));
    }

    [Fact]
    public async Task Formulas_are_guarded_against_in_csv_where_that_is_asked_for()
    {
        var type = await TypeAsync("formula");
        await LinesAsync($"/api/v1/records/batch?record_type_id={type.Id}", type.Record("=1+2"));
        var path = $"/api/v1/records/export?record_type_id={type.Id}&format=csv&record_field_ids[]={type["Name"]}";
        Assert.Contains(",=1+2,", (await service.GetAsync(path)).Text, StringComparison.Ordinal);
        Assert.Contains(",'=1+2,", (await service.GetAsync(path + "&formula_guard=true")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_takes_the_filters_of_a_list_and_is_of_one_version()
    {
        var type = await TypeAsync("filtered");
        await LinesAsync($"/api/v1/records/batch?record_type_id={type.Id}", string.Join('\n', Enumerable.Range(0, 900).Select(i => type.Record($"{i % 3}"))));
        var filters = Uri.EscapeDataString($$"""[{"field_id":{{type["Name"]}},"operator":"EQUAL","value":"1"}]""");
        var answer = await service.GetAsync($"/api/v1/records/export?record_type_id={type.Id}&filters={filters}");
        Assert.Equal(300, answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        var changes = (await service.GetAsync($"/api/v1/records/changes?record_type_id={type.Id}&since={answer.Headers["x-changes-since"]}")).Json;
        Assert.Empty(changes.GetProperty("changes").EnumerateArray());
    }

    [Fact]
    public async Task Changes_tell_every_create_update_and_delete_once_and_in_order()
    {
        var type = await TypeAsync("changes");
        var since = (await service.GetAsync($"/api/v1/records/changes?record_type_id={type.Id}")).Json.GetProperty("meta").GetProperty("next").GetString();
        var made = (await LinesAsync($"/api/v1/records/batch?record_type_id={type.Id}", string.Join('\n', Enumerable.Range(0, 250).Select(i => type.Record($"{i}"))))).SkipLast(1).Select(IdOf).ToArray();
        await service.PutAsync($"/api/v1/records/{made[7]}", $$"""{"field_values":[{"field_id":{{type["Name"]}},"value":"new"}]}""");
        await service.DeleteAsync($"/api/v1/records/{made[8]}");

        var seen = new List<(string Type, long Id)>();
        bool more;
        do
        {
            var page = (await service.GetAsync($"/api/v1/records/changes?record_type_id={type.Id}&since={since}&limit=37")).Json;
            seen.AddRange(page.GetProperty("changes").EnumerateArray().Select(change => (change.GetProperty("type").GetString()!, IdOf(change))));
            since = page.GetProperty("meta").GetProperty("next").GetString();
            more = page.GetProperty("meta").GetProperty("more").GetBoolean();
        }
        while (more);

        Assert.Equal([.. made.Select(id => ("CREATE", id)), ("UPDATE", made[7]), ("DELETE", made[8])], seen);
    }

    [Fact]
    public async Task Places_that_are_none_or_not_yet_are_400_and_those_no_longer_kept_410()
    {
        var type = await TypeAsync("places");
        var path = $"/api/v1/records/changes?record_type_id={type.Id}&since=";
        Assert.Equal(HttpStatusCode.BadRequest, (await service.GetAsync(path + "x")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.GetAsync(path + "99")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(path + "0")).Status);

        var log = service.Storage.Table(TableNames.Records);
        var key = type.Id.ToString(CultureInfo.InvariantCulture);
        var row = (await log.ReadAsync(RowRange.Prefix(key, "log-"), default)).Rows[0];
        await log.TransactAsync(key, [RowAction.Delete(key, row.RowKey, RowAction.AnyETag)], default);
        Assert.Equal(HttpStatusCode.Gone, (await service.GetAsync(path + "0")).Status);
    }

    [Fact]
    public async Task An_upsert_creates_then_changes_the_record_that_matches_and_refuses_to_choose_among_several()
    {
        var type = await TypeAsync("upsert");
        var created = await UpsertAsync(type, "a", 1);
        var changed = await UpsertAsync(type, "a", 2);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.Status, changed.Status));
        Assert.Equal(IdOf(created.Json), IdOf(changed.Json));
        Assert.Equal(2, changed.Json.GetProperty("result").GetProperty("Size").GetInt32());
        Assert.Equal("\"2\"", changed.Headers["ETag"]);

        await LinesAsync($"/api/v1/records/batch?record_type_id={type.Id}", type.Record("a"));
        Assert.Equal(HttpStatusCode.Conflict, (await UpsertAsync(type, "a", 3)).Status);
        Assert.Equal(HttpStatusCode.OK, (await UpsertAsync(type, "a", 2, "Size")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await UpsertAsync(type, "", 2)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await UpsertAsync(type, "a", 2, "Log")).Status);
    }

    [Fact]
    public async Task Forty_upserts_of_ten_new_keys_at_once_make_ten_records()
    {
        var type = await TypeAsync("race");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => UpsertAsync(type, $"{i % 10}", i)));
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, answer.Text));
        Assert.Equal(10, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.Equal(10, (await type.NamesAsync(service)).Count);
    }

    [Fact]
    public async Task Who_may_only_read_exports_and_follows_but_writes_nothing_and_who_may_not_read_finds_nothing()
    {
        var type = await TypeAsync("roles");
        var viewer = await KeyAsync(1, "viewer");
        var team = IdOf((await service.PostAsync("/api/v1/teams", """{"name":"others"}""")).Json);
        var stranger = await KeyAsync(team, "editor");
        (HttpMethod Method, string Path, string? Body, string ContentType)[] reads =
        [
            (HttpMethod.Get, $"export?record_type_id={type.Id}", null, ""),
            (HttpMethod.Get, $"changes?record_type_id={type.Id}", null, ""),
        ];
        (HttpMethod Method, string Path, string? Body, string ContentType)[] writes =
        [
            (HttpMethod.Post, "batch", $$"""{"record_type_id":{{type.Id}},"records":[{{type.Record("a")}}]}""", "application/json"),
            (HttpMethod.Post, $"batch?record_type_id={type.Id}", type.Record("a"), "application/x-ndjson"),
            (HttpMethod.Post, $"import?record_type_id={type.Id}", """{"Name":"a"}""", "application/x-ndjson"),
            (HttpMethod.Put, "upsert", $$"""{"record_type_id":{{type.Id}},"match_field_ids":[{{type["Name"]}}],"field_values":[{"field_id":{{type["Name"]}},"value":"a"}]}""", "application/json"),
        ];
        foreach (var (method, path, body, contentType) in reads.Concat(writes))
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger));
            Assert.Equal(body is null ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await StatusAsync(viewer));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("wrong"));

            async Task<HttpStatusCode> StatusAsync(string key) => (await service.SendAsync(
                method, $"/api/v1/records/{path}", body is null ? null : Encoding.UTF8.GetBytes(body), contentType, [("Authorization", $"Bearer {key}")])).Status;
        }

        Assert.Empty(await type.NamesAsync(service));
    }

    private async Task<string> KeyAsync(long team, string role)
        => (await service.PostAsync("/api/v1/api_keys", $$"""{"name":"k","team_id":{{team}},"role":"{{role}}"}""")).Json.GetProperty("key").GetString()!;

    private Task<Answer> UpsertAsync(BulkType type, string name, int size, string? alsoBy = null) => service.PutAsync(
        "/api/v1/records/upsert",
        $$"""
        {"record_type_id":{{type.Id}},"match_field_ids":[{{type["Name"]}}{{(alsoBy is null ? "" : $",{type[alsoBy]}")}}],
         "field_values":[{"field_id":{{type["Name"]}},"value":"{{name}}"},{"field_id":{{type["Size"]}},"value":{{size}}},{"field_id":{{type["Log"]}},"value":"log"}]}
        """);

    private Task<Answer> StreamAsync(string path, string body, string contentType = "application/x-ndjson", string? key = null)
        => service.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), contentType, key is null ? [] : [("Idempotency-Key", key)]);

    private async Task<IReadOnlyList<JsonElement>> LinesAsync(string path, string body, string? key = null, string contentType = "application/x-ndjson")
    {
        var answer = await StreamAsync(path, body, contentType, key);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private async Task<BulkType> TypeAsync(string name)
    {
        var made = await service.CreateTypeAsync(name, Fields);
        return new BulkType(IdOf(made), made.GetProperty("record_fields").EnumerateArray().ToDictionary(field => field.GetProperty("name").GetString()!, IdOf));
    }

    private static (int Line, int Status) StatusOf(JsonElement line) => (line.GetProperty("line").GetInt32(), line.GetProperty("status").GetInt32());

    private static long IdOf(JsonElement element) => element.GetProperty("id").GetInt64();

    /// <summary>A body whose lines are sent one by one.</summary>
    private sealed class OpenBody : HttpContent
    {
        private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

        public OpenBody() => Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");

        public ValueTask SendAsync(string line) => lines.Writer.WriteAsync(line);

        public void End() => lines.Writer.Complete();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await foreach (var line in lines.Reader.ReadAllAsync())
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(line));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }

    private sealed record BulkType(long Id, IReadOnlyDictionary<string, long> Fields)
    {
        public long this[string field] => Fields[field];

        public string Record(string name) => $$"""{"field_values":[{"field_id":{{this["Name"]}},"value":{{JsonSerializer.Serialize(name)}}}]}""";

        public async Task<IReadOnlyList<string?>> NamesAsync(ServiceClient via)
            => [.. (await RowsAsync(via)).Select(row => row.GetProperty("Name").GetString())];

        /// <summary>The records as an export shows them, without what each has of its own.</summary>
        public async Task<IReadOnlyList<string>> ExportAsync(ServiceClient via)
            => [.. (await RowsAsync(via)).Select(row => string.Join(',', row.EnumerateObject().Where(member => member.Name is not ("id" or "updated_at" or "Timestamp"))))];

        private async Task<IEnumerable<JsonElement>> RowsAsync(ServiceClient via)
        {
            var answer = await via.GetAsync($"/api/v1/records/export?record_type_id={Id}&resolve_artifacts=true");
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            return answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line));
        }
    }
}
