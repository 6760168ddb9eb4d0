using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tests.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Records;

public sealed class RecordWritesTests : IAsyncDisposable
{
    private readonly SimulatedStorage storage = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RecordProcess here;
    private readonly RecordProcess there;

    public RecordWritesTests() => (here, there) = (new RecordProcess(storage, time), new RecordProcess(storage, time));

    public async ValueTask DisposeAsync()
    {
        await here.DisposeAsync();
        await there.DisposeAsync();
    }

    [Fact]
    public async Task A_warm_create_is_one_transaction_and_a_list_after_it_one_read()
    {
        var type = await TypeAsync();
        await here.CreateAsync(type);
        await here.ListIdsAsync(type);

        storage.Counts.Reset();
        await here.CreateAsync(type, new { Name = "x" });
        Assert.Equal((1, 1), (storage.Counts.Transactions, storage.Counts.All));

        storage.Counts.Reset();
        Assert.Equal(2, (await here.ListIdsAsync(type)).Count);
        Assert.Equal((1, 1), (storage.Counts.PointReads, storage.Counts.All));
    }

    [Fact]
    public async Task A_get_of_a_record_is_its_row_and_a_shared_look_at_the_head()
    {
        var record = await here.CreateAsync(await TypeAsync());
        await here.GetAsync(record.Record.Id);

        storage.Counts.Reset();
        Assert.NotNull(await here.GetAsync(record.Record.Id));
        Assert.Equal((2, 2), (storage.Counts.PointReads, storage.Counts.All));
    }

    [Theory]
    [InlineData(RetentionColumn.CreatedAt)]
    [InlineData(RetentionColumn.UpdatedAt)]
    public async Task Evicting_is_part_of_the_transaction_that_needs_the_room(RetentionColumn retention)
    {
        var type = await TypeAsync(max: 3, LimitBehaviour.EvictOldest, retention);
        var first = await here.CreateAsync(type);
        for (var i = 0; i < 3; i++) await here.CreateAsync(type);
        Assert.Null(await here.GetAsync(first.Record.Id));

        storage.Counts.Reset();
        await here.CreateAsync(type);
        Assert.Equal((1, 1), (storage.Counts.Transactions, storage.Counts.All));
        Assert.Equal((3, 3), here.Counts(type));
    }

    [Fact]
    public async Task Under_updated_at_the_longest_unchanged_record_goes_first()
    {
        var type = await TypeAsync(max: 2, LimitBehaviour.EvictOldest, RetentionColumn.UpdatedAt);
        var first = await here.CreateAsync(type);
        time.Advance(TimeSpan.FromSeconds(1));
        var second = await here.CreateAsync(type);
        time.Advance(TimeSpan.FromSeconds(1));
        await here.UpdateAsync(first, new RecordChanges { AddCases = [await here.CreateCaseAsync()] });
        await here.CreateAsync(type);

        Assert.NotNull(await here.GetAsync(first.Record.Id));
        Assert.Null(await here.GetAsync(second.Record.Id));
        Assert.Equal(2, here.RowKeys(type, "age-").Count);
    }

    [Theory]
    [InlineData(LimitBehaviour.Reject)]
    [InlineData(LimitBehaviour.EvictOldest)]
    public async Task Two_processes_at_a_limit_of_100_end_with_exactly_100_records(LimitBehaviour onLimit)
    {
        var type = await TypeAsync(max: 100, onLimit);
        var made = await Task.WhenAll(Enumerable.Range(0, 160).Select(i => (i % 2 == 0 ? here : there).TryCreateAsync(type, new { Name = $"{i}" })));

        var ids = made.Where(each => each.Problem is null).Select(each => each.Value!.Record.Record.Id).ToArray();
        Assert.Equal(onLimit == LimitBehaviour.Reject ? 100 : 160, ids.Length);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(made.Where(each => each.Problem is not null), each => Assert.Equal(ProblemKind.Invalid, each.Problem!.Kind));
        Assert.Equal((100, 100), here.Counts(type));
        Assert.Equal(100, (await here.ListIdsAsync(type)).Count);
        Assert.Equal(await here.ListIdsAsync(type), await there.ListIdsAsync(type));
    }

