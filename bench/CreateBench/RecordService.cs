using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.CreateBench;

/// <summary>The service as far as creating records goes, without HTTP.</summary>
internal sealed class RecordService : IAsyncDisposable
{
    public const string Description = "A library of functions that other programs use, and what it is good for, in the words of whoever keeps it in the distribution.";

    private static readonly Caller Owner = new(1, 0, IsOwner: true, new Dictionary<long, TeamRole>());
    private static readonly JsonElement Version = JsonElement.Parse("\"1.2.3-4+deb12u1\"");
    private static readonly JsonElement Section = JsonElement.Parse("\"libs\"");
    private static readonly JsonElement Essential = JsonElement.Parse("false");
    private static readonly JsonElement Text = JsonElement.Parse($"\"{Description}\"");

    private static readonly RecordField[] Fields =
    [
        new(11, "Package", FieldType.Text, []), new(12, "Version", FieldType.Text, []), new(13, "Section", FieldType.Text, []),
        new(14, "Installed-Size", FieldType.Number, []), new(15, "Essential", FieldType.Boolean, []), new(16, "Description", FieldType.Text, []),
    ];

    private readonly PartitionSet partitions;
    private readonly TenantDirectory tenant;
    private readonly ReplicaSet replicas;
    private readonly RecordStore records;
    private long types;

    public RecordService(IStorage storage, string replicaFolder)
    {
        var (time, options) = (TimeProvider.System, new PartitionOptions());
        var (tenancy, limits) = (new TenancyOptions { OwnerKey = "owner-key-of-the-benchmark" }, new RecordLimits());
        partitions = new PartitionSet(
            storage, new DueTable(storage), new OwedWorkHandlers(storage, NullLogger<OwedWorkHandlers>.Instance), options, time, NullLogger<Partition>.Instance);
        tenant = new TenantDirectory(storage, partitions, time, tenancy);
        replicas = new ReplicaSet(partitions, storage, new ReplicaOptions { Folder = replicaFolder }, time, NullLogger<ReplicaSet>.Instance);
        var desk = new CaseDesk(partitions, tenant, new CaseIds(storage, options), storage);
        records = new RecordStore(
            storage, partitions, new RecordTypeCatalog(storage, partitions, tenant), new IdBlocks(storage, options), new ArtifactBlobs(storage, time), replicas,
            new CaseLinks(limits, desk), new RecordCursor([1, 2, 3]), limits, time);
    }

    /// <summary>Makes a record type.</summary>
    /// <returns>Its id.</returns>
    public async Task<long> NewTypeAsync()
    {
        var id = ++types;
        var type = new RecordType(id, 1, "Packages", null, true, null, RetentionColumn.CreatedAt, LimitBehaviour.Reject, null, Fields, 9, 10, 1);
        await partitions[RecordTypeRow.Address(id)].CreateAsync(
            new Dictionary<string, long> { [RecordCounters.Schema] = 1 },
            new Dictionary<string, IReadOnlyDictionary<string, object>> { [RecordTypeRow.Key] = RecordTypeRow.Encode(type) },
            null,
            CancellationToken.None);
        return id;
    }

    /// <summary>Creates a record; returns when it is durable.</summary>
    public async Task CreateAsync(long type, int n)
    {
        var number = JsonElement.Parse(n.ToString(CultureInfo.InvariantCulture));
        var name = JsonElement.Parse(string.Create(CultureInfo.InvariantCulture, $"\"package-{n}\""));
        FieldInput[] values =
        [
            new(11, name, "Package"), new(12, Version, "Version"), new(13, Section, "Section"), new(14, number, "Installed-Size"), new(15, Essential, "Essential"),
            new(16, Text, "Description"),
        ];
        var created = await records.CreateAsync(Owner, new NewRecord(type, values), once: null, CancellationToken.None);
        if (created.Problem is { } problem) throw new InvalidOperationException($"{problem.Faults[0].Message}: {problem.Faults[0].Details}");
    }

    public async ValueTask DisposeAsync()
    {
        tenant.Dispose();
        await replicas.DisposeAsync();
    }
}
