using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Replicas;

/// <summary>A replica filled with rows directly, without a storage behind it.</summary>
internal sealed class TestFile : IAsyncDisposable
{
    private readonly ReplicaFolder folder;
    private readonly Replica replica;
    private readonly ReplicaFile file;

    public TestFile(ReplicaFixture fixture, Dictionary<long, IReadOnlyDictionary<string, object>> rows)
    {
        folder = new ReplicaFolder(fixture.Options.Folder);
        replica = new Replica(
            ReplicaFixture.Address, fixture.Partitions, fixture.Storage.Table(TableNames.Records),
            new ReplicaSnapshots(
                ReplicaFixture.Address, fixture.Partitions, fixture.Storage.Blobs, folder, fixture.Options, TimeProvider.System, NullLogger.Instance),
            folder, fixture.Options, TimeProvider.System, NullLogger.Instance);
        file = new ReplicaFile(folder.NewFile(), new RecordReplicaSchema(fixture.Options), fixture.Options, TimeProvider.System);
        var test = rows.Values.Count(row => row.ContainsKey(RecordRow.Test));
        file.Load([new Row("7", RecordTypeRow.Key, RecordTypeRow.Encode(fixture.Type)), .. rows.Select(row => new Row("7", RecordRow.Key(row.Key), row.Value))]);
        Assert.True(file.ApplyAsync(1, ReplicaFixture.HeadAt(1, rows.Count - test, test), AsyncEnumerable.Empty<LogEntry>()).AsTask().Result);
        replica.Adopt(file);
    }

    public ReplicaLease Open() => new(replica, file, file.TryRead()!);

    public async Task ApplyAsync(long version, LogEntry entry, Head head)
    {
        // One thing at a time writes to a file.
        await IdleAsync();
        Assert.True(await file.ApplyAsync(version - 1, head, new[] { entry }.ToAsyncEnumerable()));
    }

    public Task IdleAsync() => replica.Idle;

    public string PlanOfSort(RecordField field) => PlanOf($"{RecordReplicaSchema.Column(field.Id)} > ''", $"{RecordReplicaSchema.Column(field.Id)} DESC, id DESC");

    /// <summary>How SQLite would find a page of the live records that meet a condition.</summary>
    public string PlanOf(string condition, string order, string columns = "*")
    {
        var reader = file.TryRead()!;
        try
        {
            using var plan = reader.Command($"EXPLAIN QUERY PLAN SELECT {columns} FROM records WHERE test = 0 AND {condition} ORDER BY {order} LIMIT $0 OFFSET $1", 20L, 0L).ExecuteReader();
            var lines = new List<string>();
            while (plan.Read()) lines.Add(plan.GetString(3));
            return string.Join('\n', lines);
        }
        finally
        {
            file.Return(reader, broken: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await replica.DisposeAsync();
        folder.Dispose();
    }
}
