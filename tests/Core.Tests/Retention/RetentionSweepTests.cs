using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tests.Records;
using Casefile.Core.Tests.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Retention;

public sealed class RetentionSweepTests : IAsyncDisposable
{
    private readonly SimulatedStorage storage = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RecordProcess here;

    public RetentionSweepTests() => here = new RecordProcess(storage, time);

    public ValueTask DisposeAsync() => here.DisposeAsync();

    [Theory]
    [InlineData(RetentionColumn.CreatedAt)]
    [InlineData(RetentionColumn.UpdatedAt)]
    public async Task What_has_expired_is_hidden_at_once_and_deleted_by_the_sweep(RetentionColumn retention)
    {
        var type = await TypeAsync(retention, ttl: 1);
        for (var i = 0; i < 100; i++) await here.CreateAsync(type);
        time.Advance(TimeSpan.FromHours(12));
        var young = await here.CreateAsync(type);
        time.Advance(TimeSpan.FromHours(12));

        Assert.Equal([young.Record.Id], await here.ListIdsAsync(type));
        Assert.Equal((101, 101), here.Counts(type));

        Assert.Equal(100, await here.Retention.RunAsync(default));
        Assert.Equal((1, 1), here.Counts(type));
        Assert.Equal(0, await here.Retention.RunAsync(default));

        time.Advance(TimeSpan.FromHours(12));
        Assert.Equal(1, await here.Retention.RunAsync(default));
        Assert.Empty(here.RowKeys(type, "age-"));
        Assert.Empty(here.RowKeys(type, "rec-"));
    }

    [Fact]
    public async Task Under_updated_at_a_change_makes_a_record_young_again()
    {
        var type = await TypeAsync(RetentionColumn.UpdatedAt, ttl: 1);
        var record = await here.CreateAsync(type);
        time.Advance(TimeSpan.FromHours(23));
        await here.UpdateAsync(record, new RecordChanges { AddCases = [await here.CreateCaseAsync()] });
        time.Advance(TimeSpan.FromHours(23));

        Assert.Equal(0, await here.Retention.RunAsync(default));
        Assert.NotNull(await here.GetAsync(record.Record.Id));
    }

    [Fact]
    public async Task The_surplus_over_a_lowered_limit_goes_where_the_oldest_make_room()
    {
        var type = await TypeAsync(RetentionColumn.CreatedAt, ttl: null, LimitBehaviour.EvictOldest);
        for (var i = 0; i < 150; i++) await here.CreateAsync(type);
        await here.UpdateTypeAsync(type.Id, new RecordTypeChange { MaxRecords = new Setting<long?>(10) });

        Assert.Equal(140, await here.Retention.RunAsync(default));
        Assert.Equal((10, 10), here.Counts(type));
    }

    [Fact]
    public async Task A_limit_that_another_process_lowers_while_a_sweep_ends_is_the_next_sweeps()
    {
        await using var there = new RecordProcess(storage, time);
        var type = await TypeAsync(RetentionColumn.CreatedAt, ttl: null, LimitBehaviour.EvictOldest);
        for (var i = 0; i < 20; i++) await here.CreateAsync(type);
        await here.UpdateTypeAsync(type.Id, new RecordTypeChange { MaxRecords = new Setting<long?>(19) });

        storage.BeforeTransaction = async transaction =>
        {
            if (transaction.Table != "records" || transaction.Actions.Any(action => action.Row.RowKey.StartsWith("rec-", StringComparison.Ordinal))) return;
            storage.BeforeTransaction = null;
            await there.UpdateTypeAsync(type.Id, new RecordTypeChange { MaxRecords = new Setting<long?>(10) });
        };
        Assert.Equal(1, await here.Retention.RunAsync(default));
        Assert.Equal(9, await here.Retention.RunAsync(default));
        Assert.Equal((10, 10), here.Counts(type));
    }

    [Fact]
    public async Task A_sweep_that_is_stopped_goes_on_where_it_was()
    {
        var type = await TypeAsync(RetentionColumn.CreatedAt, ttl: 1);
        for (var i = 0; i < 200; i++) await here.CreateAsync(type);
        time.Advance(TimeSpan.FromDays(2));

        using var stop = new CancellationTokenSource();
        storage.AfterTransaction = async _ => await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => here.Retention.RunAsync(stop.Token));
        storage.AfterTransaction = null;
        Assert.InRange(here.Counts(type).Rows, 1, 199);

        await here.Retention.RunAsync(default);
        Assert.Equal((0, 0), here.Counts(type));
    }

    private Task<RecordType> TypeAsync(RetentionColumn retention, double? ttl, LimitBehaviour onLimit = LimitBehaviour.Reject)
        => here.CreateTypeAsync(TenantProcess.Request() with
        {
            Retention = new Setting<RetentionColumn?>(retention),
            TtlDays = new Setting<double?>(ttl),
            OnLimit = onLimit,
        });
}
