using System.Net;
using System.Text;
using System.Text.Json;

namespace Casefile.Functions.Tests.Tracy;

/// <summary>Creating records of datasets, by the API's own schema and by what it leaves to us.</summary>
public sealed class TracyRecordTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Hello = """  "stringValue":"hello"  """;

    [Fact]
    public async Task A_record_with_a_value_of_every_type_answers_as_the_schema_says()
    {
        var dataset = await TestDataset.MakeAsync(service, TestDataset.Types);
        var first = await dataset.CreateAsync(service, []);
        var values = dataset.Values(user: 1, TestDataset.IdOf(first));

        var answer = await dataset.PostAsync(service, dataset.Datums(values));

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        await SeedSchema.HoldsAsync("Record", answer.Text);
        dataset.AssertHolds(answer.Json, values);
        Assert.Equal(1, TestDataset.IdOf(dataset.DatumsOf(answer.Json, "author")[0].GetProperty("userValue")));
        Assert.Equal(2, dataset.DatumsOf(answer.Json, "number")[0].GetProperty("integerValue").GetInt64());
        Assert.Equal(Created(answer.Json), dataset.DatumsOf(answer.Json, "created")[0].GetProperty("dateTimeValue").GetString());

        var id = TestDataset.IdOf(answer.Json);
        var read = await service.GetAsync($"/v1/records/{id}");
        Assert.Equal(answer.Text, read.Text);
        var listed = await service.GetAsync($"/v1/records?datasetId={dataset.Id}");
        Assert.Equal("2", listed.Headers["x-total-count"]);
        foreach (var each in listed.Json.EnumerateArray()) await SeedSchema.HoldsAsync("Record", each.GetRawText());
        dataset.AssertHolds(listed.Json[1], values);
        var ids = answer.Json.GetProperty("datums").EnumerateArray().Select(TestDataset.IdOf).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public async Task The_server_fills_state_rank_events_and_the_first_transition()
    {
        var dataset = await TestDataset.MakeAsync(service, "text", "options");

        var body = dataset.Body(
            [dataset.Datum("text", Hello), .. dataset.OptionDatums("options", "blue", "red")],
            ""","id":77,"removed":"2020-01-01T00:00:00Z","events":[{"id":1}],"transitions":"whatever","archived":"2026-05-06T07:08:09+02:00" """);
        var record = (await service.PostAsync("/v1/records", body)).Json;

        Assert.NotEqual(77, TestDataset.IdOf(record));
        Assert.Equal("New", record.GetProperty("state").GetProperty("name").GetString());
        Assert.Equal(dataset.Id, TestDataset.IdOf(record.GetProperty("state").GetProperty("dataset")));
        Assert.Equal("2026-05-06T05:08:09.000Z", record.GetProperty("archived").GetString());
        Assert.Equal(JsonValueKind.Null, record.GetProperty("removed").ValueKind);
        var transition = Assert.Single(record.GetProperty("transitions").EnumerateArray());
        Assert.False(transition.TryGetProperty("oldState", out _));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", transition.GetProperty("timestamp").GetString());
        var events = record.GetProperty("events").EnumerateArray().ToArray();
        Assert.Equal(["created", "datumChanged", "datumChanged", "datumChanged"], events.Select(TypeOf));
        Assert.Equal("hello", events[1].GetProperty("newStringValue").GetString());
        Assert.Equal("blue", events[2].GetProperty("newOptionValue").GetProperty("text").GetString());
        Assert.All(events, each => Assert.Equal(1, TestDataset.IdOf(each.GetProperty("user"))));
        var rank = Assert.Single(record.GetProperty("metadatums").EnumerateArray());
        Assert.Equal(dataset.Id, TestDataset.IdOf(rank.GetProperty("representation")));
    }

    [Fact]
    public async Task A_record_without_metadatums_is_ranked_behind_all_others()
    {
        var dataset = await TestDataset.MakeAsync(service, "text");
        var ranks = new List<double>();

        foreach (var sent in new[] { "", "", $$""","metadatums":[{"representation":{"id":{{dataset.Id}}},"decimalValue":1000000.5}]""", "", "" })
            ranks.Add((await dataset.CreateAsync(service, [], sent)).GetProperty("metadatums")[0].GetProperty("decimalValue").GetDouble());

        Assert.Equal(1000000.5, ranks[2]);
        Assert.Equal(ranks.Order(), ranks);
        Assert.Equal(ranks.Distinct(), ranks);

        var other = await dataset.CreateAsync(service, [], $$""","metadatums":[{"id":5,"representation":{"id":9},"recordValue":{"id":{{TestDataset.IdOf(await dataset.CreateAsync(service, []))}} } }]""");
        await SeedSchema.HoldsAsync("Record", other.GetRawText());
        Assert.Equal(9, TestDataset.IdOf(other.GetProperty("metadatums")[0].GetProperty("representation")));
    }

    [Fact]
    public async Task A_duplicate_has_what_can_be_set_and_the_body_overrides_it_property_by_property()
    {
        var dataset = await TestDataset.MakeAsync(service, TestDataset.Types);
        var first = TestDataset.IdOf(await dataset.CreateAsync(service, []));
        var values = dataset.Values(user: 1, first);
        var original = await dataset.CreateAsync(
            service, dataset.Datums(values), $$""","state":{"id":{{dataset.State("Doing")}}},"archived":"2026-01-01T00:00:00Z" """);
        var from = $$"""{"original":{"id":{{TestDataset.IdOf(original)}}}""";

        var plain = (await service.PostAsync("/v1/records", from + "}")).Json;

        await SeedSchema.HoldsAsync("Record", plain.GetRawText());
        dataset.AssertHolds(plain, values);
        Assert.Equal("Doing", plain.GetProperty("state").GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, plain.GetProperty("archived").ValueKind);
        Assert.Equal("duplicated", TypeOf(plain.GetProperty("events")[0]));
        Assert.Single(plain.GetProperty("transitions").EnumerateArray());
        Assert.Equal(3, dataset.DatumsOf(plain, "number")[0].GetProperty("integerValue").GetInt64());

        var options = $$"""{"property":{"id":{{dataset.Property("options")}}},"optionValue":{"id":{{dataset.Option("options", "green")}} } }""";
        var changed = (await service.PostAsync("/v1/records", from + $$"""
            ,"dataset":{"id":{{dataset.Id}}},"state":{"id":{{dataset.State("Done")}}},"datums":[{{dataset.Datum("text", Hello)}},{{options}}]}
            """)).Json;

        Assert.Equal("Done", changed.GetProperty("state").GetProperty("name").GetString());
        Assert.Equal("hello", dataset.DatumsOf(changed, "text")[0].GetProperty("stringValue").GetString());
        Assert.Equal("green", Assert.Single(dataset.DatumsOf(changed, "options")).GetProperty("optionValue").GetProperty("text").GetString());
        Assert.Equal("one\ntwo\nthree", dataset.DatumsOf(changed, "multilineText")[0].GetProperty("stringValue").GetString());

        var elsewhere = await TestDataset.MakeAsync(service, "text");
        foreach (var wrong in new[] { from + $$""","dataset":{"id":{{elsewhere.Id}} } }""", $$"""{"original":{"id":{{TestDataset.IdOf(original)}},"dataset":{"id":{{elsewhere.Id}} } },"dataset":{"id":{{dataset.Id}} } }""" })
            Assert.Equal(HttpStatusCode.BadRequest, (await service.PostAsync("/v1/records", wrong)).Status);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/json")]
    [InlineData("text/json; charset=utf-8")]
    [InlineData("application/*+json")]
    [InlineData("application/vnd.tracy+json")]
    [InlineData("application/json-patch+json")]
    public async Task Every_media_type_of_the_schema_is_taken(string contentType)
    {
        var dataset = await TestDataset.MakeAsync(service, "text");

        var answer = await service.SendAsync(HttpMethod.Post, "/v1/records", Encoding.UTF8.GetBytes(dataset.Body([dataset.Datum("text", Hello)])), contentType);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/plain", "text/plain")]
    [InlineData("text/json", "text/json")]
    [InlineData("text/*", "text/json")]
    [InlineData("application/xml", "application/json")]
    [InlineData("application/json;q=0.1, text/plain;q=0.9", "text/plain")]
    public async Task The_answer_is_of_the_type_that_the_client_takes(string? accept, string expected)
    {
        var dataset = await TestDataset.MakeAsync(service, "text");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/records")
        {
            Content = new StringContent(dataset.Body([]), Encoding.UTF8, "application/json"),
        };
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await service.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, response.Content.Headers.ContentType!.MediaType);
        Assert.True(JsonElement.Parse(await response.Content.ReadAsStringAsync()).TryGetProperty("id", out _));
    }

    [Fact]
    public async Task A_create_with_an_idempotency_key_happens_once()
    {
        var dataset = await TestDataset.MakeAsync(service, "text");
        (string, string) key = ("Idempotency-Key", "tracy-1");

        var first = await dataset.PostAsync(service, [dataset.Datum("text", Hello)], "", key);
        var again = await dataset.PostAsync(service, [dataset.Datum("text", Hello)], "", key);
        var other = await dataset.PostAsync(service, [], "", key);

        Assert.Equal(first.Text, again.Text);
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        Assert.Equal(HttpStatusCode.Conflict, other.Status);
        Assert.Equal("1", (await service.GetAsync($"/v1/records?datasetId={dataset.Id}")).Headers["x-total-count"]);
    }

    [Fact]
    public async Task A_key_that_only_creates_is_answered_what_it_sent_and_the_new_ids_and_reads_nothing()
    {
        var dataset = await TestDataset.MakeAsync(service, "text!", "option", "multilineText", "author", "number");
        var existing = TestDataset.IdOf(await dataset.CreateAsync(service, [dataset.Datum("text", Hello)]));
        var key = (await service.PostAsync("/api/v1/api_keys", """{"name":"writer","team_id":1,"role":"writer"}""")).Json.GetProperty("key").GetString()!;

        var body = dataset.Body([dataset.Datum("text", Hello), dataset.Datum("option", $$""" "optionValue":{"id":{{dataset.Option("option", "red")}} } """)]);
        var made = await service.SendAsAsync(key, HttpMethod.Post, "/v1/records", body);

        Assert.True(made.Status == HttpStatusCode.OK, made.Text);
        await SeedSchema.HoldsAsync("Record", made.Text);
        var id = TestDataset.IdOf(made.Json);
        Assert.Equal(2, made.Json.GetProperty("datums").GetArrayLength());
        foreach (var secret in new[] { "New", "Tickets", "red", "writer", "Owner", "created", "multilineText" })
            Assert.DoesNotContain($"\"{secret}\"", made.Text, StringComparison.Ordinal);
        Assert.Equal(2, (await service.GetAsync($"/v1/records/{id}")).Json.GetProperty("datums").EnumerateArray().Count(datum => datum.TryGetProperty("optionValue", out _) || datum.GetProperty("stringValue").ValueKind == JsonValueKind.String));

        foreach (var path in new[] { $"/v1/records/{id}", $"/v1/datasets/{dataset.Id}", $"/api/v1/records/{id}", $"/api/v1/record_types/{dataset.Id}" })
            Assert.Equal(HttpStatusCode.NotFound, (await service.SendAsAsync(key, HttpMethod.Get, path)).Status);
        Assert.Equal("[]", (await service.SendAsAsync(key, HttpMethod.Get, "/v1/datasets")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await service.SendAsAsync(key, HttpMethod.Patch, $"/v1/records/{id}", "{}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.SendAsAsync(key, HttpMethod.Delete, $"/v1/records/{id}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.SendAsAsync(key, HttpMethod.Post, "/v1/records", $$"""{"original":{"id":{{existing}} } }""")).Status);

        var tines = await service.SendAsAsync(
            key, HttpMethod.Post, "/api/v1/records", $$"""{"record_type_id":{{dataset.Id}},"field_values":[{"field_id":{{dataset.Property("text")}},"value":"hi"}]}""");
        Assert.Equal(HttpStatusCode.Created, tines.Status);
        Assert.Equal(["id", "record_type", "test_mode", "records", "case_ids"], tines.Json.EnumerateObject().Select(member => member.Name));
        Assert.DoesNotContain("Tickets", tines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_may_come_in_the_header_X_Api_Key()
    {
        using var client = new HttpClient { BaseAddress = service.Client.BaseAddress };
        client.DefaultRequestHeaders.Add("X-Api-Key", ServiceClient.OwnerKey);

        using var response = await client.GetAsync(new Uri("/v1/datasets", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task What_happens_to_a_record_is_told_and_goes_with_it()
    {
        var dataset = await TestDataset.MakeAsync(service, "text", "options", "multilineText", "number", "changed");
        var record = await dataset.CreateAsync(service, [dataset.Datum("text", Hello), dataset.Datum("multilineText", Hello), .. dataset.OptionDatums("options", "blue", "red")]);
        var path = $"/v1/records/{TestDataset.IdOf(record)}";

        var changed = await service.SendAsync(HttpMethod.Patch, path, $$"""
            {"state":{"id":{{dataset.State("Done")}}},"datums":[
              {{dataset.Datum("text", """ "stringValue":"bye" """)}},{{dataset.Datum("multilineText", """ "stringValue":"longer" """)}},
              {{dataset.Datum("options", $$""" "optionValue":{"id":{{dataset.Option("options", "red")}}} """)}}]}
            """);
        await service.PutAsync($"/api/v1/records/{TestDataset.IdOf(record)}", $$"""{"field_values":[{"field_id":{{dataset.Property("text")}},"value":"again"}]}""");

        Assert.True(changed.Status == HttpStatusCode.OK, changed.Text);
        await SeedSchema.HoldsAsync("Record", changed.Text);
        var events = (await service.GetAsync($"/v1/events?recordId={TestDataset.IdOf(record)}")).Json.EnumerateArray().ToArray();
        Assert.Equal(
            ["created", "datumChanged", "datumChanged", "datumChanged", "datumChanged", "stateChanged", "datumChanged", "datumChanged", "datumChanged", "datumChanged"],
            events.Select(TypeOf));
        Assert.Equal(record.GetProperty("events").EnumerateArray().Select(TestDataset.IdOf), events.Take(5).Select(TestDataset.IdOf));
        Assert.Equal(events.Length, events.Select(TestDataset.IdOf).Distinct().Count());
        Assert.Equal(("New", "Done"), (Name(events[5], "oldState"), Name(events[5], "newState")));
        Assert.Equal(("hello", "bye"), (Text(events[6], "oldStringValue"), Text(events[6], "newStringValue")));
        Assert.Equal("blue", events[7].GetProperty("oldOptionValue").GetProperty("text").GetString());
        Assert.False(events[7].TryGetProperty("newOptionValue", out _));
        Assert.Equal(("bye", "again"), (Text(events[9], "oldStringValue"), Text(events[9], "newStringValue")));
        foreach (var each in events) await SeedSchema.HoldsAsync("Event", each.GetRawText());

        var read = (await service.GetAsync(path)).Json;
        Assert.Equal("New", Name(read.GetProperty("transitions")[1], "oldState"));
        Assert.NotEmpty(await HistoryAsync(dataset.Id));

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(path)).Status);
        await service.RunTimerAsync("MaintainStorage");
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path)).Status);
        Assert.Empty(await HistoryAsync(dataset.Id));
    }

    [Theory]
    [InlineData("CREATED_AT")]
    [InlineData("UPDATED_AT")]
    public async Task A_record_that_makes_room_takes_its_history_along(string column)
    {
        var dataset = await TestDataset.MakeAsync(service, "text");
        await service.PutAsync($"/api/v1/record_types/{dataset.Id}", $$"""{"max_records_limit":2,"on_limit_reached":"EVICT_OLDEST","retention_column_name":"{{column}}"}""");
        for (var i = 0; i < 3; i++)
        {
            var record = await dataset.CreateAsync(service, [dataset.Datum("text", Hello)]);
            await service.SendAsync(HttpMethod.Patch, $"/v1/records/{TestDataset.IdOf(record)}", $$"""{"state":{"id":{{dataset.State("Done")}}} }""");
        }

        await dataset.CreateAsync(service, []);
        await dataset.CreateAsync(service, []);
        await service.RunTimerAsync("MaintainStorage");

        Assert.Equal("2", (await service.GetAsync($"/v1/records?datasetId={dataset.Id}")).Headers["x-total-count"]);
        Assert.Empty(await HistoryAsync(dataset.Id));
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_no_more()
    {
        var dataset = await TestDataset.MakeAsync(service, "text!", "decimal", "dateTime");
        var made = await dataset.PostAsync(service, [dataset.Datum("text", Hello), dataset.Datum("decimal", """ "decimalValue":1.5 """), dataset.Datum("dateTime", """ "dateTimeValue":"2026-02-03T04:05:06.789Z" """)]);
        var path = $"/v1/records/{TestDataset.IdOf(made.Json)}";

        var patched = await service.SendAsync(HttpMethod.Patch, path, $$"""{"archived":"2026-01-02T03:04:05.678Z","datums":[{"property":{"id":{{dataset.Property("decimal")}} } }]}""", ("If-Match", "\"1\""));

        Assert.True(patched.Status == HttpStatusCode.OK, patched.Text);
        Assert.Equal("\"2\"", patched.Headers["ETag"]);
        Assert.Equal("2026-01-02T03:04:05.678Z", patched.Json.GetProperty("archived").GetString());
        Assert.Empty(dataset.DatumsOf(patched.Json, "decimal"));
        Assert.Equal("2026-02-03T04:05:06.789Z", dataset.DatumsOf(patched.Json, "dateTime")[0].GetProperty("dateTimeValue").GetString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.SendAsync(HttpMethod.Patch, path, """{"archived":null}""", ("If-Match", "\"1\""))).Status);
        var cleared = await service.SendAsync(HttpMethod.Patch, path, """{"archived":null}""");
        Assert.Equal(JsonValueKind.Null, cleared.Json.GetProperty("archived").ValueKind);
        var emptied = await service.SendAsync(HttpMethod.Patch, path, $$"""{"datums":[{"property":{"id":{{dataset.Property("text")}} } }]}""");
        Assert.Equal(HttpStatusCode.BadRequest, emptied.Status);
    }

    [Fact]
    public async Task Records_are_listed_by_state_also_those_whose_state_is_no_more()
    {
        var dataset = await TestDataset.MakeAsync(service, "text");
        foreach (var state in new[] { "New", "Doing", "Done", "Doing" }) await dataset.CreateAsync(service, [], $$""","state":{"id":{{dataset.State(state)}}}""");

        Assert.Equal("2", await CountAsync("Doing"));
        Assert.Equal("1", await CountAsync("New"));
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/v1/states/{dataset.State("Doing")}")).Status);
        Assert.Equal("3", await CountAsync("New"));
        Assert.Equal("1", await CountAsync("Done"));
        Assert.Equal("4", (await service.GetAsync($"/v1/records?datasetId={dataset.Id}")).Headers["x-total-count"]);

        async Task<string> CountAsync(string state) => (await service.GetAsync($"/v1/records?datasetId={dataset.Id}&stateId={dataset.State(state)}")).Headers["x-total-count"];
    }

    private async Task<IReadOnlyList<string>> HistoryAsync(long dataset)
        => [.. (await service.EverythingAsync($"{dataset}")).Where(row => row.Contains("/event-", StringComparison.Ordinal))];

    private static string? TypeOf(JsonElement each) => each.GetProperty("eventType").GetProperty("id").GetString();

    private static string? Created(JsonElement record) => record.GetProperty("events")[0].GetProperty("created").GetString();

    private static string? Name(JsonElement each, string member) => each.GetProperty(member).GetProperty("name").GetString();

    private static string? Text(JsonElement each, string member) => each.GetProperty(member).GetString();
}