    [Fact]
    public async Task A_type_full_of_expired_records_refuses_nothing()
    {
        var type = await TypeAsync(max: 3, ttl: 1);
        for (var i = 0; i < 3; i++) await here.CreateAsync(type);
        Assert.Equal(ProblemKind.Invalid, (await here.TryCreateAsync(type)).Problem?.Kind);

        time.Advance(TimeSpan.FromDays(1));
        var fresh = await here.CreateAsync(type);
        Assert.Equal([fresh.Record.Id], await here.ListIdsAsync(type));
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_answers_what_the_first_one_answered_even_after_a_change()
    {
        var type = await TypeAsync();
        var first = TenantProcess.Value(await here.TryCreateAsync(type, new { Name = "a" }, key: "k")).Record;
        await here.UpdateAsync(first, new RecordChanges { Values = RecordProcess.Inputs(type, new { Name = "b" }) });

        var again = TenantProcess.Value(await there.TryCreateAsync(type, new { Name = "a" }, key: "k"));
        Assert.True(again.Replayed);
        Assert.Equal(first.Record.Values, again.Record.Record.Values);
        Assert.Equal(first.Record.Id, again.Record.Record.Id);
        Assert.Equal(ProblemKind.Conflict, (await there.TryCreateAsync(type, new { Name = "c" }, key: "k")).Problem?.Kind);
        Assert.Equal((1, 1), here.Counts(type));
    }

    [Fact]
    public async Task A_repeat_is_answered_by_the_first_also_where_a_new_record_would_be_refused_by_now()
    {
        var type = await TypeAsync(max: 2);
        var parent = await here.CreateAsync(type);
        var first = TenantProcess.Value(await here.TryCreateAsync(type, new { Name = "a" }, parent.Record.Id, key: "k")).Record;
        Assert.NotNull((await there.TryCreateAsync(type, new { Name = "a" }, parent.Record.Id, key: "another")).Problem);

        var whenFull = TenantProcess.Value(await there.TryCreateAsync(type, new { Name = "a" }, parent.Record.Id, key: "k"));
        Assert.Equal((true, first.Record.Id), (whenFull.Replayed, whenFull.Record.Record.Id));

        TenantProcess.Value(await here.Store.DeleteAsync(RecordProcess.Owner, parent.Record.Id, null, default));
        Assert.NotNull((await there.TryCreateAsync(type, new { Name = "a" }, parent.Record.Id, key: "another")).Problem);
        var withoutParent = TenantProcess.Value(await there.TryCreateAsync(type, new { Name = "a" }, parent.Record.Id, key: "k"));
        Assert.Equal((true, first.Record.Id), (withoutParent.Replayed, withoutParent.Record.Record.Id));

        await here.UpdateTypeAsync(type.Id, new RecordTypeChange { FieldIdsToDelete = [type.Fields.Single(field => field.Name == "Name").Id] });
        var withoutField = TenantProcess.Value(await there.TryCreateAsync(type, new { Name = "a" }, parent.Record.Id, key: "k"));
        Assert.Equal((true, first.Record.Id), (withoutField.Replayed, withoutField.Record.Record.Id));
        Assert.Equal(ProblemKind.Conflict, (await there.TryCreateAsync(type, new { Name = "b" }, parent.Record.Id, key: "k")).Problem?.Kind);
    }

    [Fact]
    public async Task Fifty_creates_with_one_key_make_one_record()
    {
        var type = await TypeAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? here : there).TryCreateAsync(type, new { Name = "a" }, key: "k")));

        Assert.Single(made.Select(each => TenantProcess.Value(each).Record.Record.Id).Distinct());
        Assert.Equal((1, 1), here.Counts(type));
    }

    [Fact]
    public async Task A_refusal_leaves_neither_rows_nor_blobs()
    {
        var type = await TypeAsync(max: 1);
        await here.CreateAsync(type);
        var rows = storage.Rows("records", $"{type.Id}").Count;

        Assert.NotNull((await here.TryCreateAsync(type, new { Log = "text" })).Problem);
        Assert.Equal(rows, storage.Rows("records", $"{type.Id}").Count);
        Assert.Empty(storage.BlobNames);
    }

    [Fact]
    public async Task A_field_that_another_process_has_just_added_is_taken_and_one_that_it_removed_is_refused()
    {
        var type = await TypeAsync();
        await here.CreateAsync(type);
        var changed = await there.UpdateTypeAsync(type.Id, new RecordTypeChange { Fields = [TenantProcess.NewField("New")] });
        Assert.Equal("v", (await here.CreateAsync(changed, new { New = "v" })).Record.Values[^1]);

        var gone = changed.Fields[^1].Id;
        await there.UpdateTypeAsync(type.Id, new RecordTypeChange { FieldIdsToDelete = [gone] });
        Assert.Equal(ProblemKind.NotFound, (await here.TryCreateAsync(changed, new { New = "v" })).Problem?.Kind);
    }

    [Fact]
    public async Task Replaced_and_deleted_artifacts_leave_no_blob_behind_and_an_equal_one_keeps_its_blob()
    {
        var type = await TypeAsync();
        var record = await here.CreateAsync(type, new { Log = "one" });
        var blob = Assert.Single(storage.BlobNames);

        await here.UpdateAsync(record, new RecordChanges { Values = RecordProcess.Inputs(type, new { Log = "one" }) });
        Assert.Equal([blob], storage.BlobNames);

        await here.UpdateAsync(record, new RecordChanges { Values = RecordProcess.Inputs(type, new { Log = new string('x', 5_000) }) });
        Assert.NotEqual(blob, Assert.Single(storage.BlobNames));
        var artifact = TenantProcess.Value(await there.Store.ArtifactAsync(RecordProcess.Owner, record.Record.Id, 1, default));
        Assert.Equal(5_000, artifact.Utf8.Length);

        await here.Store.DeleteAsync(RecordProcess.Owner, record.Record.Id, default, default);
        Assert.Empty(storage.BlobNames);
        Assert.Equal((0, 0), here.Counts(type));
    }

    [Fact]
    public async Task A_change_asked_for_an_older_revision_is_refused()
    {
        var record = await here.CreateAsync(await TypeAsync());
        var seen = new IfMatch([record.Revision]);
        Assert.Null((await here.UpdateAsync(record, new RecordChanges { AddCases = [await here.CreateCaseAsync()] }, seen)).Problem);

        Assert.Equal(ProblemKind.Changed, (await there.UpdateAsync(record, new RecordChanges { AddCases = [await here.CreateCaseAsync()] }, seen)).Problem?.Kind);
        Assert.Equal(ProblemKind.Changed, (await there.Store.DeleteAsync(RecordProcess.Owner, record.Record.Id, seen, default)).Problem?.Kind);
    }

    [Fact]
    public async Task Of_ten_racing_changes_for_one_revision_one_wins()
    {
        var record = await here.CreateAsync(await TypeAsync());
        var seen = new IfMatch([record.Revision]);
        var cases = new List<long>();
        for (var i = 0; i < 10; i++) cases.Add(await here.CreateCaseAsync());
        var all = await Task.WhenAll(Enumerable.Range(1, 10).Select(i => (i % 2 == 0 ? here : there).UpdateAsync(record, new RecordChanges { AddCases = [cases[i - 1]] }, seen)));

        Assert.Single(all, each => each.Problem is null);
        Assert.Single(CaseLinks.Decode((await here.GetAsync(record.Record.Id))!.Record.CaseIds));
    }

    [Fact]
    public async Task Values_of_a_type_that_is_not_editable_stay_but_its_links_may_change()
    {
        var type = await TypeAsync();
        var record = await here.CreateAsync(type);
        await here.UpdateTypeAsync(type.Id, new RecordTypeChange { Editable = false });

        Assert.Equal(ProblemKind.Invalid, (await here.UpdateAsync(record, new RecordChanges { Values = RecordProcess.Inputs(type, new { Name = "b" }) })).Problem?.Kind);
        Assert.Null((await here.UpdateAsync(record, new RecordChanges { AddCases = [await here.CreateCaseAsync()] })).Problem);
    }

    [Fact]
    public async Task A_record_over_900_KiB_is_refused_naming_its_largest_field()
    {
        var fields = Enumerable.Range(0, 20).Select(i => TenantProcess.NewField($"F{i}")).ToArray();
        var type = await here.CreateTypeAsync(TenantProcess.Request(fields: fields));
        var inputs = type.Fields.Select((field, i) => new FieldInput(
            field.Id, System.Text.Json.JsonSerializer.SerializeToElement(new string('x', i == 7 ? 31_999 : 31_000)), $"field_values[{i}]")).ToArray();

        var problem = (await here.Store.CreateAsync(RecordProcess.Owner, new NewRecord(type.Id, inputs), null, default)).Problem;
        Assert.Contains("'F7'", problem?.Faults[0].Details, StringComparison.Ordinal);
    }

    private Task<RecordType> TypeAsync(
        long? max = null, LimitBehaviour onLimit = LimitBehaviour.Reject, RetentionColumn retention = RetentionColumn.CreatedAt, double? ttl = null)
        => here.CreateTypeAsync(
            TenantProcess.Request(fields: [TenantProcess.NewField("Name"), TenantProcess.NewField("Log", FieldType.Artifact)]) with
            {
                MaxRecords = new Setting<long?>(max),
                OnLimit = onLimit,
                Retention = new Setting<RetentionColumn?>(retention),
                TtlDays = new Setting<double?>(ttl),
            });
}
