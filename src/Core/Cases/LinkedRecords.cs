using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// Reads records as cases show them. Few of a type are read by their rows, beside the type's head; more, or of a type whose replica is warm, from the replica for the
/// head alone.
/// </summary>
internal sealed class LinkedRecords(RecordTypeCatalog catalog, ReplicaSet replicas, IStorage storage, TimeProvider time)
{
    /// <summary>Records of one type that are cheaper read one by one than by building a replica.</summary>
    private const int Few = 8;

    /// <summary>The records of these that are there and that the caller may read, by their ids.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<IReadOnlyDictionary<long, LinkedRecord>> ReadAsync(
        Caller caller, IEnumerable<(long TypeId, long Id)> wanted, CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, LinkedRecord>();
        foreach (var type in wanted.Distinct().GroupBy(each => each.TypeId, each => each.Id))
        {
            long[] ids = [.. type];
            if (!await MayReadAsync(caller, type.Key, cancellationToken)) continue;
            var records = ids.Length > Few || replicas.IsWarm(RecordTypeRow.Address(type.Key))
                ? await FromReplicaAsync(type.Key, ids, cancellationToken)
                : await FromRowsAsync(type.Key, ids, cancellationToken);
            foreach (var record in records) found[record.Record.Id] = Show(record);
        }

        return found;
    }

    /// <summary>Whether the caller may read the records of a type; false where it is gone.</summary>
    public async ValueTask<bool> MayReadAsync(Caller caller, long typeId, CancellationToken cancellationToken)
        => await catalog.FindAsync(typeId, cancellationToken) is { } type && caller.CanRead(type.TeamId);

    /// <summary>A record as a case shows it.</summary>
    public static LinkedRecord Show(RecordSnapshot record)
    {
        var type = record.Type;
        var values = new List<(long, string, object?)>(type.Fields.Count + 2);
        for (var i = 0; i < type.Fields.Count; i++)
        {
            var (field, value) = (type.Fields[i], record.Record.Values[i]);
            values.Add((field.Id, field.Name, field.Type == FieldType.Timestamp && value is string text ? $"{text.Replace(' ', 'T')}Z" : value));
        }

        values.Add((type.TimestampFieldId, type.Field(type.TimestampFieldId)!.Name, Timestamps.Api(record.Record.Created)));
        values.Add((type.StoryNameFieldId, type.Field(type.StoryNameFieldId)!.Name, record.Record.StoryName));
        return new LinkedRecord(type.Id, type.Name, record.Record.Id, DateTimeOffset.FromUnixTimeMilliseconds(record.Record.Created), values);
    }

    private async Task<IEnumerable<RecordSnapshot>> FromRowsAsync(long typeId, long[] ids, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(typeId);
        var table = storage.Table(address.Table);
        var reading = Task.WhenAll(ids.Select(id => table.GetAsync(address.Key, RecordRow.Key(id), cancellationToken)));
        var type = await catalog.FindFreshAsync(typeId, cancellationToken);
        var rows = await reading;
        if (type is null) return [];
        var now = time.GetUtcNow();
        return rows.Where(row => row is not null && !RecordRows.IsExpired(type, row.Properties, now)).Select(row => RecordSnapshot.Read(type, row!.RowKey, row.Properties));
    }

    private async Task<IEnumerable<RecordSnapshot>> FromReplicaAsync(long typeId, long[] ids, CancellationToken cancellationToken)
    {
        var opened = await replicas.OpenAsync(RecordTypeRow.Address(typeId), cancellationToken);
        if (!opened.Try(out var lease, out var problem)) return problem.Kind == ProblemKind.NotFound ? [] : throw new StorageUnavailableException(problem.Faults[0].Message);
        using (lease)
        {
            var queries = new RecordQueries(lease);
            var expiredBefore = queries.Type.Ttl is { } ttl ? time.GetUtcNow() - ttl : (DateTimeOffset?)null;
            var page = queries.List(
                new RecordSelection(TestMode: null, Ids: ids), new RecordOrder(Descending: false), 0, ids.Length, expiredBefore, cancellationToken: cancellationToken);
            return page.Try(out var records, out problem)
                ? records.Rows.Select(record => new RecordSnapshot(queries.Type, record, 0, null, HasChildren: false))
                : throw new StorageUnavailableException(problem.Faults[0].Message);
        }
    }
}
