using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tests.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.RecordTypes;

public sealed class AgeOrderTests : IDisposable
{
    private static readonly RecordTypeChange ByUpdate = new() { Retention = new Setting<RetentionColumn?>(RetentionColumn.UpdatedAt) };
    private static readonly RecordTypeChange ByCreation = new() { Retention = new Setting<RetentionColumn?>(RetentionColumn.CreatedAt) };

    private readonly SimulatedStorage storage = new();
    private readonly TenantProcess here;

    public AgeOrderTests() => here = new TenantProcess(storage, new FakeTimeProvider());

    public void Dispose() => here.Dispose();

    [Fact]
    public async Task Going_by_updates_gives_every_record_its_row_in_the_order_of_ages()
    {
        var type = await here.CreateTypeAsync();
        for (var i = 0; i < 95; i++) await here.AddRecordAsync(type);

        await here.UpdateTypeAsync(type.Id, ByUpdate);

        Assert.Equal(Records(type), AgeRows(type));
    }

    [Fact]
    public async Task Going_by_creation_again_leaves_none_of_them()
    {
        var type = await here.CreateTypeAsync();
        for (var i = 0; i < 95; i++) await here.AddRecordAsync(type);
        await here.UpdateTypeAsync(type.Id, ByUpdate);

        await here.UpdateTypeAsync(type.Id, ByCreation);

        Assert.Empty(AgeRows(type));
    }

    [Fact]
    public async Task Records_written_while_the_order_is_built_have_their_row_once()
    {
        var type = await here.CreateTypeAsync();
        for (var i = 0; i < 200; i++) await here.AddRecordAsync(type);

        var change = here.UpdateTypeAsync(type.Id, ByUpdate);
        var writers = Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 25; i++) await here.AddRecordAsync(type);
        });
        await Task.WhenAll([.. writers, change]);

        Assert.Equal(300, AgeRows(type).Count);
        Assert.Equal(Records(type), AgeRows(type));
    }

    [Fact]
    public async Task A_type_without_records_is_in_order_whatever_it_goes_by()
    {
        var type = await here.CreateTypeAsync();
        var updated = await here.UpdateTypeAsync(type.Id, ByUpdate);

        var id = await here.AddRecordAsync(updated);

        Assert.Equal([id], AgeRows(type));
    }

    [Fact]
    public async Task Nothing_may_be_evicted_by_an_order_that_is_half_built()
    {
        var type = await here.CreateTypeAsync();
        for (var i = 0; i < 3; i++) await here.AddRecordAsync(type);

        var updated = await here.UpdateTypeAsync(type.Id, ByUpdate with { OnLimit = LimitBehaviour.EvictOldest });
        var room = new RecordRoom(new RecordLimits { RecordsPerType = 3 });

        var refused = await here.Partitions[RecordTypeRow.Address(type.Id)].CommitAsync<bool>(
            async (scope, token) =>
            {
                scope[AgeOrder.Phase] = (long)AgePhase.Building;
                return await room.MakeAsync(scope, updated, token) is { } problem ? problem : true;
            },
            default);

        Assert.Equal(ProblemKind.Unavailable, refused.Problem?.Kind);
        Assert.Equal(3, Records(type).Count);
    }

    [Fact]
    public async Task The_artifacts_of_a_deleted_field_leave_storage_and_the_others_stay()
    {
        var type = await here.CreateTypeAsync(TenantProcess.Request("A", 1, TenantProcess.NewField("log", FieldType.Artifact), TenantProcess.NewField("raw", FieldType.Artifact)));
        var (log, raw) = (type.Fields[0].Id, type.Fields[1].Id);
        var blobs = new ArtifactBlobs(storage, TimeProvider.System);
        for (var i = 0; i < 45; i++)
        {
            var one = await blobs.WriteAsync(type.Id, "one"u8.ToArray(), default);
            var two = await blobs.WriteAsync(type.Id, "two"u8.ToArray(), default);
            var references = ArtifactReferences.Encode(
                [new ArtifactReference(1, log, one.Name, 3, one.Sha256, false, 0, 0), new ArtifactReference(2, raw, two.Name, 3, two.Sha256, false, 0, 0)])!;
            await here.AddRecordAsync(type, (RecordRow.Field(log), 1L), (RecordRow.Field(raw), 2L), (RecordRow.Artifacts, references));
        }

        await here.UpdateTypeAsync(type.Id, new RecordTypeChange { FieldIdsToDelete = [log] });

        Assert.Equal(45, storage.BlobNames.Count);
        var rows = storage.Rows("records", RecordTypeRow.Address(type.Id).Key).Where(row => row.RowKey.StartsWith(RecordRow.Prefix, StringComparison.Ordinal)).ToArray();
        Assert.Equal(45, rows.Length);
        Assert.All(rows, row =>
        {
            Assert.Null(row.Integer(RecordRow.Field(log)));
            Assert.Equal(raw, Assert.Single(ArtifactReferences.Decode(row.Text(RecordRow.Artifacts))).FieldId);
        });
    }

    private List<long> Records(RecordType type) => [.. here.RowKeys(type, RecordRow.Prefix).Select(RowKeys.LastNumber)];

    /// <summary>The ids that the age rows name; ids grow as ages do here, since no record is updated.</summary>
    private List<long> AgeRows(RecordType type) => [.. here.RowKeys(type, RecordRows.AgePrefix).Select(RowKeys.LastNumber)];
}
