using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Tenancy;

/// <summary>What one process of the service knows of the tenant and its record types; several of them share a storage.</summary>
internal sealed class TenantProcess : IDisposable
{
    public const string OwnerKey = "the-owners-key";

    public static readonly Caller Owner = new(1, 0, IsOwner: true, new Dictionary<long, TeamRole>());

    private readonly RecordIds ids;

    public TenantProcess(SimulatedStorage storage, TimeProvider time, TenancyOptions? options = null, RecordLimits? limits = null)
    {
        options ??= new TenancyOptions { OwnerKey = OwnerKey };
        limits ??= new RecordLimits();
        Storage = storage;
        var owedWork = new OwedWorkHandlers(storage, NullLogger<OwedWorkHandlers>.Instance);
        var due = new DueTable(storage);
        Partitions = new PartitionSet(storage, due, owedWork, new PartitionOptions(), time, NullLogger<Partition>.Instance);
        Tenant = new TenantDirectory(storage, Partitions, time, options);
        Authenticator = new Authenticator(Tenant, time, options);
        var removal = new TeamRemoval(Tenant, Partitions);
        Teams = new Teams(Tenant, removal);
        Users = new Users(Tenant);
        Keys = new ApiKeys(Tenant, options);
        Catalog = new RecordTypeCatalog(storage, Partitions, Tenant);
        var catalogWork = new CatalogWork(storage, Partitions, Tenant, Catalog);
        Writer = new RecordTypeWriter(Catalog, catalogWork, Tenant, Partitions, new RecordRoom(limits), options, limits);
        Maintenance = new Maintenance(
            storage, Partitions, due, new PartitionSettling(Partitions, due), owedWork, [], time, NullLogger<Maintenance>.Instance);
        ids = new RecordIds(new IdBlocks(storage, new PartitionOptions()));
        var blocks = new IdBlocks(storage, new PartitionOptions());
        var desk = new CaseDesk(Partitions, Tenant, new CaseIds(storage, new PartitionOptions()), storage);
        var records = new CaseRecordWork(Partitions, Catalog, desk, blocks, limits, storage, time);
        foreach (var handler in (IOwedWorkHandler[])
            [records, new CaseCleanup(Partitions, desk, records, storage), catalogWork, new AgeOrderWork(Partitions, Catalog), new FieldCleanupWork(storage, Partitions, Catalog), removal, new TeamCleanup(Tenant, Partitions), new BlobWork(new ArtifactBlobs(storage, time)), new RecordLinkWork(Partitions, Catalog, storage)])
            owedWork.Add(handler);
    }

    public SimulatedStorage Storage { get; }

    public PartitionSet Partitions { get; }

    public TenantDirectory Tenant { get; }

    public Authenticator Authenticator { get; }

    public Teams Teams { get; }

    public Users Users { get; }

    public ApiKeys Keys { get; }

    public RecordTypeCatalog Catalog { get; }

    public RecordTypeWriter Writer { get; }

    public Maintenance Maintenance { get; }

    public void Dispose() => Tenant.Dispose();

    public async Task<RecordType> CreateTypeAsync(RecordTypeChange? request = null)
        => Value(await Writer.CreateAsync(Owner, request ?? Request(), null, null, default)).Value;

    public async Task<RecordType> UpdateTypeAsync(long id, RecordTypeChange change)
        => Value(await Writer.UpdateAsync(Owner, id, change, null, null, default));

    /// <summary>Adds a record as its creation does, with whatever properties a test needs.</summary>
    public async Task<long> AddRecordAsync(RecordType type, params (string Name, object Value)[] properties)
        => Value(await Partitions[RecordTypeRow.Address(type.Id)].CommitAsync<long>(
            async (scope, token) =>
            {
                var current = await Catalog.OfAsync(scope, type.Id, token);
                var id = await ids.TakeAsync(scope, token);
                var image = properties.ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
                image[RecordRow.Created] = image[RecordRow.Updated] = scope.Now.ToUnixTimeMilliseconds();
                RecordRows.Add(scope, current, id, image);
                return id;
            },
            default));

    public IReadOnlyList<string> RowKeys(RecordType type, string prefix)
        => [.. Storage.Rows("records", type.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)).Select(row => row.RowKey).Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];

    public static RecordTypeChange Request(string name = "Alerts", long teamId = 1, params FieldChange[] fields)
        => new() { Name = name, TeamId = teamId, Fields = fields };

    public static FieldChange NewField(string name, FieldType type = FieldType.Text, params string[] values)
        => new("fields[0].", null, name, type, values);

    public static T Value<T>(Result<T> result)
    {
        Assert.True(result.Try(out var value, out var problem), problem is null ? null : string.Join("; ", problem.Faults));
        return value;
    }
}
