using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Tenancy;

/// <summary>
/// The tenant as this process knows it: a snapshot in memory, made from all rows of the tenant's partition once and carried on by
/// its commit log. The first look at a fresh store sets it up. A singleton.
/// </summary>
public sealed class TenantDirectory(IStorage storage, PartitionSet partitions, TimeProvider time, TenancyOptions options) : IDisposable
{
    private const long OwnerUserId = 1;
    private const long DefaultTeamId = 1;

    private readonly SemaphoreSlim oneLoad = new(1);
    private volatile Known known = new(TenantSnapshot.Empty, null, 0);

    /// <summary>How often this process has changed the tenant.</summary>
    private long changed;

    /// <param name="Snapshot">The tenant.</param>
    /// <param name="At">When the read began that it is of; null before the first.</param>
    /// <param name="Seen">How many of this process's changes are certainly in it.</param>
    private sealed record Known(TenantSnapshot Snapshot, long? At, long Seen);

    /// <summary>The tenant's partition.</summary>
    internal Partition Partition => partitions[TenantRows.Address];

    /// <summary>
    /// The tenant, no older than <see cref="TenancyOptions.RefreshAfter"/>: free most of the time. What this process has changed itself is in it.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public ValueTask<TenantSnapshot> CurrentAsync(CancellationToken cancellationToken)
    {
        var now = known;
        return now.Seen == Interlocked.Read(ref changed) && now.At is { } at && time.GetElapsedTime(at) < options.RefreshAfter
            ? ValueTask.FromResult(now.Snapshot)
            : FreshAsync(cancellationToken);
    }

    /// <summary>The tenant as of a read that starts after this call.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<TenantSnapshot> FreshAsync(CancellationToken cancellationToken)
    {
        var at = time.GetTimestamp();
        var changes = Interlocked.Read(ref changed);
        var head = await Partition.ReadHeadAsync(cancellationToken) ?? await SetUpAsync(cancellationToken);
        if (known is { At: not null } now && now.Snapshot.Version >= head.Version) return Keep(now.Snapshot, at, changes);

        await oneLoad.WaitAsync(cancellationToken);
        try
        {
            var snapshot = known.Snapshot;
            if (known.At is null || snapshot.Version < head.Version) snapshot = await BringUpAsync(snapshot, head, cancellationToken);
            return Keep(snapshot, at, changes);
        }
        finally
        {
            oneLoad.Release();
        }
    }

    /// <summary>Commits to the tenant's partition, setting it up first where it is fresh; what comes after sees the change.</summary>
    internal async Task<Result<T>> CommitAsync<T>(Operation<T> operation, CancellationToken cancellationToken)
    {
        if (known.At is null) await FreshAsync(cancellationToken);
        try
        {
            return await Partition.CommitAsync(operation, cancellationToken);
        }
        finally
        {
            Interlocked.Increment(ref changed);
        }
    }

