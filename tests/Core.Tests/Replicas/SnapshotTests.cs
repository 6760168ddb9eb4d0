using System.IO.Compression;
using System.Text;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Replicas;

public sealed class SnapshotTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly SimulatedStorage storage = new();
    private readonly List<SnapshotProcess> processes = [];
    private readonly List<string> read = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
    }

    [Fact]
    public async Task A_cold_replica_starts_from_the_snapshot_and_the_log_since_without_reading_a_record()
    {
        var warm = await WarmAsync(rows: 200);
        await warm.DeleteAsync(3);
        await warm.RenameAsync(5, "renamed");
        await warm.AddAsync(300, 2);
        var expected = await warm.ListAsync();

        WatchReads();
        var cold = Process();
        Assert.Equal(expected, await cold.ListAsync());
        Assert.Equal(201, expected.Count);
        Assert.DoesNotContain(read, key => key.StartsWith(RecordRow.Prefix, StringComparison.Ordinal));
        Assert.Empty(cold.Warnings);
    }

    [Fact]
    public async Task A_replica_that_started_from_a_snapshot_goes_on_as_any_other()
    {
        var warm = await WarmAsync(rows: 50);
        var cold = Process();
        await cold.ListAsync();

        var added = new RecordField(20, "added", FieldType.Text, []);
        await warm.AddFieldAsync(added);
        await warm.WriteAsync(scope => scope.Put(RecordRow.Key(1), ReplicaFixture.Record(1_001, (added, "new"))));
        await cold.DeleteAsync(2);

        using var lease = (await cold.Replicas.OpenAsync(SnapshotProcess.Address, default)).Value!;
        var queries = new RecordQueries(lease);
        var found = queries.List(new RecordSelection(), new RecordOrder(added), 0, 1, null).Value!;
        Assert.Equal((49L, "new"), (found.Total, found.Rows[0].Values[^1]));
    }

    [Fact]
    public async Task Indexes_that_lists_asked_for_are_in_the_snapshot()
    {
        var warm = Process(options => options with { SnapshotMinimumRows = 60 });
        await warm.CreateTypeAsync();
        await warm.AddAsync(1, 50);
        for (var i = 0; i < 4; i++) await SortAsync(warm);
        await warm.Replicas.Find(SnapshotProcess.Address)!.Idle;
        await warm.AddAsync(100, 20);
        await warm.ListAsync();

        var cold = Process();
        await cold.ListAsync();
        using var lease = (await cold.Replicas.OpenAsync(SnapshotProcess.Address, default)).Value!;
        var names = lease.Ask<long>(
            TimeSpan.FromSeconds(5),
            reader => (long)reader.Command("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql LIKE '%f11%'").ExecuteScalar()!,
            default);
        Assert.NotEqual(0, names.Value);

        static async Task SortAsync(SnapshotProcess process)
        {
            using var lease = (await process.Replicas.OpenAsync(SnapshotProcess.Address, default)).Value!;
            new RecordQueries(lease).List(new RecordSelection(), new RecordOrder(ReplicaFixture.Name), 0, 10, null);
        }
    }

    [Fact]
    public async Task A_small_type_gets_no_snapshot()
    {
        var process = Process();
        await process.CreateTypeAsync();
        await process.AddAsync(1, 9);
        await process.ListAsync();
        Assert.Null(await process.NamedAsync());
        Assert.Empty(storage.BlobNames);
    }

    [Fact]
    public async Task Once_the_log_has_grown_a_newer_snapshot_replaces_the_old_one_and_its_blob_is_deleted()
    {
        var process = await WarmAsync(rows: 50);
        var first = await process.NamedAsync();
        await process.RenameAsync(1, "a");
        await process.ListAsync();
        Assert.Equal(first, await process.NamedAsync());

        for (var i = 0; i < 5; i++) await process.RenameAsync(1, $"b{i}");
        await process.ListAsync();
        var second = await process.NamedAsync();
        Assert.True(second!.Version > first!.Version);
        Assert.Equal([second.Blob], storage.BlobNames);
    }

    [Fact]
    public async Task Many_changed_rows_are_reason_enough_for_a_newer_one()
    {
        var process = await WarmAsync(rows: 50, options => options with { SnapshotAfterVersions = 1_000, SnapshotAfterChanges = 60 });
        var first = await process.NamedAsync();
        await process.AddAsync(100, 59);
        await process.ListAsync();
        Assert.Equal(first, await process.NamedAsync());
        await process.AddAsync(200, 1);
        await process.ListAsync();
        Assert.NotEqual(first, await process.NamedAsync());
    }

    [Fact]
    public async Task Of_two_processes_that_could_write_one_only_one_does()
    {
        var one = Process();
        var other = Process();
        await one.CreateTypeAsync();
        await one.AddAsync(1, 100);
        await Task.WhenAll(one.ListAsync(), other.ListAsync());

        var named = await one.NamedAsync();
        Assert.NotNull(named);
        Assert.Equal([named.Blob], storage.BlobNames);
        Assert.Equal(await one.ListAsync(), await other.ListAsync());
    }

    [Fact]
    public async Task A_writer_that_dies_before_its_commit_leaves_a_blob_that_is_swept_once_its_claim_has_run_out()
    {
        var (writer, release) = await HeldBeforeNamingAsync();
        var keeper = Process();
        Assert.Single(storage.BlobNames);

        time.Advance(TimeSpan.FromMinutes(5));
        await keeper.MaintainAsync();
        Assert.Single(storage.BlobNames);

        time.Advance(TimeSpan.FromMinutes(40));
        await keeper.MaintainAsync();
        Assert.Empty(storage.BlobNames);
        Assert.Equal(0, (await keeper.HeadAsync())[SnapshotReference.ClaimCounter]);

        // It was not dead, only slow: what it wrote is gone, so it must not name it.
        release.SetResult();
        await writer.Replicas.Find(SnapshotProcess.Address)!.Snapshotting;
        Assert.Null(await keeper.NamedAsync());

        await keeper.ListAsync();
        Assert.Equal([(await keeper.NamedAsync())!.Blob], storage.BlobNames);
    }

    [Fact]
    public async Task While_one_writes_nobody_else_begins()
    {
        var (_, release) = await HeldBeforeNamingAsync();
        var other = Process();
        await other.ListAsync();
        Assert.Single(storage.BlobNames);
        Assert.Null(await other.NamedAsync());
        release.SetResult();
    }

    [Fact]
    public async Task When_the_type_is_deleted_meanwhile_nothing_of_the_snapshot_remains()
    {
        var (writer, release) = await HeldBeforeNamingAsync();
        var other = Process();
        await other.WriteAsync(scope => scope.DeletePartition());
        release.SetResult();
        await writer.Replicas.Find(SnapshotProcess.Address)!.Snapshotting;
        Assert.Empty(storage.BlobNames);
    }

    [Fact]
    public async Task Deleting_a_type_deletes_its_snapshot()
    {
        var process = await WarmAsync(rows: 50);
        Assert.Single(storage.BlobNames);
        await process.WriteAsync(scope =>
        {
            scope.DeletePartition();
            scope.DueBy(DueKind.Maintenance, scope.Now);
        });
        time.Advance(TimeSpan.FromMinutes(1));
        await process.MaintainAsync();
        Assert.Empty(storage.BlobNames);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("garbage")]
    [InlineData("truncated")]
    [InlineData("longer")]
    [InlineData("other content")]
    public async Task A_blob_that_is_not_what_was_written_is_not_used_and_that_is_said_once(string fault)
    {
        var warm = await WarmAsync(rows: 100);
        var expected = await warm.ListAsync();
        var blob = (await warm.NamedAsync())!.Blob;
        await SpoilAsync(blob, fault);

        var cold = Process(options => options with { ByteBudget = 1, SnapshotMinimumRows = 10_000 });
        Assert.Equal(expected, await cold.ListAsync());
        cold.Replicas.DropOverBudget();
        Assert.Equal(expected, await cold.ListAsync());
        Assert.Single(cold.Warnings);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_used_is_replaced_by_one_that_can()
    {
        var warm = await WarmAsync(rows: 100);
        await SpoilAsync((await warm.NamedAsync())!.Blob, "garbage");
        var mending = Process();
        await mending.ListAsync();

        var cold = Process();
        await cold.ListAsync();
        Assert.Empty(cold.Warnings);
        Assert.Equal([(await cold.NamedAsync())!.Blob], storage.BlobNames);
    }

    [Fact]
    public async Task A_name_of_an_unknown_form_is_left_alone_and_kept()
    {
        var process = Process();
        await process.CreateTypeAsync();
        await process.AddAsync(1, 50);
        await RewriteHeadAsync(properties => properties["snapshot"] = "9 something newer");
        var expected = await process.ListAsync();
        Assert.Equal(50, expected.Count);
        await process.AddAsync(100, 20);
        Assert.Equal(70, (await process.ListAsync()).Count);
        Assert.Equal("9 something newer", (await process.HeadAsync()).Snapshot);
        Assert.Empty(storage.BlobNames);
    }

    [Fact]
    public async Task A_name_that_an_older_version_of_the_service_dropped_costs_a_build_from_the_rows_and_no_blob()
    {
        var warm = await WarmAsync(rows: 50);
        await RewriteHeadAsync(properties => properties.Remove("snapshot"));
        var cold = Process();
        Assert.Equal(await warm.ListAsync(), await cold.ListAsync());

        time.Advance(TimeSpan.FromHours(27));
        await cold.MaintainAsync();
        Assert.Equal([(await cold.NamedAsync())!.Blob], storage.BlobNames);
    }

    [Fact]
    public async Task A_snapshot_says_no_version_that_it_does_not_hold()
    {
        var warm = await WarmAsync(rows: 50);
        var reference = (await warm.NamedAsync())!;
        await RewriteHeadAsync(properties => properties["snapshot"] = (reference with { Version = reference.Version + 1 }).ToString());
        var cold = Process(options => options with { SnapshotMinimumRows = 10_000 });
        Assert.Equal(await warm.ListAsync(), await cold.ListAsync());
        Assert.Contains("another version", Assert.Single(cold.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Above_a_gap_in_the_log_the_rows_are_read()
    {
        var warm = await WarmAsync(rows: 50);
        await warm.RenameAsync(1, "a");
        await warm.RenameAsync(2, "b");
        var expected = await warm.ListAsync();
        var head = await warm.HeadAsync();
        await storage.Table(TableNames.Records).TransactAsync(
            SnapshotProcess.Address.Key, [RowAction.Delete(SnapshotProcess.Address.Key, RowKeys.Log(head.Version), RowAction.AnyETag)], default);

        var cold = Process(options => options with { SnapshotMinimumRows = 10_000 });
        Assert.Equal(expected, await cold.ListAsync());
        Assert.Contains("does not lead on", Assert.Single(cold.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Below_the_floor_the_rows_are_read()
    {
        var warm = await WarmAsync(rows: 50);
        await warm.RenameAsync(1, "a");
        await warm.RenameAsync(2, "b");
        var expected = await warm.ListAsync();
        var head = await warm.HeadAsync();
        await warm.WriteAsync(scope => scope.RaiseLogFloor(head.Version));

        var cold = Process(options => options with { SnapshotMinimumRows = 10_000 });
        Assert.Equal(expected, await cold.ListAsync());
        Assert.Contains("log above it is gone", Assert.Single(cold.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_above_the_snapshot_outlives_its_time_and_that_below_does_not()
    {
        var warm = await WarmAsync(rows: 50);
        var named = (await warm.NamedAsync())!;
        await warm.RenameAsync(1, "a");
        await warm.RenameAsync(2, "b");
        var sleeper = Process(options => options with { SnapshotMinimumRows = 10_000 });
        time.Advance(TimeSpan.FromHours(27));
        await warm.MaintainAsync();

        Assert.Equal(RowKeys.Log(named.Version + 1), Rows().First(key => key.StartsWith(RowKeys.LogPrefix, StringComparison.Ordinal)));
        WatchReads();
        Assert.Equal(["a", "b"], (await sleeper.ListAsync()).OrderBy(row => row.Key).Take(2).Select(row => row.Value));
        Assert.DoesNotContain(read, key => key.StartsWith(RecordRow.Prefix, StringComparison.Ordinal));

        // Nothing more can be pruned, so the timer has no more to look at.
        time.Advance(TimeSpan.FromHours(27));
        await warm.MaintainAsync();
        time.Advance(TimeSpan.FromHours(27));
        Assert.Equal(0, await warm.MaintainAsync());
    }

    [Fact]
    public async Task A_warm_replica_that_fell_below_the_floor_starts_again_from_the_snapshot()
    {
        var sleeper = Process();
        var warm = await WarmAsync(rows: 50);
        await sleeper.ListAsync();
        for (var i = 0; i < 6; i++) await warm.RenameAsync(1, $"a{i}");
        await warm.ListAsync();
        await warm.RenameAsync(2, "b");
        time.Advance(TimeSpan.FromHours(27));
        await warm.MaintainAsync();

        WatchReads();
        Assert.Equal(["a5", "b"], (await sleeper.ListAsync()).OrderBy(row => row.Key).Take(2).Select(row => row.Value));
        Assert.DoesNotContain(read, key => key.StartsWith(RecordRow.Prefix, StringComparison.Ordinal));
        Assert.Empty(sleeper.Warnings);
    }

    [Fact]
    public async Task A_replica_that_does_not_hold_what_its_head_says_becomes_no_snapshot()
    {
        var process = Process();
        await process.CreateTypeAsync();
        await process.AddAsync(1, 50);
        await process.WriteAsync(scope => scope[RecordCounters.Live]++);
        using (await OpenAsync(process))
        {
            await process.Replicas.Find(SnapshotProcess.Address)!.Snapshotting;
        }

        Assert.Null(await process.NamedAsync());
        Assert.Empty(storage.BlobNames);

        static async Task<ReplicaLease> OpenAsync(SnapshotProcess process)
            => (await process.Replicas.OpenAsync(SnapshotProcess.Address, default)).Value!;
    }

    private SnapshotProcess Process(Func<ReplicaOptions, ReplicaOptions>? configure = null)
    {
        var process = new SnapshotProcess(storage, time, configure);
        processes.Add(process);
        return process;
    }

    /// <summary>A process that has listed a type, and written its snapshot.</summary>
    private async Task<SnapshotProcess> WarmAsync(int rows, Func<ReplicaOptions, ReplicaOptions>? configure = null)
    {
        var process = Process(configure);
        await process.CreateTypeAsync();
        await process.AddAsync(1, rows);
        await process.ListAsync();
        Assert.NotNull(await process.NamedAsync());
        return process;
    }

    /// <summary>A process whose snapshot is written and whose commit that would name it is on its way until it is released.</summary>
    private async Task<(SnapshotProcess Writer, TaskCompletionSource Release)> HeldBeforeNamingAsync()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        storage.BeforeTransaction = async transaction =>
        {
            if (!transaction.Actions[0].Row.Properties.ContainsKey("snapshot") || !arrived.TrySetResult()) return;
            await release.Task;
        };
        var writer = Process();
        await writer.CreateTypeAsync();
        await writer.AddAsync(1, 50);
        await writer.ListWithoutWaitingAsync();
        await arrived.Task;
        return (writer, release);
    }

    private async Task SpoilAsync(string blob, string fault)
    {
        using var stored = new MemoryStream();
        await using (var content = (await storage.Blobs.OpenReadAsync(blob, default))!) await content.CopyToAsync(stored);
        var bytes = stored.ToArray();
        await storage.Blobs.DeleteAsync(blob, default);
        if (fault == "gone") return;
        bytes = fault switch
        {
            "garbage" => Encoding.UTF8.GetBytes("This is not what was written."),
            "truncated" => bytes[..(bytes.Length / 2)],
            "longer" => [.. bytes, 0],
            _ => Compressed("SQLite format 3 it says, and is not."),
        };
        await storage.Blobs.WriteAsync(blob, new MemoryStream(bytes), "gzip", default);

        static byte[] Compressed(string text)
        {
            using var target = new MemoryStream();
            using (var gzip = new GZipStream(target, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
            return target.ToArray();
        }
    }

    /// <summary>Replaces the head as another version of the service might.</summary>
    private async Task RewriteHeadAsync(Action<Dictionary<string, object>> change)
    {
        var table = storage.Table(TableNames.Records);
        var row = (await table.GetAsync(SnapshotProcess.Address.Key, RowKeys.Head, default))!;
        var properties = new Dictionary<string, object>(row.Properties);
        change(properties);
        var outcome = await table.TransactAsync(
            SnapshotProcess.Address.Key, [RowAction.Replace(row with { Properties = properties }, row.ETag)], default);
        Assert.Equal(TransactionStatus.Committed, outcome.Status);
    }

    private IEnumerable<string> Rows() => storage.Rows(TableNames.Records, SnapshotProcess.Address.Key).Select(row => row.RowKey);

    private void WatchReads()
        => storage.BeforeRead = (table, _, rowKey) =>
        {
            lock (read)
                if (table == TableNames.Records) read.Add(rowKey);
            return Task.CompletedTask;
        };
}
