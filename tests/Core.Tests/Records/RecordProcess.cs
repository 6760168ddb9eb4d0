using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Retention;
using Casefile.Core.Tenancy;
using Casefile.Core.Tests.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Records;

/// <summary>What one process of the service does with records; several of them share a storage.</summary>
internal sealed class RecordProcess : IAsyncDisposable
{
    private readonly TenantProcess tenant;
    private readonly ReplicaSet replicas;
    private readonly CaseIds caseIds;
    private readonly string folder = Path.Combine(Path.GetTempPath(), "casefile-record-tests", Guid.NewGuid().ToString("N"));

    public RecordProcess(SimulatedStorage storage, TimeProvider time, RecordLimits? limits = null)
    {
        limits ??= new RecordLimits();
        tenant = new TenantProcess(storage, time, limits: limits);
        caseIds = new CaseIds(storage, new PartitionOptions());
        Cases = new CaseDesk(tenant.Partitions, tenant.Tenant, caseIds, storage);
        replicas = new ReplicaSet(tenant.Partitions, storage, new ReplicaOptions { Folder = folder }, time, NullLogger<ReplicaSet>.Instance);
        Store = new RecordStore(
            storage,
            tenant.Partitions,
            tenant.Catalog,
            new IdBlocks(storage, new PartitionOptions()),
            new ArtifactBlobs(storage, time),
            replicas,
            new CaseLinks(limits, Cases),
            new RecordCursor([1, 2, 3]),
            limits,
            time);
        var due = new DueTable(storage);
        Retention = new RetentionSweep(
            tenant.Partitions, tenant.Catalog, due, new PartitionSettling(tenant.Partitions, due), new RecordRoom(limits), time, NullLogger<RetentionSweep>.Instance);
        Storage = storage;
    }

    public static Caller Owner => TenantProcess.Owner;

    public SimulatedStorage Storage { get; }

    public RecordStore Store { get; }

    public RetentionSweep Retention { get; }

    public CaseDesk Cases { get; }

    public Task<long> CreateCaseAsync() => TestCase.CreateAsync(Cases, caseIds, team: 1);

    public Task<RecordType> CreateTypeAsync(RecordTypeChange? change = null) => tenant.CreateTypeAsync(change);

    public Task<RecordType> UpdateTypeAsync(long id, RecordTypeChange change) => tenant.UpdateTypeAsync(id, change);

    public async Task<RecordSnapshot> CreateAsync(RecordType type, object? values = null, long? parent = null)
        => TenantProcess.Value(await TryCreateAsync(type, values, parent)).Record;

    public Task<Result<CreatedRecord>> TryCreateAsync(RecordType type, object? values = null, long? parent = null, string? key = null)
        => Store.CreateAsync(
            Owner,
            new NewRecord(type.Id, Inputs(type, values)) { ParentId = parent },
            key is null ? null : new Once(1, $"records/{type.Id}", key, JsonSerializer.SerializeToUtf8Bytes(values)),
            default);

    public Task<Result<UpdatedRecord>> UpdateAsync(RecordSnapshot record, RecordChanges changes, IfMatch? ifMatch = null)
        => Store.UpdateAsync(Owner, record.Record.Id, changes, ifMatch, default);

    public async Task<RecordSnapshot?> GetAsync(long id) => (await Store.GetAsync(Owner, id, default)).Value;

    public async Task<IReadOnlyList<long>> ListIdsAsync(RecordType type)
        => [.. TenantProcess.Value(await Store.ListAsync(Owner, new ListRequest { RecordTypeId = type.Id, Take = 500 }, default)).Records.Select(each => each.Record.Id)];

    public async Task<IReadOnlyList<long>> ChildrenAsync(long id)
        => await Store.ChildIdsAsync(Owner, (await GetAsync(id))!, default);

    /// <summary>Values by the names of their fields, as an anonymous object.</summary>
    public static IReadOnlyList<FieldInput> Inputs(RecordType type, object? values)
        => values is null
            ? []
            : [.. JsonSerializer.SerializeToElement(values).EnumerateObject().Select((member, i) =>
                new FieldInput(type.Fields.First(field => field.Name == member.Name).Id, member.Value, $"field_values[{i}]"))];

    public IReadOnlyList<string> RowKeys(RecordType type, string prefix) => tenant.RowKeys(type, prefix);

    /// <summary>The counts that the head of the type keeps, and those of its rows.</summary>
    public (long Head, long Rows) Counts(RecordType type)
    {
        var rows = Storage.Rows("records", type.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var head = Head.FromRow(rows.First(row => row.RowKey == "head"));
        return (head[RecordCounters.Live] + head[RecordCounters.Test], rows.Count(row => row.RowKey.StartsWith(RecordRow.Prefix, StringComparison.Ordinal)));
    }

    public async ValueTask DisposeAsync()
    {
        tenant.Dispose();
        await replicas.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
