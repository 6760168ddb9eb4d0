using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Partitions;

public sealed class SharedCommitTests
{
    private const string Row = "age-1";

    private static readonly PartitionAddress Address = new(TableNames.Records, "7");

    private static readonly Dictionary<string, object> Image = new() { ["value"] = 1L };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_that_one_operation_puts_and_the_next_deletes_is_gone_whether_or_not_it_was_there(bool wasThere)
        => Simulation.Run(1, async simulation =>
        {
            var storage = new SimulatedStorage(1, time: simulation.Time);
            var rows = wasThere ? new() { [Row] = Image } : new Dictionary<string, IReadOnlyDictionary<string, object>>();
            await PartitionFixture.Process(storage, simulation.Time)[Address].CreateAsync(new Dictionary<string, long>(), rows, null, default);
            var partition = PartitionFixture.Process(storage, simulation.Time)[Address];

            var started = simulation.Time.GetUtcNow();
            var answers = await Task.WhenAll(
                CommitAsync(scope => scope.Put(Row, Image)),
                CommitAsync(scope => scope.Delete(Row)));

            Assert.All(answers, answer => Assert.Null(answer.Problem));
            Assert.Equal(answers[0].Value, answers[1].Value);
            Assert.Null(storage.Row(Address.Table, Address.Key, Row));
            Assert.InRange(simulation.Time.GetUtcNow() - started, TimeSpan.Zero, TimeSpan.FromSeconds(1));

            Task<Result<long>> CommitAsync(Action<OperationScope> change) => partition.CommitAsync<long>(
                (scope, _) =>
                {
                    change(scope);
                    return ValueTask.FromResult<Result<long>>(scope.Version);
                },
                default);
        });
}
