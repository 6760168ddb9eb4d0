using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Partitions;

/// <summary>
/// What runs ahead: the operation <c>second</c> comes while the commit of <c>first</c> is on its way, so it is run on a state that may never come to be. Each
/// is played twice: with room for more in the second commit, and without, so that it is encoded while the first is under way.
/// </summary>
public sealed class RunningAheadTests
{
    private const string Count = "count";
    private const string First = "rec-1";
    private const string Second = "rec-2";

    /// <summary>Actions of a commit of one row: the head's, the log's and the row's, and no room for another.</summary>
    private const int FullAtOnce = 4;

    private const int RoomForMore = StorageLimits.ActionsPerTransaction;

    private static readonly PartitionAddress Address = new(TableNames.Records, "7");

    [Fact]
    public void What_waits_is_run_on_what_the_commit_under_way_leaves_and_becomes_the_next_commit()
        => Play(async play =>
        {
            var (first, second) = await play.BothAsync(Add(First), Add(Second));

            Assert.Equal(new Seen(Version: 2, Stored: 1, Count: 0, SeesFirst: false), first.Value);
            Assert.Equal(new Seen(Version: 3, Stored: 1, Count: 1, SeesFirst: true), second.Value);
            Assert.Equal(1, play.Runs(Second));
            await play.ExpectAsync(version: 3, First, Second);
        });

    [Fact]
    public void Behind_a_lost_race_it_is_run_anew_on_what_won()
        => Play(async play =>
        {
            play.WhileOnItsWay = () => play.Other.CommitAsync(Add("rec-0"), default);

            var (first, second) = await play.BothAsync(Add(First), Add(Second));

            Assert.Equal(1, first.Value!.Count);
            Assert.Equal(2, second.Value!.Count);
            Assert.Equal(2, play.Runs(Second));
            await play.ExpectAsync(version: second.Value.Version, "rec-0", First, Second);
        });

    [Theory]
    [InlineData(TransactionFault.ReplyLost)]
    [InlineData(TransactionFault.RequestLost)]
    [InlineData(TransactionFault.ArrivesLate)]
    [InlineData(TransactionFault.Rejected)]
    public void Behind_a_lost_reply_both_are_there_once(TransactionFault fault)
        => Play(async play =>
        {
            play.Storage.FailNext(fault);

            var (first, second) = await play.BothAsync(Add(First), Add(Second));
            play.Storage.DeliverLate();

            Assert.Equal((2, 3), (first.Value!.Version, second.Value!.Version));
            Assert.Equal(1, second.Value.Count);
            await play.ExpectAsync(version: 3, First, Second);
        });

    [Fact]
    public void Behind_a_rejected_commit_nothing_is_left_of_what_that_would_have_made()
        => Play(async play =>
        {
            // Once might be a request that was cut short on its way.
            play.Storage.FailNext(TransactionFault.Rejected);
            play.Storage.FailNext(TransactionFault.Rejected);

            var (first, second) = await play.BothAsync(Add(First), Add(Second));

            Assert.Equal(ProblemKind.Invalid, first.Problem!.Kind);
            Assert.Equal(new Seen(Version: 2, Stored: 1, Count: 0, SeesFirst: false), second.Value);
            await play.ExpectAsync(version: 2, Second);
        });

    [Fact]
    public void A_refusal_for_what_never_came_to_be_is_told_to_nobody()
        => Play(async play =>
        {
            play.WhileOnItsWay = () => play.Other.CommitAsync<Seen>((scope, _) => Changed(scope, scope["limit"] = 9), default);
            await play.Other.CommitAsync<Seen>((scope, _) => Changed(scope, scope["limit"] = 1), default);

            var (first, second) = await play.BothAsync(AddWithin(First), AddWithin(Second));

            Assert.Null(first.Problem);
            Assert.Null(second.Problem);
            await play.ExpectAsync(version: second.Value!.Version, First, Second);
        });

    [Fact]
    public void A_refusal_for_what_came_to_be_is_told_when_it_has()
        => Play(async play =>
        {
            await play.Other.CommitAsync<Seen>((scope, _) => Changed(scope, scope["limit"] = 1), default);

            var (first, second) = await play.BothAsync(AddWithin(First), AddWithin(Second));

            Assert.Null(first.Problem);
            Assert.Equal("Full", second.Problem!.Faults[0].Message);
            await play.ExpectAsync(version: 3, First);
        });

