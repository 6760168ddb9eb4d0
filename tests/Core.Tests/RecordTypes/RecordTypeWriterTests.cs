using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Casefile.Core.Tests.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Time.Testing;
using static Casefile.Core.Tests.Tenancy.TenantProcess;

namespace Casefile.Core.Tests.RecordTypes;

public sealed class RecordTypeWriterTests : IDisposable
{
    private readonly SimulatedStorage storage = new();
    private readonly FakeTimeProvider time = new();
    private readonly TenantProcess here;
    private readonly TenantProcess there;

    public RecordTypeWriterTests() => (here, there) = (new TenantProcess(storage, time), new TenantProcess(storage, time));

    public void Dispose()
    {
        here.Dispose();
        there.Dispose();
    }

    [Fact]
    public async Task Field_ids_are_one_sequence_over_all_types_with_the_default_fields_first()
    {
        var first = await here.CreateTypeAsync(Request("A", 1, NewField("x"), NewField("y")));
        var second = await there.CreateTypeAsync(Request("B", 1, NewField("x")));

        Assert.Equal((1, 2), (first.StoryNameFieldId, first.TimestampFieldId));
        Assert.Equal([3, 4], first.Fields.Select(field => field.Id));
        Assert.Equal((5, 6), (second.StoryNameFieldId, second.TimestampFieldId));
        Assert.Equal([7], second.Fields.Select(field => field.Id));
        Assert.Equal(second.Id, await here.Catalog.TypeOfFieldAsync(7, default));
    }

    [Fact]
    public async Task What_one_process_makes_and_changes_another_finds_and_lists_at_once()
    {
        var type = await here.CreateTypeAsync();
        Assert.Equal("Alerts", (await there.Catalog.FindFreshAsync(type.Id, default))?.Name);

        await here.UpdateTypeAsync(type.Id, new RecordTypeChange { Name = "Findings" });

        Assert.Equal("Findings", (await there.Catalog.FindFreshAsync(type.Id, default))?.Name);
        Assert.Equal(["Findings"], (await there.Catalog.ListAsync(Owner, null, default)).Select(each => each.Name));
    }

    [Fact]
    public async Task A_deleted_type_is_gone_for_everybody_and_its_team_can_be_deleted()
    {
        var team = Value(await here.Teams.CreateAsync(Owner, "Red", null, default)).Value;
        var type = await here.CreateTypeAsync(Request(teamId: team.Id));
        Assert.Equal(ProblemKind.Invalid, (await there.Teams.DeleteAsync(Owner, team.Id, null, default))?.Kind);

        Assert.Null(await here.Writer.DeleteAsync(Owner, type.Id, null, default));

        Assert.Null(await there.Catalog.FindFreshAsync(type.Id, default));
        Assert.Empty(await there.Catalog.ListAsync(Owner, null, default));
        Assert.Equal(ProblemKind.NotFound, (await there.Writer.DeleteAsync(Owner, type.Id, null, default))?.Kind);
        Assert.Null(await there.Teams.DeleteAsync(Owner, team.Id, null, default));
    }

    [Fact]
    public async Task A_definition_of_nearly_512_KiB_is_kept_whole()
    {
        var values = Enumerable.Range(0, 100).Select(i => i.ToString("D4", CultureInfo.InvariantCulture) + new string('ä', 125)).ToArray();
        var type = await here.CreateTypeAsync(Request("Wide", 1, [.. Enumerable.Range(0, 20).Select(i => NewField($"f{i}", FieldType.TextEnum, values))]));

        var found = await there.Catalog.FindFreshAsync(type.Id, default);

        Assert.Equal(values, found?.Fields[19].FixedValues);
    }

