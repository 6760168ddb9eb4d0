using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tests.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Records;

public sealed class RecordUpsertTests : IAsyncDisposable
{
    private readonly SimulatedStorage storage = new(7);
    private readonly RecordProcess here;
    private readonly RecordProcess there;

    public RecordUpsertTests() => (here, there) = (new RecordProcess(storage, TimeProvider.System), new RecordProcess(storage, TimeProvider.System));

    public async ValueTask DisposeAsync()
    {
        await here.DisposeAsync();
        await there.DisposeAsync();
    }

    [Fact]
    public async Task Over_storage_that_misbehaves_two_processes_make_one_record_of_each_key()
    {
        var type = await TypeAsync(here);
        storage.Faults = new SimulatedFaults { RequestLost = 0.03, ReplyLost = 0.03, Throttled = 0.03 };
        var random = new Random(7);
        for (var round = 0; round < 8; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
                UpsertAsync(random.Next(2) == 0 ? here : there, type, $"{random.Next(20)}", $"{round} {i}")));
        }

        storage.Faults = SimulatedFaults.None;
        var records = TenantProcess.Value(await there.Store.ListAsync(RecordProcess.Owner, new ListRequest { RecordTypeId = type.Id, Take = 500 }, default)).Records;
        Assert.Equal(records.Count, records.Select(each => each.Record.Values[0]).Distinct().Count());
        Assert.Equal((records.Count, records.Count), here.Counts(type));
    }

    [Fact]
    public async Task What_another_process_has_just_created_changed_or_deleted_is_seen()
    {
        var type = await TypeAsync(here);
        Assert.True(TenantProcess.Value(await UpsertAsync(here, type, "a", "1")).IsNew);
        var changed = TenantProcess.Value(await UpsertAsync(there, type, "a", "2"));
        Assert.False(changed.IsNew);
        await here.UpdateAsync(changed.Record, new RecordChanges { Values = RecordProcess.Inputs(type, new { Name = "b" }) });
        Assert.Equal(changed.Record.Record.Id, TenantProcess.Value(await UpsertAsync(there, type, "b", "3")).Record.Record.Id);
        await here.Store.DeleteAsync(RecordProcess.Owner, changed.Record.Record.Id, default, default);
        Assert.True(TenantProcess.Value(await UpsertAsync(there, type, "b", "4")).IsNew);
    }

    [Fact]
    public async Task A_warm_upsert_is_one_transaction_beside_a_look_at_the_head()
    {
        var type = await TypeAsync(here);
        await UpsertAsync(here, type, "a", "1");
        storage.Counts.Reset();
        await UpsertAsync(here, type, "a", "2");
        Assert.Equal((1, 1, 2), (storage.Counts.Transactions, storage.Counts.PointReads, storage.Counts.All));
    }

    [Fact]
    public async Task An_expired_record_does_not_match()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var process = new RecordProcess(new SimulatedStorage(), time);
        var type = await TypeAsync(process, ttl: 1);
        var first = TenantProcess.Value(await UpsertAsync(process, type, "a", "1"));
        time.Advance(TimeSpan.FromDays(2));
        var second = TenantProcess.Value(await UpsertAsync(process, type, "a", "1"));
        Assert.True(second.IsNew);
        Assert.NotEqual(first.Record.Record.Id, second.Record.Record.Id);
    }

    [Fact]
    public async Task Lines_sent_by_two_processes_under_one_key_make_one_record_each()
    {
        var type = await TypeAsync(here);
        await here.CreateAsync(type);
        storage.Faults = new SimulatedFaults { RequestLost = 0.02, ReplyLost = 0.02, Throttled = 0.02 };
        for (var tries = 0; tries < 3; tries++)
            await Task.WhenAll(Enumerable.Range(0, 200).SelectMany(i => new[] { LineAsync(here, i), LineAsync(there, i) }));

        storage.Faults = SimulatedFaults.None;
        var again = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => LineAsync(there, i)));
        Assert.Equal(200, again.Select(each => TenantProcess.Value(each).Value).Distinct().Count());
        Assert.Equal((201, 201), here.Counts(type));

        Task<Result<Made<long>>> LineAsync(RecordProcess process, int i) => process.Store.CreateLineAsync(
            RecordProcess.Owner, new NewRecord(type.Id, RecordProcess.Inputs(type, new { Name = $"{i}" })), new OnceLine(1, "records/batch", "k", i, [(byte)i]), default);
    }

    private static Task<Result<UpsertedRecord>> UpsertAsync(RecordProcess process, RecordType type, string name, string note)
        => process.Store.UpsertAsync(RecordProcess.Owner, new NewRecord(type.Id, RecordProcess.Inputs(type, new { Name = name, Note = note })), [type.Fields[0].Id], default);

    private static Task<RecordType> TypeAsync(RecordProcess process, double? ttl = null)
        => process.CreateTypeAsync(TenantProcess.Request(fields: [TenantProcess.NewField("Name"), TenantProcess.NewField("Note")]) with { TtlDays = new Setting<double?>(ttl) });
}
