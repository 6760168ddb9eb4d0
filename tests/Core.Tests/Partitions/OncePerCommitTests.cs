using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Partitions;

public sealed class OncePerCommitTests
{
    private const string Row = "type";

    [Fact]
    public void Changes_that_ask_for_it_never_share_a_version_although_they_wait_together()
        => Simulation.Run(1, async simulation =>
        {
            var storage = new SimulatedStorage(1, time: simulation.Time);
            var partition = PartitionFixture.Process(storage, simulation.Time)[new PartitionAddress(TableNames.Records, "7")];
            await partition.CreateAsync(new Dictionary<string, long>(), new Dictionary<string, IReadOnlyDictionary<string, object>>(), null, default);

            var versions = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => partition.CommitAsync<long>(
                (scope, _) =>
                {
                    scope.OncePerCommit(Row);
                    scope.Put(Row, new Dictionary<string, object> { ["version"] = scope.Version });
                    return ValueTask.FromResult<Result<long>>(scope.Version);
                },
                default)));

            Assert.Equal(10, versions.Select(version => version.Value).Distinct().Count());
        });
}
