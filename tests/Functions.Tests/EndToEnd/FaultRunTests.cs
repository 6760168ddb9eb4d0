using Casefile.Faults;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>Small runs of what <c>tests/Faults</c> does at length: clients create, change and delete records while processes, storage and connections fail.</summary>
public sealed class FaultRunTests
{
    private static readonly FaultOptions Small = new() { Creates = 240, Clients = 16, Kills = 2, EvictLimit = 8, RejectLimit = 8 };

    [Fact]
    public Task Two_processes_that_are_killed_over_storage_that_goes_and_comes_keep_what_they_promise()
        => KeepsAsync(Small with { Processes = 2, Outages = 1 });

    [Fact]
    public Task A_process_on_the_embedded_storage_that_is_killed_keeps_what_it_promises()
        => KeepsAsync(Small with { Processes = 1, Outages = 0, Embedded = true });

    private static async Task KeepsAsync(FaultOptions options)
    {
        var report = await FaultRun.RunAsync(options);

        Assert.Empty(report.Violations);
        Assert.Equal(options.Kills, report["kills"]);
        Assert.Equal(options.Outages, report["outages"]);
        Assert.Equal(options.Creates, report["acknowledged"] + report["limited"] + report["unavailable"] + report["unknown"]);
        Assert.True(report["acknowledged"] > options.Creates / 2, report.ToString());
    }
}
