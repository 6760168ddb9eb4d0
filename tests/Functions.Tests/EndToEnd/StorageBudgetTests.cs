using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Casefile.Functions.Tests.Tracy;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>What a call costs on the storage account, counted where requests leave for the emulator.</summary>
public sealed class StorageBudgetTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string OneTransaction = "Transaction 1";
    private const string OneHeadRead = "PointRead 1";

    [Fact]
    public async Task Creating_updating_and_deleting_a_record_cost_a_transaction_each()
    {
        var type = await WarmTypeAsync();

        var record = 0L;
        await service.CostsAsync(OneTransaction, async () => record = await type.CreatedAsync(service, "first"));
        await service.CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.OK, (await type.RenameAsync(service, record, "second")).Status));
        await service.CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(TestType.PathOf(record))).Status));
    }

    [Fact]
    public async Task Creating_a_record_of_a_dataset_costs_a_transaction_whatever_it_holds_and_so_does_changing_it()
    {
        var dataset = await TestDataset.MakeAsync(service, "text", "options", "user", "author", "number", "dateTime", "changed");
        await dataset.CreateAsync(service, []);
        string[] datums = [dataset.Datum("text", """ "stringValue":"a" """), dataset.Datum("user", """ "userValue":{"id":1} """), .. dataset.OptionDatums("options", "red", "blue")];

        var record = default(System.Text.Json.JsonElement);
        await service.CostsAsync(OneTransaction, async () => record = await dataset.CreateAsync(service, datums, $$""","state":{"id":{{dataset.State("Done")}}}"""));
        var path = $"/v1/records/{TestDataset.IdOf(record)}";
        await service.CostsAsync("PointRead 2", async () => Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(path)).Status));
        await service.CostsAsync("Transaction 1, RangeRead 1", async () =>
            Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Patch, path, $$"""{"state":{"id":{{dataset.State("New")}} } }""")).Status));
        await service.GetAsync($"/v1/records?datasetId={dataset.Id}");
        await service.CostsAsync(OneHeadRead, async () => Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"/v1/records?datasetId={dataset.Id}&stateId={dataset.State("New")}")).Status));
    }

    [Fact]
    public async Task An_artifact_costs_a_blob_write_more()
    {
        var type = await WarmTypeAsync();

        await service.CostsAsync("Transaction 1, BlobWrite 1", () => type.CreatedAsync(service, "noted", new string('n', 100_000)));
    }

    [Fact]
    public async Task An_idempotency_key_costs_nothing_more()
    {
        var type = await WarmTypeAsync();
        TestType.IdOf(await type.CreateOnceAsync(service, "warm", "warm"));

        await service.CostsAsync(OneTransaction, async () => TestType.IdOf(await type.CreateOnceAsync(service, "first", "first")));
    }

    [Theory]
    [InlineData("CREATED_AT")]
    [InlineData("UPDATED_AT")]
    public async Task Evicting_the_oldest_costs_nothing_more(string column)
    {
        var type = await TestType.MakeAsync(service, $$""","max_records_limit":10,"on_limit_reached":"EVICT_OLDEST","retention_column_name":"{{column}}" """);
        for (var i = 0; i < 12; i++) await type.CreatedAsync(service, "warm");

        for (var i = 0; i < 5; i++) await service.CostsAsync(OneTransaction, () => type.CreatedAsync(service, "newest"));

        Assert.Equal(10, (await type.ListAsync(service)).Count);
    }

    [Fact]
    public async Task A_record_by_its_id_costs_its_row_and_a_head()
    {
        var type = await WarmTypeAsync();
        var record = await type.CreatedAsync(service, "read");

        await service.CostsAsync("PointRead 2", async () => Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(TestType.PathOf(record))).Status));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public async Task A_list_costs_a_head_whatever_it_asks_and_however_many_there_are(int records)
    {
        const int atOnce = 100;
        var type = await TestType.MakeAsync(service);
        foreach (var some in Enumerable.Range(0, records).Chunk(atOnce))
            await Task.WhenAll(some.Select(i => type.CreatedAsync(service, string.Create(CultureInfo.InvariantCulture, $"name {i:D4}"))));
        await type.ListAsync(service);

        // What this process has just written itself costs no more to list.
        await type.RenameAsync(service, await type.CreatedAsync(service, "newest"), "newer");
        foreach (var (query, count) in new (string, int)[]
        {
            ("", records + 1),
            ("&per_page=500&page=2", records + 1),
            ($"&order_direction=ASC&order_field_id={type.NameField}&per_page=7&page=2", records + 1),
            ($$"""&filters=[{"field_id":"{{type.NameField}}","operator":"EQUAL","value":"newer"}]""", 1),
            ($$"""&filters=[{"field_id":"{{type.NameField}}","operator":"GREATER_THAN","value":"name"},{"field_id":"{{type.NotesField}}","operator":"IS_EMPTY"}]&order_field_id={{type.NameField}}""", records + 1),
            ("&test_mode=true", 0),
            ("&range_start=2020-01-01T00:00:00Z&range_end=2020-01-02T00:00:00Z", 0),
        })
        {
            await service.CostsAsync(OneHeadRead, async () => Assert.Equal(count, (await type.ListAsync(service, query)).Count));
        }
    }

    [Fact]
    public async Task Lists_that_come_together_share_their_head()
    {
        const int lists = 50;
        var type = await WarmTypeAsync();
        await type.ListAsync(service);
        await ConnectedAsync(lists);

        service.Counter.Reset();
        await Task.WhenAll(Enumerable.Range(0, lists).Select(_ => type.ListAsync(service)));

        Assert.InRange(service.Counter.All, 1, lists / 2);
    }

    [Fact]
    public async Task Creates_that_come_together_share_their_transaction()
    {
        const int creates = 50;
        var type = await WarmTypeAsync();
        await ConnectedAsync(creates);

        service.Counter.Reset();
        var made = await Task.WhenAll(Enumerable.Range(0, creates).Select(_ => type.CreatedAsync(service, "together")));

        Assert.True(service.Counter.All <= 5, service.Counter.ToString());
        Assert.Equal(creates, made.Distinct().Count());
    }

    [Fact]
    public async Task Telling_who_calls_costs_nothing()
    {
        var type = await WarmTypeAsync();
        var made = await service.PostAsync("/api/v1/api_keys", """{"name":"budget","team_id":1,"role":"viewer"}""");
        using var member = new HttpClient { BaseAddress = service.Client.BaseAddress };
        member.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.Json.GetProperty("key").GetString());
        var list = new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/v1/records?record_type_id={type.Id}"), UriKind.Relative);
        (await member.GetAsync(list)).EnsureSuccessStatusCode().Dispose();

        await service.CostsAsync(OneHeadRead, async () => (await member.GetAsync(list)).EnsureSuccessStatusCode().Dispose());
    }

    /// <summary>A type that the process has worked with, and has handed a block of ids.</summary>
    private async Task<TestType> WarmTypeAsync()
    {
        var type = await TestType.MakeAsync(service);
        await type.CreatedAsync(service, "warm");
        return type;
    }

    /// <summary>Opens as many connections, so that the requests that follow arrive together.</summary>
    private Task<Answer[]> ConnectedAsync(int connections)
        => Task.WhenAll(Enumerable.Range(0, connections).Select(_ => service.GetAsync("/api/live")));
}
