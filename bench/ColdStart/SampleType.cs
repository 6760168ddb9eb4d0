using System.Globalization;
using Casefile.Bench;
using Casefile.Core;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.ColdStart;

/// <summary>A record type in a folder, written through the commit protocol, some 250 bytes a record.</summary>
internal static class SampleType
{
    public static readonly PartitionAddress Address = RecordTypeRow.Address(7);

    private const int RecordsPerCommit = 90;

    private static readonly RecordField Name = new(11, "name", FieldType.Text, []);
    private static readonly RecordField Weight = new(12, "weight", FieldType.Number, []);
    private static readonly RecordField Seen = new(13, "seen", FieldType.Timestamp, []);
    private static readonly RecordField Open = new(14, "open", FieldType.Boolean, []);
    private static readonly RecordField Kind = new(15, "kind", FieldType.TextEnum, SampleRecord.Kinds);
    private static readonly RecordField Note = new(16, "note", FieldType.Text, []);
    private static readonly RecordField Source = new(17, "source", FieldType.TextEnum, SampleRecord.Sources);
    private static readonly RecordField Host = new(18, "host", FieldType.Text, []);
    private static readonly RecordField Owner = new(19, "owner", FieldType.Text, []);

    private static readonly RecordType Definition = new(
        7, 1, "Alerts", null, true, null, RetentionColumn.CreatedAt, LimitBehaviour.Reject, null, [Name, Weight, Seen, Open, Kind, Note, Source, Host, Owner], 9, 10, 1);

    public static EmbeddedStorage OpenStorage(string folder)
        => EmbeddedStorage.Open(new StorageOptions { Embedded = Path.Combine(folder, "storage") }, TimeProvider.System, NullLoggerFactory.Instance);

    public static PartitionSet Partitions(IStorage storage)
        => new(
            storage, new DueTable(storage), new OwedWorkHandlers(storage, NullLogger<OwedWorkHandlers>.Instance), new PartitionOptions(), TimeProvider.System,
            NullLogger<Partition>.Instance);

    public static ReplicaSet Replicas(string folder, IStorage storage, PartitionSet partitions, Func<ReplicaOptions, ReplicaOptions> configure)
        => new(
            partitions, storage, configure(new ReplicaOptions { Folder = Path.Combine(folder, "replicas"), Patience = TimeSpan.FromMinutes(10) }), TimeProvider.System,
            NullLogger<ReplicaSet>.Instance);

    public static async Task FillAsync(string folder, int count)
    {
        using var storage = OpenStorage(folder);
        var partition = Partitions(storage)[Address];
        await partition.CreateAsync(
            new Dictionary<string, long> { [RecordCounters.Schema] = 1 },
            new Dictionary<string, IReadOnlyDictionary<string, object>> { [RecordTypeRow.Key] = RecordTypeRow.Encode(Definition) },
            null,
            CancellationToken.None);
        await Parallel.ForEachAsync(
            Enumerable.Range(1, count).Chunk(RecordsPerCommit),
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (ids, token) =>
            {
                var done = await partition.CommitAsync<bool>(
                    (scope, _) =>
                    {
                        foreach (var id in ids) scope.Insert(RecordRow.Key(id), Record(id, scope));
                        scope[RecordCounters.Live] += ids.Length;
                        return ValueTask.FromResult<Result<bool>>(true);
                    },
                    token);
                if (done.Problem is { } problem) throw new InvalidOperationException(problem.Faults[0].Message);
            });
    }

    /// <summary>Lists often enough for two indexes, and has a snapshot written of that.</summary>
    public static async Task<string> SnapshotAsync(string folder)
    {
        using var storage = OpenStorage(folder);
        var partitions = Partitions(storage);
        await using var replicas = Replicas(
            folder, storage, partitions, options => options with { SnapshotMinimumRows = 1, SnapshotAfterVersions = 10, SnapshotSpacing = TimeSpan.Zero });
        await ListAsync(replicas, new RecordOrder());
        var bare = await NamedAsync(partitions[Address], but: null);

        // Asked for three times each, both orders get their index; what is written then brings the next list up behind the making of them.
        foreach (var field in (RecordField[])[Name, Weight, Name, Weight, Name, Weight]) await ListAsync(replicas, new RecordOrder(field));
        for (var i = 0; i < 10; i++)
        {
            await partitions[Address].CommitAsync<bool>(
                static (scope, _) =>
                {
                    scope["bench"]++;
                    return ValueTask.FromResult<Result<bool>>(true);
                },
                CancellationToken.None);
        }

        await ListAsync(replicas, new RecordOrder());
        var named = await NamedAsync(partitions[Address], bare);
        await using var blob = (await storage.Blobs.OpenReadAsync(named.Blob, CancellationToken.None))!;
        return string.Create(CultureInfo.InvariantCulture, $"snapshot: {named.Bytes >> 20} MiB, {blob.Length >> 20} MiB compressed");
    }

    public static async Task ListAsync(ReplicaSet replicas, RecordOrder order)
    {
        var opened = await replicas.OpenAsync(Address, CancellationToken.None);
        if (opened.Problem is { } problem) throw new InvalidOperationException(problem.Faults[0].Message);
        using var lease = opened.Value!;
        var page = new RecordQueries(lease).List(new RecordSelection(), order, 0, 20, null);
        if (page.Value is not { Rows.Count: 20 }) throw new InvalidOperationException("The list is not a page.");
    }

    private static async Task<SnapshotReference> NamedAsync(Partition partition, SnapshotReference? but)
    {
        while (true)
        {
            var head = await partition.ReadHeadAsync(CancellationToken.None);
            if (SnapshotReference.Parse(head!.Snapshot) is { } named && named != but) return named;
            await Task.Delay(50);
        }
    }

    private static Dictionary<string, object> Record(int id, OperationScope scope)
    {
        var now = scope.Now.ToUnixTimeMilliseconds();
        var record = new Dictionary<string, object> { [RecordRow.Created] = now, [RecordRow.Updated] = now, [RecordRow.Version] = scope.Version };
        foreach (var (field, value) in Definition.Fields.Zip(SampleRecord.Of(id).Values)) record[RecordRow.Field(field.Id)] = value.Value;
        return record;
    }
}
