using System.Globalization;
using System.Net;
using System.Text.Json;
using Casefile.Core.Storage;
using Casefile.Functions.Tests.EndToEnd;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Records and cases, linked from either side.</summary>
public sealed class CaseRecordTests(ServiceFixture service) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private const string Records = "/api/v1/records";
    private const string Cases = "/api/v2/cases";

    private TestType type = null!;

    public async Task InitializeAsync() => type = await TestType.MakeAsync(service);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_record_linked_at_its_creation_reads_from_both_sides_and_the_case_tells_of_it_once()
    {
        var (first, second) = (await service.CreateCaseAsync(), await service.CreateCaseAsync());
        var record = await RecordAsync("alert", first, second);

        foreach (var id in new[] { first, second })
        {
            var shown = (await service.GetAsync($"{Cases}/{id}")).Json;
            Assert.Equal(["CREATED", "RECORD_RESULT_SET_ADDED"], Activities(shown));
            Assert.Equal(record.ToString(CultureInfo.InvariantCulture), shown.GetProperty("activities")[1].GetProperty("value").GetString());
            Assert.Equal(1, shown.GetProperty("records_meta").GetProperty("count").GetInt64());
            var group = shown.GetProperty("records")[0];
            Assert.Equal(type.Id, group.GetProperty("record_type_id").GetInt64());
            Assert.Equal("Alerts", group.GetProperty("record_type_name").GetString());
            var result = group.GetProperty("record_type_record_results")[0];
            Assert.Equal(record, result.GetProperty("id").GetInt64());
            Assert.Equal("alert", result.GetProperty("results")[0].GetProperty("value").GetString());
        }

        Assert.Equal([first, second], await CasesOfAsync(record));
    }

    [Fact]
    public async Task A_record_linked_at_the_case_reads_from_both_sides_until_it_is_taken_away()
    {
        var id = await service.CreateCaseAsync();
        var record = await RecordAsync("linked later");

        var linked = await service.PostAsync($"{Cases}/{id}/records", $$"""{"record_id":"{{record}}"}""", ("Idempotency-Key", "link"));
        Assert.True(linked.Status == HttpStatusCode.Created, linked.Text);
        Assert.Equal(id, linked.Json.GetProperty("case_id").GetInt64());
        var one = linked.Json.GetProperty("record");
        Assert.Equal(record, one.GetProperty("id").GetInt64());
        Assert.Equal(type.Id, one.GetProperty("record_type").GetProperty("id").GetInt64());
        Assert.Equal("linked later", one.GetProperty("records")[0].GetProperty("value").GetString());
        Assert.Equal([id], await CasesOfAsync(record));
        var again = await service.PostAsync($"{Cases}/{id}/records", $$"""{"record_id":"{{record}}"}""", ("Idempotency-Key", "link"));
        Assert.True(JsonElement.DeepEquals(linked.Json, again.Json));

        Assert.True(JsonElement.DeepEquals(one, (await service.GetAsync($"{Cases}/{id}/records/{record}")).Json.GetProperty("record")));
        var list = (await service.GetAsync($"{Cases}/{id}/records")).Json;
        Assert.True(JsonElement.DeepEquals(one, list.GetProperty("records")[0]));
        Assert.Equal(1, list.GetProperty("meta").GetProperty("count").GetInt64());

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Cases}/{id}/records/{record}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync($"{Cases}/{id}/records/{record}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"{Cases}/{id}/records/{record}")).Status);
        Assert.Empty(await CasesOfAsync(record));
        var shown = (await service.GetAsync($"{Cases}/{id}")).Json;
        Assert.Equal(["CREATED", "RECORD_RESULT_SET_ADDED", "RECORD_RESULT_SET_REMOVED"], Activities(shown));
        Assert.Empty(shown.GetProperty("records").EnumerateArray());

        // And once more: what the removal left behind is no hindrance.
        Assert.Equal(HttpStatusCode.OK, (await service.PutAsync($"{Records}/{record}", $$"""{"add_case_ids":[{{id}}]}""")).Status);
        Assert.Equal([record], await RecordsOfAsync(id));
    }

    [Fact]
    public async Task The_older_form_answers_the_two_ids()
    {
        var id = await service.CreateCaseAsync();
        var record = await RecordAsync("v1");
        var linked = await service.PostAsync($"/api/v1/cases/{id}/records", $$"""{"record_id":{{record}}}""");
        Assert.Equal($$"""{"case_id":{{id}},"record_id":{{record}}}""", linked.Text);
        Assert.Equal(1, (await service.GetAsync($"/api/v1/cases/{id}/records")).Json.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"/api/v1/cases/{id}/records/{record}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/cases/{id}/records/{record}")).Status);
        Assert.Empty(await RecordsOfAsync(id));
    }

    [Fact]
    public async Task A_case_made_and_changed_with_records_agrees_with_them()
    {
        var (first, second) = (await RecordAsync("one"), await RecordAsync("two"));
        var made = await service.PostAsync(Cases, $$"""{"team_id":1,"name":"with records","record_ids":[{{first}},{{second}}]}""", ("Idempotency-Key", "with records"));
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        Assert.Equal(2, made.Json.GetProperty("records_meta").GetProperty("count").GetInt64());
        var id = made.Json.GetProperty("case_id").GetInt64();
        Assert.Equal([id], await CasesOfAsync(first));

        var third = await RecordAsync("three");
        var changed = await service.PutAsync($"{Cases}/{id}", $$"""{"name":"others","remove_record_ids":[{{first}}],"add_record_ids":[{{third}},{{second}}]}""");
        Assert.True(changed.Status == HttpStatusCode.OK, changed.Text);
        Assert.Equal(2, changed.Json.GetProperty("records_meta").GetProperty("count").GetInt64());
        Assert.Equal([second, third], await RecordsOfAsync(id));
        Assert.Empty(await CasesOfAsync(first));
        Assert.Equal([id], await CasesOfAsync(third));
    }

    [Fact]
    public async Task A_repeat_of_a_case_is_answered_by_the_first_also_when_its_record_is_gone()
    {
        var record = await RecordAsync("short-lived");
        var body = $$"""{"team_id":1,"name":"once","record_ids":[{{record}}]}""";
        var made = await service.PostAsync(Cases, body, ("Idempotency-Key", "once"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/records/{record}")).Status);

        var again = await service.PostAsync(Cases, body, ("Idempotency-Key", "once"));
        Assert.Equal((HttpStatusCode.Created, made.Json.GetProperty("case_id").GetInt64()), (again.Status, again.Json.GetProperty("case_id").GetInt64()));
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(Cases, body, ("Idempotency-Key", "another"))).Status);
    }

    [Fact]
    public async Task A_refused_case_leaves_nothing_in_a_team_that_has_none()
    {
        var team = (await service.PostAsync("/api/v1/teams", """{"name":"fresh"}""")).Json.GetProperty("id").GetInt64();

        var refused = await service.PostAsync(Cases, $$"""{"team_id":{{team}},"name":"c","record_ids":[999999999]}""", ("Idempotency-Key", "fresh"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Empty((await service.Storage.Table("cases").ReadAsync(new RowRange($"{team}", "!", "~"), default)).Rows);
    }

    [Fact]
    public async Task Whatever_ends_a_record_takes_it_from_its_cases()
    {
        var id = await service.CreateCaseAsync();
        var deleted = await RecordAsync("deleted", id);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Records}/{deleted}")).Status);
        Assert.Empty(await RecordsOfAsync(id));

        var small = await TestType.MakeAsync(service, ""","max_records_limit":10,"on_limit_reached":"EVICT_OLDEST","retention_column_name":"UPDATED_AT" """);
        var evicted = TestType.IdOf(await service.PostAsync(Records, $$"""{"record_type_id":{{small.Id}},"field_values":[],"case_ids":[{{id}}]}"""));
        Assert.Equal([evicted], await RecordsOfAsync(id));
        for (var i = 0; i < 10; i++) await small.CreatedAsync(service, "newer");
        Assert.Empty(await RecordsOfAsync(id));

        // Of the type that is deleted there are the link that was there and one that is made with the next.
        await RecordAsync("of a type that goes", id);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/record_types/{type.Id}")).Status);
        Assert.Empty(await RecordsOfAsync(id));
        Assert.Equal(3, Activities((await service.GetAsync($"{Cases}/{id}")).Json).Count(activity => activity == "RECORD_RESULT_SET_REMOVED"));
        Assert.Empty(await StoredAsync(id));
    }

    [Fact]
    public async Task A_deleted_case_is_taken_from_its_records()
    {
        var (gone, stays) = (await service.CreateCaseAsync(), await service.CreateCaseAsync());
        var record = await RecordAsync("of two", gone, stays);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{Cases}/{gone}")).Status);
        Assert.Equal([stays], await CasesOfAsync(record));
        Assert.Empty(await StoredAsync(gone));

        var refused = await service.PutAsync($"{Records}/{record}", $$"""{"add_case_ids":[{{stays}},{{gone}}]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal($"add_case_ids[1]: there is no case {gone}", Assert.Single(refused.Details));
    }

    [Theory]
    [InlineData("""{"record_id":8000000000000000}""", "record_id: there is no record 8000000000000000")]
    [InlineData("""{"record_id":{gone}}""", "record_id: there is no record {gone}")]
    public async Task What_is_not_there_is_not_linked(string body, string details)
    {
        var gone = await RecordAsync("gone");
        await service.DeleteAsync($"{Records}/{gone}");
        var id = await service.CreateCaseAsync();
        var refused = await service.PostAsync($"{Cases}/{id}/records", body.Replace("{gone}", $"{gone}", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal(details.Replace("{gone}", $"{gone}", StringComparison.Ordinal), Assert.Single(refused.Details));

        var none = await service.PostAsync(Records, $$"""{"record_type_id":{{type.Id}},"field_values":[],"case_ids":[{{id}},8000000000000000]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, none.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(Cases, $$"""{"team_id":1,"name":"c","record_ids":[{{gone}}]}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync($"{Cases}/{id}", $$"""{"name":"d","add_record_ids":[{{gone}}]}""")).Status);
        Assert.Equal("case", (await service.GetAsync($"{Cases}/{id}")).Json.GetProperty("name").GetString());
        Assert.Empty(await RecordsOfAsync(id));
    }

    [Fact]
    public async Task A_link_costs_a_commit_on_either_side_and_the_end_of_what_was_owed()
    {
        var id = await service.CreateCaseAsync();
        await RecordAsync("warm", id);
        await service.GetAsync($"{Cases}/{id}");
        var record = await RecordAsync("counted");

        service.Counter.Reset();
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync($"{Cases}/{id}/records", $$"""{"record_id":{{record}}}""")).Status);
        Assert.Equal("Transaction 3, PointRead 1", service.Counter.ToString());

        service.Counter.Reset();
        await RecordAsync("counted too", id);
        Assert.Equal("Transaction 3, PointRead 1", service.Counter.ToString());

        // The head of the case's team, and of the record type, whose replica is warm.
        await type.ListAsync(service);
        service.Counter.Reset();
        await service.GetAsync($"{Cases}/{id}");
        Assert.Equal("PointRead 2", service.Counter.ToString());
    }

    private async Task<long> RecordAsync(string name, params long[] cases)
        => TestType.IdOf(await service.PostAsync(
            Records, $$"""{"record_type_id":{{type.Id}},"field_values":[{"field_id":{{type.NameField}},"value":"{{name}}"}],"case_ids":[{{string.Join(',', cases)}}]}"""));

    private async Task<IReadOnlyList<long>> CasesOfAsync(long record)
        => [.. (await service.GetAsync($"{Records}/{record}")).Json.GetProperty("case_ids").EnumerateArray().Select(id => id.GetInt64())];

    private async Task<IReadOnlyList<long>> RecordsOfAsync(long id)
        => [.. (await service.GetAsync($"{Cases}/{id}/records")).Json.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("id").GetInt64())];

    /// <summary>The rows of records inside a case that stand.</summary>
    private async Task<IReadOnlyList<string>> StoredAsync(long id)
    {
        var page = await service.Storage.Table(TableNames.Cases).ReadAsync(RowRange.Prefix("1", $"part-{id:D19}-record-"), default);
        return [.. page.Rows.Where(row => row.Flag("gone") != true).Select(row => row.RowKey)];
    }

    private static IReadOnlyList<string?> Activities(JsonElement shown)
        => [.. shown.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("activity_type").GetString())];
}
