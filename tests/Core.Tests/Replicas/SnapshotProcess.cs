using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Replicas;

/// <summary>A process that keeps a replica of a record type, writes its snapshots and maintains it. Several share a storage.</summary>
internal sealed class SnapshotProcess : IAsyncDisposable
{
    public static readonly PartitionAddress Address = ReplicaFixture.Address;

    private readonly string folder = Path.Combine(Path.GetTempPath(), "casefile-snapshot-tests", Guid.NewGuid().ToString("N"));
    private readonly WarningLog log = new();
    private readonly Maintenance maintenance;
    private readonly DueTable due;
    private RecordType type = new(
        7, 1, "Alerts", null, true, null, RetentionColumn.CreatedAt, LimitBehaviour.Reject, null, [ReplicaFixture.Name, ReplicaFixture.Weight], 9, 10, 1);

    public SnapshotProcess(IStorage storage, TimeProvider time, Func<ReplicaOptions, ReplicaOptions>? configure = null)
    {
        var owedWork = new OwedWorkHandlers(storage, NullLogger<OwedWorkHandlers>.Instance);
        owedWork.Add(new BlobWork(new ArtifactBlobs(storage, time)));
        due = new DueTable(storage);
        Partitions = new PartitionSet(
            storage, due, owedWork, new PartitionOptions { ReadSpacing = TimeSpan.Zero, ClockTolerance = null }, time, NullLogger<Partition>.Instance);
        var options = new ReplicaOptions
        {
            Folder = folder,
            SnapshotMinimumRows = 10,
            SnapshotAfterVersions = 5,
            SnapshotAfterChanges = 1_000,
            SnapshotSpacing = TimeSpan.Zero,
            IndexMinimumRows = 1,
        };
        Replicas = new ReplicaSet(Partitions, storage, configure?.Invoke(options) ?? options, time, log);
        maintenance = new Maintenance(
            storage, Partitions, due, new PartitionSettling(Partitions, due), owedWork, [new SnapshotOrphans(storage)], time, NullLogger<Maintenance>.Instance);
    }

    public PartitionSet Partitions { get; }

    public ReplicaSet Replicas { get; }

    public Partition Partition => Partitions[Address];

    /// <summary>What was warned of.</summary>
    public IReadOnlyList<string> Warnings => log.Messages;

    public Task CreateTypeAsync()
        => Partition.CreateAsync(
            new Dictionary<string, long> { [RecordCounters.Schema] = type.SchemaVersion },
            new Dictionary<string, IReadOnlyDictionary<string, object>> { [RecordTypeRow.Key] = RecordTypeRow.Encode(type) },
            null,
            CancellationToken.None);

    public Task AddFieldAsync(RecordField field)
        => WriteAsync(scope =>
        {
            type = type with { Fields = [.. type.Fields, field], SchemaVersion = scope.Version };
            scope.Put(RecordTypeRow.Key, RecordTypeRow.Encode(type));
            scope[RecordCounters.Schema] = scope.Version;
        });

    /// <summary>New records of these ids, in one commit for each fifty.</summary>
    public async Task AddAsync(int first, int count)
    {
        foreach (var ids in Enumerable.Range(first, count).Chunk(50))
        {
            await WriteAsync(scope =>
            {
                foreach (var id in ids) scope.Put(RecordRow.Key(id), ReplicaFixture.Record(1_000 + id, (ReplicaFixture.Name, $"name {id}")));
                scope[RecordCounters.Live] += ids.Length;
            });
        }
    }

    public Task RenameAsync(long id, string name)
        => WriteAsync(scope => scope.Put(RecordRow.Key(id), ReplicaFixture.Record(1_000 + id, (ReplicaFixture.Name, name))));

    public Task DeleteAsync(long id)
        => WriteAsync(scope =>
        {
            scope.Delete(RecordRow.Key(id));
            scope[RecordCounters.Live]--;
        });

    public Task WriteAsync(Action<OperationScope> write) => ReplicaFixture.WriteAsync(Partition, write);

    public async Task<Head> HeadAsync() => (await Partition.ReadHeadAsync(CancellationToken.None))!;

    /// <summary>The snapshot that the head names.</summary>
    public async Task<SnapshotReference?> NamedAsync() => SnapshotReference.Parse((await HeadAsync()).Snapshot);

    public Task<int> MaintainAsync() => maintenance.RunAsync(CancellationToken.None);

    /// <summary>Names by id, as a list tells them, once the snapshot that the list gave rise to is written.</summary>
    public async Task<IReadOnlyDictionary<long, string?>> ListAsync()
    {
        var listed = await ListWithoutWaitingAsync();
        await Replicas.Find(Address)!.Snapshotting;
        return listed;
    }

    public async Task<IReadOnlyDictionary<long, string?>> ListWithoutWaitingAsync()
    {
        var opened = await Replicas.OpenAsync(Address, CancellationToken.None);
        Assert.Null(opened.Problem);
        using var lease = opened.Value!;
        var page = new RecordQueries(lease).List(new RecordSelection(), new RecordOrder(), 0, 10_000, null).Value!;
        Assert.Equal(page.Total, page.Rows.Count);
        return page.Rows.ToDictionary(row => row.Id, row => row.Values[0] as string);
    }

    public async ValueTask DisposeAsync()
    {
        await Replicas.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private sealed class WarningLog : ILogger<ReplicaSet>
    {
        private readonly List<string> messages = [];

        public IReadOnlyList<string> Messages
        {
            get
            {
                lock (messages) return [.. messages];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            lock (messages) messages.Add($"{formatter(state, exception)}: {exception?.Message}");
        }
    }
}
