using System.Net;
using System.Text.Json;
using Casefile.Core.Storage;

namespace Casefile.Functions.Tests.Records;

/// <summary>Records over HTTP and the emulator (records.md, "Records").</summary>
public sealed class RecordEndpointsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Fields = """
        [{"name":"Name","result_type":"TEXT"},{"name":"Size","result_type":"NUMBER"},{"name":"Log","result_type":"ARTIFACT"},{"name":"Data","result_type":"JSON"}]
        """;

    [Fact]
    public async Task A_record_that_is_read_has_every_member_of_the_contract()
    {
        var type = await TypeAsync("shape");
        var parent = await CreateAsync(type, "[]");
        var record = await CreateAsync(type, "[]", $$""","parent_record_id":{{parent}},"story_container_id":5,"story_name":"S","story_run_guid":"g" """);

        var read = (await service.GetAsync($"/api/v1/records/{record}")).Json;
        Assert.Equal(
            ["case_ids", "child_record_ids", "child_record_result_sets", "child_records", "created_at", "id", "parent_id", "parent_record", "parent_record_result_set", "record_artifacts", "record_type", "records", "result", "story", "story_run_guid", "test_mode", "updated_at"],
            read.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal("""{"id":5,"name":"S"}""", read.GetProperty("story").GetRawText());
        Assert.Equal(parent, read.GetProperty("parent_record").GetProperty("id").GetInt64());
        Assert.Equal($"[{record}]", (await service.GetAsync($"/api/v1/records/{parent}")).Json.GetProperty("child_record_ids").GetRawText());
        Assert.Equal("""{"id":null}""", (await service.GetAsync($"/api/v1/records/{parent}")).Json.GetProperty("parent_record").GetRawText());
    }

    [Fact]
    public async Task Following_next_page_shows_every_record_once_though_records_come_and_go_meanwhile()
    {
        var type = await TypeAsync("pages");
        var ids = new List<long>();
        for (var i = 0; i < 25; i++) ids.Add(await CreateAsync(type, Values(type, ("Size", $"{i % 4}"))));

        var seen = new List<long>();
        var next = $"/api/v1/records?record_type_id={Id(type)}&per_page=4&order_field_id={Field(type, "Size")}&order_direction=ASC";
        while (next is not null)
        {
            var page = (await service.GetAsync(next)).Json;
            seen.AddRange(page.GetProperty("record_results").EnumerateArray().Select(Id));
            next = page.GetProperty("meta").GetProperty("next_page").GetString();
            if (seen.Count == 8) Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/records/{seen[0]}")).Status);
            if (seen.Count == 12) await CreateAsync(type, Values(type, ("Size", "0")));
        }

        Assert.Equal(ids, seen.Order());
    }

    [Fact]
    public async Task A_cursor_that_was_changed_or_belongs_to_another_list_is_refused()
    {
        var type = await TypeAsync("cursors");
        for (var i = 0; i < 3; i++) await CreateAsync(type, "[]");
        var list = $"/api/v1/records?record_type_id={Id(type)}&per_page=1";
        var next = (await service.GetAsync(list)).Json.GetProperty("meta").GetProperty("next_page").GetString()!;

        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(next)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.GetAsync(next + "A")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.GetAsync(next + "&order_direction=ASC")).Status);
    }

    [Fact]
    public async Task Artifacts_are_inlined_on_create_and_references_on_a_get()
    {
        var type = await TypeAsync("artifacts");
        var text = new string('é', 3_000);
        var created = (await service.PostAsync("/api/v1/records", $$"""{"record_type_id":{{Id(type)}},"field_values":{{Values(type, ("Log", $"\"{text}\""), ("Data", """{"b":1,"a":2}"""))}}}""")).Json;
        Assert.Equal(text, created.GetProperty("result").GetProperty("Log").GetString());

        var read = (await service.GetAsync($"/api/v1/records/{Id(created)}")).Json.GetProperty("result");
        Assert.Equal("""{"id":1,"is_artifact":true}""", read.GetProperty("Log").GetRawText());
        var resolved = (await service.GetAsync($"/api/v1/records/{Id(created)}?resolve_artifacts=true")).Json.GetProperty("result");
        Assert.Equal(text, resolved.GetProperty("Log").GetString());
        Assert.Equal("""{"a":2,"b":1}""", resolved.GetProperty("Data").GetRawText());
        Assert.Equal(text, (await service.GetAsync($"/api/v1/records/{Id(created)}/artifacts/1")).Json.GetProperty("value").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"/api/v1/records/{Id(created)}/artifacts/9")).Status);
    }

    [Fact]
    public async Task Groups_are_counted_and_summed()
    {
        var type = await TypeAsync("groups");
        foreach (var (name, size) in new[] { ("a", 1), ("b", 2), ("a", 3) }) await CreateAsync(type, Values(type, ("Name", $"\"{name}\""), ("Size", $"{size}")));

        var answer = await service.PostAsync(
            "/api/v1/records/query",
            $$"""{"record_type_id":{{Id(type)}},"aggregations":[{"function":"COUNT"},{"function":"SUM","field_name":"Size"}],"group_by":[{"field_id":{{Field(type, "Name")}}}]}""");
        Assert.Equal("""{"results":[{"group":{"Name":"a"},"values":[2,4]},{"group":{"Name":"b"},"values":[1,2]}],"meta":{"count":3}}""", answer.Text);
    }

    [Fact]
    public async Task Fifty_creates_at_once_are_a_few_transactions()
    {
        var type = await TypeAsync("crowd");
        await CreateAsync(type, "[]");

        service.Counter.Reset();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CreateAsync(type, "[]")));
        Assert.InRange(service.Counter[StorageRequestKind.Transaction], 1, 5);
    }

    private async Task<JsonElement> TypeAsync(string name) => await service.CreateTypeAsync(name, Fields);

    private async Task<long> CreateAsync(JsonElement type, string values, string more = "")
    {
        var answer = await service.PostAsync("/api/v1/records", $$"""{"record_type_id":{{Id(type)}},"field_values":{{values}}{{more}}}""");
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return Id(answer.Json);
    }

    private static string Values(JsonElement type, params (string Name, string Json)[] values)
        => $"[{string.Join(',', values.Select(value => $$"""{"field_id":{{Field(type, value.Name)}},"value":{{value.Json}}}"""))}]";

    private static long Field(JsonElement type, string name)
        => Id(type.GetProperty("record_fields").EnumerateArray().First(field => field.GetProperty("name").GetString() == name));

    private static long Id(JsonElement element) => element.GetProperty("id").GetInt64();
}
