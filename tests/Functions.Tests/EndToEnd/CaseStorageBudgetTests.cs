using System.Net;
using Casefile.Functions.Tests.Cases;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>What a call about cases costs on the storage account, counted where requests leave for the emulator.</summary>
public sealed class CaseStorageBudgetTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string OneTransaction = "Transaction 1";
    private const string OneHeadRead = "PointRead 1";

    [Fact]
    public async Task Creating_and_updating_a_case_cost_a_transaction_each_and_its_answer_nothing_more()
    {
        await WarmAsync();

        var path = "";
        await service.CostsAsync(OneTransaction, async () => path = $"/api/v2/cases/{(await service.MadeAsync(
            "/api/v2/cases", """{"team_id":1,"name":"budget","tag_names":["warm"],"tasks":[{"description":"one"}]}""")).GetProperty("case_id")}");
        await service.CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.OK, (await service.PutAsync(path, """{"priority":"high","status":"closed"}""")).Status));
        await service.CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.OK, (await service.PutAsync(path, """{"status":"open"}""")).Status));
    }

    [Theory]
    [InlineData("comments", """{"value":"well"}""", """{"value":"better"}""")]
    [InlineData("tasks", """{"description":"do it"}""", """{"completed":true}""")]
    [InlineData("notes", """{"title":"seen","content":"*this*"}""", """{"title":"seen again"}""")]
    public async Task What_is_inside_a_case_costs_a_transaction_to_make_and_to_change(string kind, string make, string change)
    {
        var path = await WarmAsync();

        var one = "";
        await service.CostsAsync(OneTransaction, async () => one = $"{path}/{kind}/{(await service.MadeAsync($"{path}/{kind}", make)).GetProperty("id")}");
        await service.CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.OK, (await service.PutAsync(one, change)).Status));
        await service.CostsAsync(OneHeadRead, async () => Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"{path}/{kind}")).Status));
        await service.CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(60)]
    public async Task Lists_and_a_case_cost_a_head_whatever_is_asked_and_however_many_there_are(int cases)
    {
        var path = await WarmAsync();
        await Task.WhenAll(Enumerable.Range(0, cases).Select(i => service.PostAsync("/api/v2/cases", $$"""{"team_id":1,"name":"case {{i}}"}""")));
        await service.GetAsync(path);

        foreach (var list in (string[])
            [
                "", "&order=PRIORITY_DESC&per_page=7&page=2", "&filters={\"tags\":[\"warm\"],\"status\":\"open\"}", "&filters={\"search\":\"budget\"}",
                "&filters={\"assigned_to_me\":true,\"metadata\":{\"a\":1}}",
            ])
        {
            await service.CostsAsync(OneHeadRead, async () => Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"/api/v2/cases?team_id=1{list}")).Status));
        }

        await service.CostsAsync(OneHeadRead, async () => Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(path)).Status));
    }

    [Fact]
    public async Task Creates_that_come_together_share_their_transaction()
    {
        const int creates = 30;
        await WarmAsync();
        await Task.WhenAll(Enumerable.Range(0, creates).Select(_ => service.GetAsync("/api/live")));

        service.Counter.Reset();
        await Task.WhenAll(Enumerable.Range(0, creates).Select(i => service.MadeAsync("/api/v2/cases", $$"""{"team_id":1,"name":"together {{i}}"}""")));

        Assert.True(service.Counter.All <= 8, service.Counter.ToString());
    }

    /// <summary>A case of a team that the process has worked with: its replica is there, and blocks of ids are.</summary>
    private async Task<string> WarmAsync()
    {
        var made = await service.MadeAsync("/api/v2/cases", """{"team_id":1,"name":"a budget","tag_names":["warm"]}""");
        var path = $"/api/v2/cases/{made.GetProperty("case_id")}";
        await service.GetAsync(path);
        return path;
    }
}