    /// <summary>
    /// Makes one thing in the tenant's partition. A repeat with the same idempotency key is answered by the thing as it was made then.
    /// </summary>
    /// <param name="once">The idempotency key, or null.</param>
    /// <param name="make">Adds the thing's row and answers its id and the thing; or refuses.</param>
    /// <param name="rowKey">The thing's row key by that id.</param>
    /// <param name="read">Reads the thing from its row key and image.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    internal async Task<Result<Made<T>>> MakeAsync<T>(
        Once? once,
        Operation<(long Id, T Thing)> make,
        Func<long, string> rowKey,
        Func<string, IReadOnlyDictionary<string, object>, T> read,
        CancellationToken cancellationToken) where T : class
    {
        var committed = await CommitAsync<(OnceMade? Before, T? Thing)>(
            async (scope, token) =>
            {
                if (once is not null)
                {
                    if (!(await once.FindAsync(scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return (before, null);
                }

                if (!(await make(scope, token)).Try(out var made, out var problem)) return problem;
                once?.Remember(scope, made.Id.ToString(CultureInfo.InvariantCulture));
                return (null, made.Thing);
            },
            cancellationToken);
        if (!committed.Try(out var answer, out var refusal)) return refusal;
        if (answer.Before is not { } first) return new Made<T>(answer.Thing!, Replayed: false);

        var key = rowKey(long.Parse(first.Made, CultureInfo.InvariantCulture));
        return await ImageAsync(first.Version, key, cancellationToken) is { } image
            ? new Made<T>(read(key, image), Replayed: true)
            : Refusals.KeyForgotten();
    }

    /// <summary>As the other, for what has nothing to read and nothing to refuse.</summary>
    internal Task<Result<Made<T>>> MakeAsync<T>(
        Once? once,
        Func<OperationScope, (long Id, T Thing)> make,
        Func<long, string> rowKey,
        Func<string, IReadOnlyDictionary<string, object>, T> read,
        CancellationToken cancellationToken) where T : class
        => MakeAsync(once, (scope, _) => ValueTask.FromResult<Result<(long, T)>>(make(scope)), rowKey, read, cancellationToken);

    /// <summary>A row as the commit of this version wrote it; null when the log no longer says.</summary>
    internal async Task<IReadOnlyDictionary<string, object>?> ImageAsync(long version, string rowKey, CancellationToken cancellationToken)
    {
        var table = storage.Table(TenantRows.Address.Table);
        await foreach (var entry in CommitLog.ReadAsync(table, TenantRows.Address.Key, version, version, cancellationToken))
            return entry.Changes.LastOrDefault(change => change.RowKey == rowKey)?.Image;
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => oneLoad.Dispose();

    private TenantSnapshot Keep(TenantSnapshot snapshot, long at, long changes)
    {
        while (true)
        {
            var old = known;
            var newer = old.Snapshot.Version > snapshot.Version ? old.Snapshot : snapshot;
            var next = new Known(newer, Math.Max(old.At ?? at, at), Math.Max(old.Seen, changes));
            if (Interlocked.CompareExchange(ref known, next, old) == old) return newer;
        }
    }

    private async Task<TenantSnapshot> BringUpAsync(TenantSnapshot snapshot, Head head, CancellationToken cancellationToken)
    {
        if (snapshot.Version > 0 && head.LogFloor <= snapshot.Version + 1)
        {
            snapshot = await ApplyLogAsync(snapshot, head.Version, cancellationToken);
            if (snapshot.Version >= head.Version) return snapshot;
        }

        return await LoadAsync(cancellationToken);
    }

    private async Task<TenantSnapshot> ApplyLogAsync(TenantSnapshot snapshot, long to, CancellationToken cancellationToken)
    {
        var changes = new List<RowChange>();
        var reached = snapshot.Version;
        var table = storage.Table(TenantRows.Address.Table);
        await foreach (var entry in CommitLog.ReadAsync(table, TenantRows.Address.Key, reached + 1, to, cancellationToken))
        {
            changes.AddRange(entry.Changes);
            reached = entry.Version;
        }

        return snapshot.With(reached, changes);
    }

    /// <summary>
    /// Reads all rows. Commits made between two pages may be seen in part, so the log since before the first page is laid over what was read:
    /// its images are absolute, and after it the snapshot is the tenant at one version.
    /// </summary>
    private async Task<TenantSnapshot> LoadAsync(CancellationToken cancellationToken)
    {
        var table = storage.Table(TenantRows.Address.Table);
        while (true)
        {
            var before = await Partition.ReadHeadAsync(cancellationToken) ?? throw new InvalidOperationException("The tenant's partition is gone.");
            var rows = new List<RowChange>();
            foreach (var prefix in (string[])[TenantRows.TeamPrefix, TenantRows.UserPrefix, TenantRows.MemberPrefix, TenantRows.KeyPrefix, TenantRows.TypePrefix])
            {
                var range = RowRange.Prefix(TenantRows.Address.Key, prefix);
                while (true)
                {
                    var page = await table.ReadAsync(range, cancellationToken);
                    rows.AddRange(page.Rows.Select(row => new RowChange(row.RowKey, row.Properties)));
                    if (page.Continuation is null) break;
                    range = range with { Continuation = page.Continuation };
                }
            }

            var snapshot = TenantSnapshot.Empty.With(before.Version, rows);
            var after = await Partition.ReadHeadAsync(cancellationToken) ?? throw new InvalidOperationException("The tenant's partition is gone.");
            if (after.Version == before.Version) return snapshot;
            snapshot = await ApplyLogAsync(snapshot, after.Version, cancellationToken);
            if (snapshot.Version >= after.Version) return snapshot;
        }
    }

    /// <summary>Makes the tenant, with its owner and a team. Of those who come upon a fresh storage at once in this process one makes it.</summary>
    private async Task<Head> SetUpAsync(CancellationToken cancellationToken)
    {
        await oneLoad.WaitAsync(cancellationToken);
        try
        {
            if (await Partition.ReadHeadAsync(cancellationToken) is { } head) return head;
            await MakeAsync(cancellationToken);
        }
        finally
        {
            oneLoad.Release();
        }

        return await Partition.ReadHeadAsync(cancellationToken) ?? throw new StorageUnavailableException("The tenant's partition could not be made");
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        now = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        await Partition.CreateAsync(
            new Dictionary<string, long>(StringComparer.Ordinal) { [TenantCounters.User] = OwnerUserId, [TenantCounters.Team] = DefaultTeamId },
            new Dictionary<string, IReadOnlyDictionary<string, object>>(StringComparer.Ordinal)
            {
                [TenantRows.User(OwnerUserId)] = TenantRows.Encode(new User(OwnerUserId, PersonName.Of("Owner"), null, true, now, now, 1)),
                [TenantRows.Team(DefaultTeamId)] = TenantRows.Encode(new Team(DefaultTeamId, "Default team", 0, now, now, 1)),
            },
            dues: null,
            cancellationToken);
    }
}
