using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Partitions;

public sealed class MaintenanceTests
{
    private static readonly PartitionAddress Address = new(TableNames.Records, "7");

    [Fact]
    public async Task Work_that_a_dying_process_came_to_owe_while_maintenance_was_under_way_is_done_soon()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var storage = new SimulatedStorage(1, time: time);
        var dying = PartitionFixture.Process(storage, time, new Work(_ => throw new IOException("The process dies")));
        var done = new List<string>();
        var living = PartitionFixture.Process(storage, time, out var dueTable, out var owedWork, new Work(done.Add));
        await living[Address].CreateAsync(new Dictionary<string, long>(), new Dictionary<string, IReadOnlyDictionary<string, object>>(), null, default);
        var meanwhile = new Queue<string>(["second"]);
        var maintenance = new Maintenance(
            storage,
            living,
            dueTable,
            new PartitionSettling(living, dueTable),
            owedWork,
            [new Meanwhile(() => meanwhile.TryDequeue(out var work) ? OweAsync(work) : Task.CompletedTask)],
            time,
            NullLogger<Maintenance>.Instance);

        await OweAsync("first");
        await maintenance.RunAsync(default);
        Assert.Equal(["first"], done);

        time.Advance(TimeSpan.FromMinutes(15));
        await maintenance.RunAsync(default);
        Assert.Equal(["first", "second"], done);

        async Task OweAsync(string work) => Assert.Null((await dying[Address].CommitAsync<bool>(
            (scope, _) =>
            {
                scope.Owe(new OwedWork(Work.Kind, work));
                return ValueTask.FromResult<Result<bool>>(true);
            },
            default)).Problem);
    }

    private sealed class Work(Action<string> work) : IOwedWorkHandler
    {
        public const string Kind = "work";

        public IReadOnlyList<string> Kinds => [Kind];

        public Task DoAsync(PartitionAddress owner, long version, OwedWork owed, CancellationToken cancellationToken)
        {
            work(owed.Payload);
            return Task.CompletedTask;
        }
    }

    /// <summary>What happens when maintenance has done what was owed, and has not yet put the partition down.</summary>
    private sealed class Meanwhile(Func<Task> happens) : IHousekeeping
    {
        public async Task<DateTimeOffset?> RunAsync(Partition partition, DateTimeOffset now, CancellationToken cancellationToken)
        {
            await happens();
            return null;
        }
    }
}