    [Fact]
    public void A_caller_who_gives_up_meanwhile_leaves_nothing()
        => Play(async play =>
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), play.Time);
            play.WhileOnItsWay = () => Task.Delay(TimeSpan.FromMilliseconds(200), play.Time, default);

            var first = await play.FirstAsync(Add(First), Add(Second), cancellation.Token);

            Assert.Null(first.Problem);
            Assert.Equal(1, play.Runs(Second));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => play.Second!);
            await play.Other.CommitAsync(Add("rec-0"), default);
            await play.ExpectAsync(version: 3, "rec-0", First);
        });

    [Fact]
    public void Nothing_runs_ahead_of_a_commit_that_deletes_the_partition()
        => Play(async play =>
        {
            var (first, second) = await play.BothAsync(
                (scope, _) =>
                {
                    scope.DeletePartition();
                    return Changed(scope, 0);
                },
                Add(Second));

            Assert.Null(first.Problem);
            Assert.Equal(ProblemKind.NotFound, second.Problem!.Kind);
            Assert.Equal(0, play.Runs(Second));
        });

    [Fact]
    public void An_operation_that_did_not_ask_for_it_waits_for_the_commit_under_way()
        => Play(async play =>
        {
            play.SecondWaits = true;

            var (_, second) = await play.BothAsync(Add(First), Add(Second));

            Assert.Equal(new Seen(Version: 3, Stored: 2, Count: 1, SeesFirst: true), second.Value);
        });

    [Fact]
    public void What_ran_ahead_long_ago_is_run_anew()
        => Play(async play =>
        {
            play.WhileOnItsWay = () => Task.Delay(TimeSpan.FromSeconds(3), play.Time, default);

            var (_, second) = await play.BothAsync(Add(First), Add(Second));

            Assert.Equal(2, play.Runs(Second));
            Assert.Equal(2, second.Value!.Stored);
            await play.ExpectAsync(version: 3, First, Second);
        });

    private static Operation<Seen> Add(string rowKey) => async (scope, token) =>
    {
        var seen = new Seen(scope.Version, scope.StoredVersion, scope[Count], await scope.GetAsync(First, token) is not null);
        scope[Count]++;
        scope.Insert(rowKey, new Dictionary<string, object> { ["text"] = rowKey });
        return seen;
    };

    private static Operation<Seen> AddWithin(string rowKey) => async (scope, token)
        => scope[Count] < scope["limit"] ? await Add(rowKey)(scope, token) : Problem.Invalid("Full");

    private static ValueTask<Result<Seen>> Changed(OperationScope scope, long _) => ValueTask.FromResult<Result<Seen>>(new Seen(scope.Version, 0, 0, false));

    private static void Play(Func<TwoOperations, Task> play)
    {
        Play(RoomForMore, play);
        Play(FullAtOnce, play);
    }

    private static void Play(int mostActions, Func<TwoOperations, Task> play)
        => Simulation.Run(1, async simulation =>
        {
            var two = new TwoOperations(simulation.Time, mostActions);
            await PartitionFixture.Process(two.Storage, simulation.Time)[Address]
                .CreateAsync(new Dictionary<string, long>(), new Dictionary<string, IReadOnlyDictionary<string, object>>(), null, default);
            await play(two);
        });

    /// <summary>What an operation saw.</summary>
    private sealed record Seen(long Version, long Stored, long Count, bool SeesFirst);

    /// <summary>One process in which the second operation arrives while the first one's commit is being sent, and another process.</summary>
    private sealed class TwoOperations
    {
        private readonly Dictionary<string, int> runs = [];
        private readonly Partition partition;
        private bool isOnItsWay;

        public TwoOperations(VirtualTime time, int mostActions)
        {
            Time = time;
            Storage = new SimulatedStorage(1, time: time);
            var options = PartitionFixture.Options(time) with { MostActions = mostActions };
            partition = PartitionFixture.Process(Storage, time, options)[Address];
            Other = PartitionFixture.Process(Storage, time, options)[Address];
        }

        public VirtualTime Time { get; }

        public SimulatedStorage Storage { get; }

        public Partition Other { get; }

        /// <summary>What happens between the sending of the first commit and its arrival.</summary>
        public Func<Task> WhileOnItsWay { get; set; } = () => Task.CompletedTask;

        /// <summary>Whether the second operation is one that does not run ahead.</summary>
        public bool SecondWaits { get; set; }

        public Task<Result<Seen>>? Second { get; private set; }

        public int Runs(string rowKey) => runs.GetValueOrDefault(rowKey);

        public async Task<(Result<Seen> First, Result<Seen> Second)> BothAsync(Operation<Seen> first, Operation<Seen> second)
            => (await FirstAsync(first, second, default), await Second!);

        public Task<Result<Seen>> FirstAsync(Operation<Seen> first, Operation<Seen> second, CancellationToken cancellation)
        {
            Storage.BeforeTransaction = async transaction =>
            {
                if (isOnItsWay || transaction.Table != Address.Table) return;
                isOnItsWay = true;
                Operation<Seen> counted = (scope, token) =>
                {
                    runs[RunningAheadTests.Second] = Runs(RunningAheadTests.Second) + 1;
                    return second(scope, token);
                };
                Second = SecondWaits ? partition.CommitAsync(counted, cancellation) : partition.CommitAheadAsync(counted, cancellation);
                await WhileOnItsWay();
            };
            return partition.CommitAheadAsync(first, default);
        }

        /// <summary>These rows are there and no others, the head counts them, and the log has every version.</summary>
        public async Task ExpectAsync(long version, params string[] rowKeys)
        {
            var rows = Storage.Rows(Address.Table, Address.Key);
            var head = Head.FromRow(rows.Single(row => row.RowKey == RowKeys.Head));
            Assert.Equal(rowKeys, rows.Select(row => row.RowKey).Where(key => key.StartsWith("rec-", StringComparison.Ordinal)));
            Assert.Equal((version, rowKeys.Length), (head.Version, head[Count]));
            var logged = new List<string>();
            await foreach (var entry in CommitLog.ReadAsync(Storage.Table(Address.Table), Address.Key, 2, version, default))
                logged.AddRange(entry.Changes.Select(change => change.RowKey));
            Assert.Equal(rowKeys.Order(StringComparer.Ordinal), logged.Order(StringComparer.Ordinal));
        }
    }
}