    [Fact]
    public async Task A_definition_above_512_KiB_is_refused()
    {
        var values = Enumerable.Range(0, 500).Select(i => i.ToString("D4", CultureInfo.InvariantCulture) + new string('x', 250)).ToArray();

        var refused = await here.Writer.CreateAsync(
            Owner, Request("Wide", 1, [.. Enumerable.Range(0, 5).Select(i => NewField($"f{i}", FieldType.TextEnum, values))]), null, null, default);

        Assert.Equal(ProblemKind.Invalid, refused.Problem?.Kind);
        Assert.Empty(await here.Catalog.ListAsync(Owner, null, default));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var refused = await here.Writer.CreateAsync(
            Owner,
            new RecordTypeChange
            {
                Name = "",
                TeamId = 1,
                TtlDays = new Setting<double?>(4000),
                MaxRecords = new Setting<long?>(1_000_001),
                Fields =
                [
                    new FieldChange("fields[0].", null, "id", FieldType.Text, null),
                    new FieldChange("fields[1].", null, "a", FieldType.TextEnum, null),
                    new FieldChange("fields[2].", null, "a", FieldType.TextEnum, ["x", "x", ""]),
                    new FieldChange("fields[3].", null, "b", FieldType.Number, ["1"]),
                ],
            },
            null,
            null,
            default);

        Assert.Equal(ProblemKind.Invalid, refused.Problem?.Kind);
        Assert.Equal(
            [
                "name: must have 1 to 255 characters",
                "fields[1].fixed_values: a TEXT_ENUM needs at least one",
                "fields[2].fixed_values[1]: 'x' is there twice",
                "fields[2].fixed_values[2]: must have 1 to 255 characters",
                "fields[3].fixed_values: only a TEXT_ENUM has them",
                "fields[0].name: 'id' is reserved",
                "fields[2].name: 'a' is the name of another field",
                "ttl_days: must be above 0 and at most 3650",
                "max_records_limit: must be at most 1000000, the tenant's ceiling",
            ],
            refused.Problem!.Faults.Select(fault => fault.Details));
    }

    [Fact]
    public async Task An_update_changes_adds_and_deletes_fields_and_leaves_the_rest()
    {
        var type = await here.CreateTypeAsync(Request("A", 1, NewField("a"), NewField("b"), NewField("c", FieldType.Number)));
        var (a, b, c) = (type.Fields[0].Id, type.Fields[1].Id, type.Fields[2].Id);

        var updated = await here.UpdateTypeAsync(type.Id, new RecordTypeChange
        {
            Fields =
            [
                new FieldChange("fields[0].", b, "b2", FieldType.TextEnum, ["on", "off"]),
                new FieldChange("fields[1].", null, "d", FieldType.Boolean, null),
            ],
            FieldIdsToDelete = [a],
        });

        Assert.Equal([(b, "b2", FieldType.TextEnum), (c, "c", FieldType.Number), (c + 1, "d", FieldType.Boolean)], updated.Fields.Select(field => (field.Id, field.Name, field.Type)));
        Assert.Equal(["on", "off"], updated.Fields[0].FixedValues);
        Assert.Null(await there.Catalog.TypeOfFieldAsync(a, default));
        Assert.Equal(type.Id, await there.Catalog.TypeOfFieldAsync(c + 1, default));
    }

    [Fact]
    public async Task An_update_against_the_rules_is_refused_and_takes_no_field_ids()
    {
        var type = await here.CreateTypeAsync(Request("A", 1, NewField("a", FieldType.Number)));

        var refused = await here.Writer.UpdateAsync(
            Owner,
            type.Id,
            new RecordTypeChange
            {
                TeamId = 2,
                TtlDays = new Setting<double?>(1),
                Retention = new Setting<RetentionColumn?>(null),
                Fields =
                [
                    new FieldChange("fields[0].", type.Fields[0].Id, null, FieldType.Text, null),
                    new FieldChange("fields[1].", null, "a", FieldType.Text, null),
                    new FieldChange("fields[2].", 99, "z", null, null),
                ],
                FieldIdsToDelete = [type.TimestampFieldId, 98],
            },
            null,
            null,
            default);

        Assert.Equal(ProblemKind.Malformed, refused.Problem?.Kind);
        Assert.Equal(
            [
                "team_id: cannot change",
                "retention_column_name: cannot be null while a TTL is set",
                "field_ids_to_delete[0]: 'Timestamp' is a default field and cannot be deleted",
                "field_ids_to_delete[1]: 98 is not a field of this record type",
                "fields[0].result_type: cannot change from NUMBER to TEXT, only between TEXT and TEXT_ENUM",
                "fields[2].id: 99 is not a field of this record type",
                "fields[1].name: 'a' is the name of another field",
            ],
            refused.Problem!.Faults.Select(fault => fault.Details));
        Assert.Equal(4, (await here.CreateTypeAsync(Request("B"))).StoryNameFieldId);
    }

    [Fact]
    public async Task Null_clears_a_limit_and_an_update_that_changes_nothing_commits_nothing()
    {
        var type = await here.CreateTypeAsync(Request() with { MaxRecords = new Setting<long?>(5), Description = new Setting<string?>("text") });

        var cleared = await here.UpdateTypeAsync(type.Id, new RecordTypeChange { MaxRecords = new Setting<long?>(null), Description = new Setting<string?>(null) });
        var again = await here.UpdateTypeAsync(type.Id, new RecordTypeChange { MaxRecords = new Setting<long?>(null), Name = type.Name });

        Assert.Equal((null, null), (cleared.MaxRecords, cleared.Description));
        Assert.Equal(cleared.SchemaVersion, again.SchemaVersion);
    }

