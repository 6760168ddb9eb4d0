using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using static Casefile.Core.Tests.Replicas.ReplicaFixture;

namespace Casefile.Core.Tests.Replicas;

public sealed class ReplicaSetTests
{
    [Fact]
    public async Task A_list_shows_what_was_just_written_and_costs_one_read_of_the_head_alone()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.CreateAsync();
        Assert.Empty(await IdsAsync(fixture));

        await fixture.PutAsync((1, Record(1000, (Name, "first"))), (2, Record(1000)));
        fixture.Storage.Counts.Reset();

        Assert.Equal([2L, 1L], await IdsAsync(fixture));
        Assert.Equal((1, 0, 0), (fixture.Storage.Counts.PointReads, fixture.Storage.Counts.RangeReads, fixture.Storage.Counts.Transactions));
    }

    [Fact]
    public async Task What_another_process_wrote_costs_one_more_read()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.CreateAsync();
        await fixture.PutAsync((1, Record(1000)));
        await IdsAsync(fixture);
        var other = OtherProcess(fixture)[Address];
        await WriteAsync(other, scope => Put(scope, 2));
        await WriteAsync(other, scope => Delete(scope, 1));
        fixture.Storage.Counts.Reset();

        Assert.Equal([2L], await IdsAsync(fixture));
        Assert.Equal((1, 1, 2), (fixture.Storage.Counts.PointReads, fixture.Storage.Counts.RangeReads, fixture.Storage.Counts.All));
    }

    [Fact]
    public async Task Records_whose_ids_are_far_apart_take_few_reads_to_build()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.CreateAsync();
        foreach (var ids in Enumerable.Range(1, 1_200).Chunk(80)) await fixture.PutAsync([.. ids.Select(n => (n * 1_000_000L, (IReadOnlyDictionary<string, object>)Record(1000)))]);
        fixture.Storage.Counts.Reset();

        using var lease = await fixture.OpenAsync();
        Assert.Equal(1_200, new RecordQueries(lease).Count(new RecordSelection(), null).Value);
        Assert.InRange(fixture.Storage.Counts.RangeReads, 2, 100);
    }

    [Fact]
    public async Task A_lease_stays_at_its_version_whatever_is_written_meanwhile()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.CreateAsync();
        await fixture.PutAsync((1, Record(1000, (Name, "old"))));
        using var before = await fixture.OpenAsync();
        var added = new RecordField(20, "added", FieldType.Number, []);
        await fixture.ChangeTypeAsync(type => type with { Fields = [.. type.Fields, added], SchemaVersion = 3 });
        await fixture.PutAsync((1, Record(1000, (Name, "new"), (added, 5.0))), (2, Record(1000)));
        using var after = await fixture.OpenAsync();

        var old = new RecordQueries(before);
        Assert.Equal("old", Assert.Single(All(old).Rows).Values[0]);
        Assert.Null(old.Type.Field(20));
        var @new = new RecordQueries(after);
        Assert.Equal(["new", 5.0], [All(@new).Rows[1].Values[0]!, All(@new).Rows[1].Values[^1]!]);
        Assert.Equal(before.Version + 2, after.Version);
    }

    [Fact]
    public async Task A_replica_that_the_log_no_longer_reaches_is_built_anew()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.CreateAsync();
        await fixture.PutAsync((1, Record(1000)));
        await IdsAsync(fixture);
        var other = OtherProcess(fixture)[Address];
        for (var id = 2; id < 6; id++)
        {
            var put = id;
            await WriteAsync(other, scope => Put(scope, put));
        }

        var table = fixture.Storage.Table(TableNames.Records);
        var gone = await table.TransactAsync(Address.Key, [RowAction.Delete(Address.Key, RowKeys.Log(4), RowAction.AnyETag)], CancellationToken.None);
        Assert.Equal(TransactionStatus.Committed, gone.Status);

        Assert.Equal([5L, 4L, 3L, 2L, 1L], await IdsAsync(fixture));
    }

    [Fact]
    public async Task A_build_ends_at_one_version_though_commits_land_between_its_reads()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.CreateAsync();
        for (var from = 1L; from < 2_500; from += 80)
        {
            var first = from;
            await WriteAsync(fixture.Partition, scope =>
            {
                for (var id = first; id < first + 80; id++) Put(scope, id);
            });
        }

        var writer = OtherProcess(fixture)[Address];
        var next = 2_600L;
        var writing = 0;
        fixture.Storage.BeforeRead = async (_, _, rowKey) =>
        {
            if (next >= 2_640 || Interlocked.Exchange(ref writing, 1) == 1) return;
            var id = next++;
            await WriteAsync(writer, scope =>
            {
                Put(scope, id);
                Delete(scope, id - 2_599);
                scope.Put(RecordRow.Key(id - 1_300), Record(5000, (Name, "changed")));
            });
            Volatile.Write(ref writing, 0);
        };

        using var lease = await fixture.OpenAsync();
        fixture.Storage.BeforeRead = null;
        var queries = new RecordQueries(lease);
        var rows = queries.List(new RecordSelection(), new RecordOrder(null, Descending: false), 0, 5_000, null).Value!;
        var commits = lease.Version - 33;
        Assert.InRange(commits, 1, 40);
        Assert.Equal(2_560, rows.Total);
        Assert.Equal(Enumerable.Range(1, 2_560).Skip((int)commits).Select(id => (long)id).Concat(Enumerable.Range(2_600, (int)commits).Select(id => (long)id)), rows.Rows.Select(row => row.Id));
        Assert.Equal(commits, rows.Rows.Count(row => row.Values[0] is "changed"));
    }

    [Fact]
    public async Task A_partition_that_is_not_there_or_was_deleted_is_not_found()
    {
        await using var fixture = new ReplicaFixture();
        Assert.Equal(ProblemKind.NotFound, (await fixture.Replicas.OpenAsync(Address, CancellationToken.None)).Problem!.Kind);

        await fixture.CreateAsync();
        await IdsAsync(fixture);
        await WriteAsync(fixture.Partition, scope => scope.DeletePartition());
        Assert.Equal(ProblemKind.NotFound, (await fixture.Replicas.OpenAsync(Address, CancellationToken.None)).Problem!.Kind);
    }

    [Fact]
    public async Task A_build_that_takes_too_long_answers_unavailable_and_goes_on_for_later_callers()
    {
        await using var fixture = new ReplicaFixture(options => options with { Patience = TimeSpan.FromMilliseconds(50) });
        await fixture.CreateAsync();
        var slow = new TaskCompletionSource();
        fixture.Storage.BeforeRead = (_, _, rowKey) => rowKey == RowKeys.Head ? Task.CompletedTask : slow.Task;

        var problem = (await fixture.Replicas.OpenAsync(Address, CancellationToken.None)).Problem!;
        Assert.Equal(ProblemKind.Unavailable, problem.Kind);
        Assert.NotNull(problem.RetryAfter);

        slow.SetResult();
        await fixture.Replicas.Find(Address)!.Idle;
        fixture.Storage.Counts.Reset();
        using var lease = await fixture.OpenAsync();
        Assert.Equal(1, fixture.Storage.Counts.All);
    }

    [Fact]
    public async Task A_file_that_breaks_is_replaced_by_the_next_list()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.CreateAsync();
        await fixture.PutAsync((1, Record(1000)));
        using (var lease = await fixture.OpenAsync())
        {
            var broken = lease.Ask<bool>(
                TimeSpan.FromSeconds(1), reader => reader.Command("SELECT * FROM nothing").ExecuteScalar() is null, CancellationToken.None);
            Assert.Equal(ProblemKind.Unavailable, broken.Problem!.Kind);
        }

        Assert.Equal([1L], await IdsAsync(fixture));
    }

    [Fact]
    public async Task Over_the_byte_budget_the_least_recently_used_replica_goes_but_never_one_in_use()
    {
        await using var fixture = new ReplicaFixture(options => options with { ByteBudget = 1 });
        await fixture.CreateAsync();
        using (await fixture.OpenAsync())
        {
            fixture.Replicas.DropOverBudget();
            Assert.True(fixture.Replicas.Find(Address)!.Bytes > 0);
        }

        fixture.Replicas.DropOverBudget();
        Assert.Equal(0, fixture.Replicas.Find(Address)!.Bytes);
        Assert.Empty(await IdsAsync(fixture));
    }

    [Fact]
    public async Task Files_are_removed_at_the_end_and_those_of_dead_processes_at_the_start()
    {
        var fixture = new ReplicaFixture();
        var dead = Path.Combine(fixture.Options.Folder, "1-dead");
        Directory.CreateDirectory(dead);
        await File.WriteAllTextAsync(Path.Combine(dead, "process.lock"), "");
        await fixture.CreateAsync();
        await IdsAsync(fixture);
        Assert.Single(Directory.GetDirectories(fixture.Options.Folder));
        Assert.False(Directory.Exists(dead));

        await fixture.Replicas.DisposeAsync();
        Assert.Empty(Directory.GetDirectories(fixture.Options.Folder));
        await fixture.DisposeAsync();
    }

    private static async Task<IEnumerable<long>> IdsAsync(ReplicaFixture fixture)
    {
        using var lease = await fixture.OpenAsync();
        return All(new RecordQueries(lease)).Rows.Select(row => row.Id);
    }

    private static RecordPage All(RecordQueries queries) => queries.List(new RecordSelection(), new RecordOrder(), 0, 100, null).Value!;

    private static void Put(OperationScope scope, long id)
    {
        scope.Put(RecordRow.Key(id), Record(1000 + id));
        scope[RecordCounters.Live]++;
    }

    private static void Delete(OperationScope scope, long id)
    {
        scope.Delete(RecordRow.Key(id));
        scope[RecordCounters.Live]--;
    }

    private static PartitionSet OtherProcess(ReplicaFixture fixture)
        => new(
            fixture.Storage, new DueTable(fixture.Storage), new OwedWorkHandlers(fixture.Storage, NullLogger<OwedWorkHandlers>.Instance),
            new PartitionOptions { ClockTolerance = null }, TimeProvider.System, NullLogger<Partition>.Instance);
}
