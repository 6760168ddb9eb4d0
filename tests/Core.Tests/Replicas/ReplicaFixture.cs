using System.Collections.Immutable;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Replicas;

/// <summary>A record type's partition in a simulated storage, written row by row, and the replicas of it.</summary>
internal sealed class ReplicaFixture : IAsyncDisposable
{
    public static readonly RecordField Name = new(11, "name", FieldType.Text, []);
    public static readonly RecordField Weight = new(12, "weight", FieldType.Number, []);
    public static readonly RecordField Seen = new(13, "seen", FieldType.Timestamp, []);
    public static readonly RecordField Open = new(14, "open", FieldType.Boolean, []);
    public static readonly RecordField Kind = new(15, "kind", FieldType.TextEnum, ["a", "b", "c"]);
    public static readonly RecordField Log = new(16, "log", FieldType.Artifact, []);

    public static readonly PartitionAddress Address = RecordTypeRow.Address(7);

    private readonly string folder = Path.Combine(Path.GetTempPath(), "casefile-replica-tests", Guid.NewGuid().ToString("N"));

    public ReplicaFixture(Func<ReplicaOptions, ReplicaOptions>? configure = null, RetentionColumn retention = RetentionColumn.CreatedAt)
    {
        Type = new RecordType(7, 1, "Alerts", null, true, null, retention, LimitBehaviour.Reject, null, [Name, Weight, Seen, Open, Kind, Log], 9, 10, 1);
        Options = new ReplicaOptions { Folder = folder };
        if (configure is not null) Options = configure(Options);
        Partitions = new PartitionSet(
            Storage, new DueTable(Storage), new OwedWorkHandlers(Storage, NullLogger<OwedWorkHandlers>.Instance),
            new PartitionOptions { ReadSpacing = TimeSpan.Zero, ClockTolerance = null }, TimeProvider.System, NullLogger<Partition>.Instance);
        Replicas = new ReplicaSet(Partitions, Storage, Options, TimeProvider.System, NullLogger<ReplicaSet>.Instance);
    }

    public SimulatedStorage Storage { get; } = new();

    public ReplicaOptions Options { get; }

    public PartitionSet Partitions { get; }

    public ReplicaSet Replicas { get; }

    public RecordType Type { get; private set; }

    public Partition Partition => Partitions[Address];

    public Task CreateAsync()
        => Partition.CreateAsync(
            new Dictionary<string, long>(),
            new Dictionary<string, IReadOnlyDictionary<string, object>> { [RecordTypeRow.Key] = RecordTypeRow.Encode(Type) },
            null,
            CancellationToken.None);

    public Task ChangeTypeAsync(Func<RecordType, RecordType> change)
    {
        Type = change(Type);
        return WriteAsync(Partition, scope => scope.Put(RecordTypeRow.Key, RecordTypeRow.Encode(Type)));
    }

    public static async Task WriteAsync(Partition partition, Action<OperationScope> write)
    {
        var result = await partition.CommitAsync<bool>(
            (scope, _) =>
            {
                write(scope);
                return ValueTask.FromResult<Result<bool>>(true);
            },
            CancellationToken.None);
        Assert.Null(result.Problem);
    }

    public Task PutAsync(params (long Id, IReadOnlyDictionary<string, object> Image)[] records)
        => WriteAsync(Partition, scope =>
        {
            foreach (var (id, image) in records)
            {
                scope.Put(RecordRow.Key(id), image);
            }

            scope[RecordCounters.Live] += records.Length;
        });

    public async Task<ReplicaLease> OpenAsync()
    {
        var opened = await Replicas.OpenAsync(Address, CancellationToken.None);
        Assert.Null(opened.Problem);
        return opened.Value!;
    }

    public static Dictionary<string, object> Record(long created, params (RecordField Field, object? Value)[] values)
    {
        var image = new Dictionary<string, object>
        {
            [RecordRow.Created] = created,
            [RecordRow.Updated] = created,
            [RecordRow.Version] = 1L,
        };
        foreach (var (field, value) in values)
        {
            if (value is not null) image[RecordRow.Field(field.Id)] = value;
        }

        return image;
    }

    public static Head HeadAt(long version, long live = 0, long test = 0)
        => new(version, 0, 1, false, ImmutableDictionary<string, long>.Empty.Add(RecordCounters.Live, live).Add(RecordCounters.Test, test), "");

    public async ValueTask DisposeAsync()
    {
        await Replicas.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
