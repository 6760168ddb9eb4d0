using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Partitions;

public sealed class WaitingBoundTests
{
    private const int Most = 3;

    private static readonly PartitionAddress Address = new(TableNames.Records, "7");

    [Fact]
    public void Beyond_so_many_waiting_writes_one_more_is_refused_at_once_and_all_others_are_done()
        => Simulation.Run(1, async simulation =>
        {
            var storage = new SimulatedStorage(1, time: simulation.Time);
            await PartitionFixture.Process(storage, simulation.Time)[Address].CreateAsync(
                new Dictionary<string, long>(), new Dictionary<string, IReadOnlyDictionary<string, object>>(), null, default);
            var partition = PartitionFixture.Process(storage, simulation.Time, PartitionFixture.Options(simulation.Time) with { MaxWaiting = Most })[Address];
            var (begun, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());

            var slow = partition.CommitAsync<bool>(
                async (scope, _) =>
                {
                    begun.TrySetResult();
                    await mayEnd.Task;
                    scope["slow"]++;
                    return true;
                },
                default);
            await begun.Task;
            var waiting = Enumerable.Range(0, Most).Select(_ => CountAsync()).ToArray();
            var refused = await CountAsync();
            mayEnd.SetResult();

            Assert.Equal(ProblemKind.Unavailable, refused.Problem?.Kind);
            Assert.Equal("Nothing was written.", refused.Problem!.Faults[0].Details);
            Assert.Null((await slow).Problem);
            Assert.All(await Task.WhenAll(waiting), answer => Assert.Null(answer.Problem));
            Assert.Equal(Most, (await partition.ReadHeadAsync(default))!.Counters["fast"]);

            Task<Result<bool>> CountAsync() => partition.CommitAsync<bool>(
                (scope, _) =>
                {
                    scope["fast"]++;
                    return ValueTask.FromResult<Result<bool>>(true);
                },
                default);
        });
}
