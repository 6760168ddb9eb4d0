using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.RecordTypes;

/// <summary>
/// Keeps the catalog in the tenant's partition and the types' own partitions in step: makes a new type's partition, brings the copy of a changed
/// definition up, takes a deleted type out. All of it may be done twice, late or out of order.
/// </summary>
public sealed class CatalogWork(IStorage storage, PartitionSet partitions, TenantDirectory tenant, RecordTypeCatalog catalog) : IOwedWorkHandler
{
    private const string OpenKind = "type-open";
    private const string BringKind = "catalog";
    private const string RemoveKind = "catalog-remove";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [OpenKind, BringKind, RemoveKind];

    /// <summary>Owed by the commit that gives a type its ids: its partition.</summary>
    internal static OwedWork Open(long id) => new(OpenKind, Text(id));

    /// <summary>Owed by a commit that changes a definition: the catalog's copy.</summary>
    internal static OwedWork Bring(long id) => new(BringKind, Text(id));

    /// <summary>Owed by the commit that deletes a type: its place in the catalog.</summary>
    internal static OwedWork Remove(long id) => new(RemoveKind, Text(id));

    /// <inheritdoc/>
    public Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var id = long.Parse(work.Payload, CultureInfo.InvariantCulture);
        return work.Kind switch
        {
            OpenKind => OpenAsync(id, cancellationToken),
            BringKind => BringAsync(id, cancellationToken),
            _ => RemoveAsync(id, cancellationToken),
        };
    }

    /// <summary>Makes the type's partition and opens its entry in the catalog.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer; the work stays owed.</exception>
    internal async Task OpenAsync(long id, CancellationToken cancellationToken)
    {
        var address = TenantRows.Address;
        var row = await storage.Table(address.Table).GetAsync(address.Key, TenantRows.Type(id), cancellationToken);
        if (row is null) return;
        var entry = TenantRows.ReadType(row.Properties);
        if (!entry.IsOpen)
        {
            await partitions[RecordTypeRow.Address(id)].CreateAsync(
                new Dictionary<string, long>(StringComparer.Ordinal) { [RecordCounters.Schema] = entry.Type.SchemaVersion },
                new Dictionary<string, IReadOnlyDictionary<string, object>>(StringComparer.Ordinal) { [RecordTypeRow.Key] = RecordTypeRow.Encode(entry.Type) },
                dues: null,
                cancellationToken);
            if (!await PutOpenAsync(entry.Type, cancellationToken))
            {
                // It was opened by another and deleted since: what was made here a moment too late has to go too.
                await partitions[RecordTypeRow.Address(id)].CommitAsync<bool>(DeleteAsync, cancellationToken);
                return;
            }
        }

        catalog.Remember(entry.Type);
    }

    private async Task BringAsync(long id, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(id);
        var row = await storage.Table(address.Table).GetAsync(address.Key, RecordTypeRow.Key, cancellationToken);
        if (row is not null) await PutOpenAsync(RecordTypeRow.Decode(row.Properties), cancellationToken);
    }

    /// <summary>Puts the definition into the catalog, unless a newer one stands there.</summary>
    /// <returns>False when the type is not in the catalog any more.</returns>
    private async Task<bool> PutOpenAsync(RecordType type, CancellationToken cancellationToken)
    {
        var key = TenantRows.Type(type.Id);
        return Expect(await tenant.CommitAsync<bool>(
            async (scope, token) =>
            {
                if (await scope.GetAsync(key, token) is not { } row) return false;
                var entry = TenantRows.ReadType(row.Properties);
                if (!entry.IsOpen || entry.Type.SchemaVersion < type.SchemaVersion)
                    scope.Put(key, TenantRows.Encode(new CatalogEntry(type, IsOpen: true)));
                return true;
            },
            cancellationToken));
    }

    private async Task RemoveAsync(long id, CancellationToken cancellationToken)
    {
        var key = TenantRows.Type(id);
        Expect(await tenant.CommitAsync<bool>(
            async (scope, token) =>
            {
                if (await scope.GetAsync(key, token) is not { } row) return false;
                scope.Delete(key);
                scope[TenantCounters.Types]--;
                var teamKey = TenantRows.Team(TenantRows.ReadType(row.Properties).Type.TeamId);
                if (await scope.GetAsync(teamKey, token) is not { } teamRow) return true;
                var team = TenantRows.ReadTeam(teamKey, teamRow.Properties);
                scope.Put(teamKey, TenantRows.Encode(team with { RecordTypes = team.RecordTypes - 1 }));
                return true;
            },
            cancellationToken));
    }

    private static ValueTask<Result<bool>> DeleteAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        scope.DeletePartition();
        return ValueTask.FromResult<Result<bool>>(true);
    }

    private static T? Expect<T>(Result<T> result) => result.Try(out var value, out var problem)
        ? value
        : throw new StorageUnavailableException($"The catalog could not be written: {problem.Faults[0].Message}");

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
