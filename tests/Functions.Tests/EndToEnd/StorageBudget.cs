namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>Counts what a call costs on the storage account.</summary>
internal static class StorageBudget
{
    /// <summary>Makes a call and asserts what it cost, as <see cref="Testing.StorageCounter"/> writes it. Who calls is looked up before, so that the refresh of every 10 s does not fall into it.</summary>
    public static async Task CostsAsync(this ServiceFixture service, string cost, Func<Task> call)
    {
        await service.GetAsync("/api/v1/teams");
        service.Counter.Reset();
        await call();
        Assert.Equal(cost, service.Counter.ToString());
    }
}
