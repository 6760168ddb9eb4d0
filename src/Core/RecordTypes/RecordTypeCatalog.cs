using System.Collections.Concurrent;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.RecordTypes;

/// <summary>Finds record types. Definitions are kept in memory; how fresh one has to be is the caller's choice. A singleton.</summary>
public sealed class RecordTypeCatalog(IStorage storage, PartitionSet partitions, TenantDirectory tenant)
{
    private readonly ConcurrentDictionary<long, RecordType> known = new();

    /// <summary>
    /// The definition as this process knows it, read where it knows none: free when warm, and possibly older than what another process
    /// has just written. For what a commit checks again, and for choosing a partition. Null when there is no such type.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<RecordType?> FindAsync(long id, CancellationToken cancellationToken)
        => known.TryGetValue(id, out var type) ? type : await FindFreshAsync(id, cancellationToken);

    /// <summary>
    /// The definition as of a read of the head that starts after this call (shared with others, so usually free beside another read
    /// of it). Null when there is no such type or it has been deleted.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<RecordType?> FindFreshAsync(long id, CancellationToken cancellationToken)
    {
        var head = await partitions[RecordTypeRow.Address(id)].ReadHeadAsync(cancellationToken);
        if (head is null || head.Deleting)
        {
            known.TryRemove(id, out _);
            return null;
        }

        return await AtAsync(id, head[RecordCounters.Schema], cancellationToken);
    }

    /// <summary>The definition for a caller, read fresh; not found where they may not read it.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<RecordType>> GetAsync(Caller caller, long id, CancellationToken cancellationToken)
        => await FindFreshAsync(id, cancellationToken) is { } type && caller.CanRead(type.TeamId) ? type : Refusals.NotFound("Record type", id);

    /// <summary>The record types that the caller may read, of one team or all, by id ascending; read fresh from the catalog.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<IReadOnlyList<RecordType>> ListAsync(Caller caller, long? teamId, CancellationToken cancellationToken)
        => [.. (await tenant.FreshAsync(cancellationToken)).RecordTypes.Where(type => caller.CanRead(type.TeamId) && (teamId is null || type.TeamId == teamId))];

    /// <summary>The definition that is valid for this head of the type's partition, or a newer one.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public ValueTask<RecordType?> OfAsync(long id, Head head, CancellationToken cancellationToken)
        => AtAsync(id, head[RecordCounters.Schema], cancellationToken);

    /// <summary>The definition that an operation on the type's partition works under: free when the process knows this version.</summary>
    public async ValueTask<RecordType> OfAsync(OperationScope scope, long id, CancellationToken cancellationToken)
    {
        var version = scope[RecordCounters.Schema];
        if (known.TryGetValue(id, out var type) && type.SchemaVersion == version) return type;

        var row = await scope.GetAsync(RecordTypeRow.Key, cancellationToken)
            ?? throw new InvalidOperationException($"Record type {id} has no definition.");
        var read = RecordTypeRow.Decode(row.Properties);

        // A change of the definition that waits in the same commit, or in the one under way, may yet be lost, so what it says is not remembered.
        return read.SchemaVersion > scope.StoredVersion ? read : Remember(read);
    }

    /// <summary>The id of the record type that has this custom or default field, or null: from the catalog, looked at anew where it is not known.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<long?> TypeOfFieldAsync(long fieldId, CancellationToken cancellationToken)
    {
        var snapshot = await tenant.CurrentAsync(cancellationToken);
        if (snapshot.TypeOfField(fieldId) is { } id) return id;
        snapshot = await tenant.FreshAsync(cancellationToken);
        return snapshot.TypeOfField(fieldId);
    }

    /// <summary>The definition as a commit of the type's partition wrote it; null where the log no longer says.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal async Task<RecordType?> AtCommitAsync(long id, long version, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(id);
        await foreach (var entry in CommitLog.ReadAsync(storage.Table(address.Table), address.Key, version, version, cancellationToken))
            return entry.Changes.LastOrDefault(change => change.RowKey == RecordTypeRow.Key)?.Image is { } image ? RecordTypeRow.Decode(image) : null;
        return null;
    }

    /// <summary>Makes a definition known that a commit of this process has just written.</summary>
    internal RecordType Remember(RecordType type)
        => known.AddOrUpdate(type.Id, type, (_, old) => old.SchemaVersion > type.SchemaVersion ? old : type);

    /// <summary>Whether this process has seen the type's own partition.</summary>
    internal bool Knows(long id) => known.ContainsKey(id);

    /// <summary>Forgets a type that is gone.</summary>
    internal void Forget(long id) => known.TryRemove(id, out _);

    private async ValueTask<RecordType?> AtAsync(long id, long version, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(id, out var type) && type.SchemaVersion >= version) return type;

        var address = RecordTypeRow.Address(id);
        var row = await storage.Table(address.Table).GetAsync(address.Key, RecordTypeRow.Key, cancellationToken);
        return row is null ? null : Remember(RecordTypeRow.Decode(row.Properties));
    }
}
