using System.Net;

namespace Casefile.Functions.Tests.Cases;

/// <summary>What comments, files and lists of them cost on the storage account, counted where requests leave for the emulator.</summary>
public sealed class CaseTalkBudgetTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string OneTransaction = "Transaction 1";
    private const string OneHeadRead = "PointRead 1";

    [Fact]
    public async Task Saying_something_is_one_transaction_a_file_a_blob_more_and_a_list_a_head()
    {
        var path = await service.CaseAsync();
        await service.MemberAsync("Bud Get", "budget@example.com");
        await service.MadeAsync(path + "/comments", """{"value":"warm"}""");
        await service.GetAsync(path + "/comments");

        var comment = "";
        await CostsAsync(OneTransaction, async () => comment = $"{path}/comments/{(await service.MadeAsync(path + "/comments", """{"value":"a"}""")).GetProperty("id")}");
        await CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.OK, (await service.PutAsync(comment, """{"value":"b"}""")).Status));
        await CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.OK, (await service.PostAsync(comment + "/add_reaction", """{"value":"eyes"}""")).Status));
        await CostsAsync(OneTransaction, async () => Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(comment)).Status));
        await CostsAsync("Transaction 1, BlobWrite 1", () => service.MadeAsync(path + "/files", """{"filename":"a","file_contents":"QUJD"}"""));
        foreach (var list in (string[])["comments", "files", "activities?activity_type[]=COMMENTED", "subscribers", "assignees"])
            await CostsAsync(OneHeadRead, async () => Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"{path}/{list}")).Status));
    }

    private async Task CostsAsync(string cost, Func<Task> call)
    {
        service.Counter.Reset();
        await call();
        Assert.Equal(cost, service.Counter.ToString());
    }
}
