using Casefile.Core.Storage;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Storage;

/// <summary>The simulation is what the commit protocol is judged by, so it is held to its word itself.</summary>
public sealed class SimulatedStorageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_history_replays_from_its_seed(int seed) => Assert.Equal(History(seed), History(seed));

    [Fact]
    public void Histories_of_different_seeds_differ() => Assert.NotEqual(History(1), History(2));

    [Fact]
    public void Time_moves_on_by_itself_and_only_in_the_simulation()
    {
        var started = DateTimeOffset.UtcNow;
        var elapsed = TimeSpan.Zero;

        Simulation.Run(0, async simulation =>
        {
            var before = simulation.Time.GetUtcNow();
            await Task.Delay(TimeSpan.FromDays(1), simulation.Time);
            elapsed = simulation.Time.GetUtcNow() - before;
        });

        Assert.Equal(TimeSpan.FromDays(1), elapsed);
        Assert.True(DateTimeOffset.UtcNow - started < TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(TransactionFault.RequestLost, false, false)]
    [InlineData(TransactionFault.Throttled, false, false)]
    [InlineData(TransactionFault.ReplyLost, true, true)]
    [InlineData(TransactionFault.ArrivesLate, false, true)]
    public async Task A_fault_asked_for_is_unknown_to_the_sender_whatever_its_effect(TransactionFault fault, bool effectAtOnce, bool effectInTheEnd)
    {
        var storage = new SimulatedStorage();
        storage.FailNext(fault);

        var outcome = await storage.Table("t").TransactAsync("p", [RowAction.Insert(NewRow("a"))], default);
        var atOnce = storage.Rows("t", "p").Count == 1;
        storage.DeliverLate();

        Assert.Equal(TransactionStatus.Unknown, outcome.Status);
        Assert.Equal((effectAtOnce, effectInTheEnd), (atOnce, storage.Rows("t", "p").Count == 1));
    }

    [Fact]
    public async Task A_rival_may_commit_just_before()
    {
        var storage = new SimulatedStorage();
        var table = storage.Table("t");
        var head = (await table.TransactAsync("p", [RowAction.Insert(NewRow("head"))], default)).ETags[0];
        storage.BeforeTransaction = async _ =>
        {
            storage.BeforeTransaction = null;
            await table.TransactAsync("p", [RowAction.Replace(NewRow("head"), head)], default);
        };

        var outcome = await table.TransactAsync("p", [RowAction.Replace(NewRow("head"), head)], default);

        Assert.Equal(TransactionStatus.PreconditionFailed, outcome.Status);
    }

    [Fact]
    public async Task Odd_pages_together_hold_every_row()
    {
        var storage = new SimulatedStorage(7, new SimulatedFaults { OddPages = 1 });
        var table = storage.Table("t");
        await table.TransactAsync("p", [.. Enumerable.Range(10, 60).Select(i => RowAction.Insert(NewRow($"{i}")))], default);

        List<RowPage> pages = [];
        do
            pages.Add(await table.ReadAsync(new RowRange("p", "", "z", 5, pages.LastOrDefault()?.Continuation), default));
        while (pages[^1].Continuation is not null);

        Assert.Equal(Enumerable.Range(10, 60).Select(i => $"{i}"), pages.SelectMany(page => page.Rows).Select(row => row.RowKey));
        Assert.Contains(pages, page => page is { Rows.Count: 0, Continuation: not null });
    }

    // Three processes race to append to one partition over a storage that misbehaves; what each was told, in order, is the history.
    private static string History(int seed)
    {
        List<string> told = [];
        Simulation.Run(seed, async simulation =>
        {
            var storage = new SimulatedStorage(seed, SimulatedFaults.Rough with { Latency = TimeSpan.FromMilliseconds(20) }, simulation.Time);
            var table = storage.Table("t");

            async Task AppendAsync(int process)
            {
                for (var i = 0; i < 30; i++)
                {
                    var outcome = await table.TransactAsync("p", [RowAction.Insert(NewRow($"{simulation.Random.Next(60)}"))], default);
                    told.Add($"{simulation.Time.GetUtcNow():O} {process} {outcome.Status} {outcome.Reason}");
                }
            }

            await Task.WhenAll(AppendAsync(1), AppendAsync(2), AppendAsync(3));
            told.AddRange(storage.Rows("t", "p").Select(row => $"{row.RowKey} {row.ETag}"));
        });
        return string.Join('\n', told);
    }

    private static Row NewRow(string key) => new("p", key, new Dictionary<string, object> { ["n"] = 1L });
}
