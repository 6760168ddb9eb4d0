using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Retention;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Histories;

/// <summary>One process of the service inside a simulation, cold at first. It may die at any of its requests to storage.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    public static readonly Caller Owner = new(1, 0, IsOwner: true, new Dictionary<long, TeamRole>());

    private readonly TenantDirectory tenant;
    private readonly ReplicaSet replicas;

    public ServiceProcess(SimulatedStorage account, VirtualTime time, int seed, ReplicaOptions replicaOptions)
    {
        Storage = new MortalStorage(account);
        var limits = new RecordLimits { RecordsPerType = 20 };
        var options = new PartitionOptions
        {
            // Outside the simulation its clock stands still, and nobody is there to wait for.
            Delay = (span, token) => SynchronizationContext.Current is null ? Task.CompletedTask : Task.Delay(span, time, token),
            Random = new Random(seed),
            ReadSpacing = TimeSpan.Zero,
            // In half of the processes commits are full after an operation or two, so that what runs ahead is encoded ahead, too.
            MostActions = seed % 2 == 0 ? StorageLimits.ActionsPerTransaction : 5,
        };
        var tenancy = new TenancyOptions { OwnerKey = "the-owners-key" };
        var owedWork = new OwedWorkHandlers(Storage, NullLogger<OwedWorkHandlers>.Instance);
        var due = new DueTable(Storage);
        var blobs = new ArtifactBlobs(Storage, time);
        var room = new RecordRoom(limits);
        Partitions = new PartitionSet(Storage, due, owedWork, options, time, NullLogger<Partition>.Instance);
        tenant = new TenantDirectory(Storage, Partitions, time, tenancy);
        var catalog = new RecordTypeCatalog(Storage, Partitions, tenant);
        var catalogWork = new CatalogWork(Storage, Partitions, tenant, catalog);
        Types = new RecordTypeWriter(catalog, catalogWork, tenant, Partitions, room, tenancy, limits);
        CaseIds = new CaseIds(Storage, options);
        Cases = new CaseDesk(Partitions, tenant, CaseIds, Storage);
        var caseRecords = new CaseRecordWork(Partitions, catalog, Cases, new IdBlocks(Storage, options), limits, Storage, time);
        foreach (var handler in (IOwedWorkHandler[])
            [caseRecords, new CaseCleanup(Partitions, Cases, caseRecords, Storage), new LinkedCaseWork(Cases, time), new CaseMove(Partitions, CaseIds, Storage), catalogWork, new AgeOrderWork(Partitions, catalog), new FieldCleanupWork(Storage, Partitions, catalog), new BlobWork(blobs), new RecordLinkWork(Partitions, catalog, Storage)])
            owedWork.Add(handler);

        replicas = new ReplicaSet(Partitions, Storage, replicaOptions, time, NullLogger<ReplicaSet>.Instance);
        Records = new RecordStore(
            Storage, Partitions, catalog, new IdBlocks(Storage, options), blobs, replicas, new CaseLinks(limits, Cases), new RecordCursor([1, 2, 3]), limits, time);
        var neighbours = new CaseNeighbours(Cases, replicas, catalog, Storage, time);
        CaseRecords = new CaseRecords(Cases, neighbours, new CaseInside(Cases, replicas), Partitions, catalog, new IdBlocks(Storage, options), limits, Storage, time);
        CaseWriting = new CaseWriting(Cases, CaseRecords);
        var settling = new PartitionSettling(Partitions, due);
        Maintenance = new Maintenance(
            Storage, Partitions, due, settling, owedWork,
            [new TombstoneCleanup(), new CopyCleanup(), new ArtifactOrphans(Storage, catalog), new SnapshotOrphans(Storage)], time, NullLogger<Maintenance>.Instance);
        Retention = new RetentionSweep(Partitions, catalog, due, settling, room, time, NullLogger<RetentionSweep>.Instance);
    }

    public MortalStorage Storage { get; }

    public PartitionSet Partitions { get; }

    public RecordTypeWriter Types { get; }

    public RecordStore Records { get; }

    public CaseDesk Cases { get; }

    public CaseIds CaseIds { get; }

    public CaseRecords CaseRecords { get; }

    public CaseWriting CaseWriting { get; }

    public Maintenance Maintenance { get; }

    public RetentionSweep Retention { get; }

    /// <summary>What the caller is told; null where the process died first, and so nothing.</summary>
    public async Task<T?> AskAsync<T>(Func<ServiceProcess, Task<T>> request) where T : class
    {
        if (Storage.Death.IsCompleted) return null;
        var answer = request(this);
        await Task.WhenAny(answer, Storage.Death);
        return Storage.Death.IsCompleted ? null : await answer;
    }

    /// <summary>Lists records, and waits for the snapshot that may follow.</summary>
    public async Task<Result<RecordList>> ListAsync(ListRequest request)
    {
        var answer = await Records.ListAsync(Owner, request, default);
        if (replicas.Find(RecordTypeRow.Address(request.RecordTypeId!.Value)) is { } replica) await replica.Snapshotting;
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        tenant.Dispose();
        await replicas.DisposeAsync();
    }
}