    [Fact]
    public async Task A_change_under_an_older_version_is_refused()
    {
        var type = await here.CreateTypeAsync();
        await there.UpdateTypeAsync(type.Id, new RecordTypeChange { Name = "B" });

        var update = await here.Writer.UpdateAsync(Owner, type.Id, new RecordTypeChange { Name = "C" }, null, new IfMatch([type.SchemaVersion]), default);
        var delete = await here.Writer.DeleteAsync(Owner, type.Id, new IfMatch([type.SchemaVersion]), default);

        Assert.Equal(ProblemKind.Changed, update.Problem?.Kind);
        Assert.Equal(ProblemKind.Changed, delete?.Kind);
    }

    [Fact]
    public async Task A_repeat_of_a_creation_answers_what_the_first_one_answered_even_after_a_change()
    {
        Once Key() => new(1, "record_types", "once-1", "body"u8);

        var first = Value(await here.Writer.CreateAsync(Owner, Request(), null, Key(), default)).Value;
        await here.UpdateTypeAsync(first.Id, new RecordTypeChange { Name = "B" });
        var second = Value(await there.Writer.CreateAsync(Owner, Request(), null, Key(), default));

        Assert.True(second.Replayed);
        Assert.Equal(("Alerts", first.Id), (second.Value.Name, second.Value.Id));
        Assert.Single(await there.Catalog.ListAsync(Owner, null, default));
    }

    [Fact]
    public async Task Racing_processes_never_make_more_types_than_the_tenant_may_have()
    {
        var options = new TenancyOptions { MaxRecordTypes = 10 };
        var processes = Enumerable.Range(0, 3).Select(_ => new TenantProcess(storage, time, options)).ToArray();

        var made = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => processes[i % 3].Writer.CreateAsync(Owner, Request($"t{i}"), null, null, default)));

        Assert.Equal(10, made.Count(each => each.Problem is null));
        Assert.Equal(10, (await processes[0].Catalog.ListAsync(Owner, null, default)).Count);
        Assert.All(made.Where(each => each.Problem is not null), each => Assert.Equal(ProblemKind.Invalid, each.Problem!.Kind));
        foreach (var process in processes) process.Dispose();
    }

    [Fact]
    public async Task A_creation_that_a_crash_interrupts_is_finished_by_maintenance()
    {
        await here.Teams.ListAsync(Owner, default);
        storage.BeforeTransaction = transaction => transaction.Table == TableNames.Records
            ? throw new StorageUnavailableException("cut") : Task.CompletedTask;
        await Assert.ThrowsAnyAsync<StorageUnavailableException>(() => here.CreateTypeAsync());
        Assert.Empty(await there.Catalog.ListAsync(Owner, null, default));

        storage.BeforeTransaction = null;
        time.Advance(TimeSpan.FromMinutes(1));
        await there.Maintenance.RunAsync(default);

        var type = Assert.Single(await there.Catalog.ListAsync(Owner, null, default));
        Assert.Equal("Alerts", (await there.Catalog.FindFreshAsync(type.Id, default))?.Name);
    }

    [Fact]
    public async Task Who_may_not_read_a_team_does_not_find_its_types_and_who_may_only_read_may_not_write_them()
    {
        var type = await here.CreateTypeAsync();
        var stranger = new Caller(7, 7, IsOwner: false, new Dictionary<long, TeamRole> { [2] = TeamRole.Admin });
        var editor = new Caller(8, 8, IsOwner: false, new Dictionary<long, TeamRole> { [1] = TeamRole.Editor });

        Assert.Equal(ProblemKind.NotFound, (await here.Catalog.GetAsync(stranger, type.Id, default)).Problem?.Kind);
        Assert.Empty(await here.Catalog.ListAsync(stranger, null, default));
        Assert.Equal(ProblemKind.NotFound, (await here.Writer.UpdateAsync(stranger, type.Id, new RecordTypeChange(), null, null, default)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await here.Writer.CreateAsync(stranger, Request(), null, null, default)).Problem?.Kind);
        Assert.Null((await here.Catalog.GetAsync(editor, type.Id, default)).Problem);
        Assert.Equal(ProblemKind.Forbidden, (await here.Writer.DeleteAsync(editor, type.Id, null, default))?.Kind);
        Assert.Equal(ProblemKind.Forbidden, (await here.Writer.CreateAsync(editor, Request(), null, null, default)).Problem?.Kind);
    }
}
