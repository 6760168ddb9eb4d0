using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;

namespace Casefile.Core.Records;

/// <summary>
/// Deletes blobs that no record came to refer to, because the request that wrote them died before its commit. It looks only at hours past, when no
/// such commit can still be under way, and only once at each; what they refer to, the commit log of those hours tells.
/// </summary>
public sealed class ArtifactOrphans(IStorage storage, RecordTypeCatalog catalog) : IHousekeeping
{
    /// <summary>From how many days on one listing of all blobs is cheaper than one a day.</summary>
    private const long DaysListedSingly = 7;

    /// <summary>The head's counter of the first hour that was not looked at yet, as Unix hours.</summary>
    internal const string NextHour = "orphans";

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RunAsync(Partition partition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (partition.Address.Table != TableNames.Records) return null;
        var typeId = long.Parse(partition.Address.Key, CultureInfo.InvariantCulture);
        if (await catalog.FindFreshAsync(typeId, cancellationToken) is not { } type) return null;
        if (await partition.ReadHeadAsync(cancellationToken) is not { } head) return null;
        if (head[FieldCleanup.HadArtifacts] == 0 && !type.Fields.Any(field => field.Type is FieldType.Artifact or FieldType.Json)) return null;

        var until = BlobName.Hour(now - BlobName.Settled);
        var from = head[NextHour];
        if (from >= until) return null;

        var candidates = await WrittenAsync(typeId, from, until, cancellationToken);
        if (candidates.Count > 0)
        {
            candidates.ExceptWith(await ReferredToAsync(partition.Address, from, cancellationToken));
            foreach (var orphan in candidates) await storage.Blobs.DeleteAsync(orphan, cancellationToken);
        }

        await partition.CommitAsync<bool>(
            (scope, _) =>
            {
                scope[NextHour] = Math.Max(scope[NextHour], until);
                return ValueTask.FromResult<Result<bool>>(true);
            },
            cancellationToken);
        return null;
    }

    /// <summary>The blobs of the type that were written in these hours.</summary>
    private async Task<HashSet<string>> WrittenAsync(long typeId, long from, long until, CancellationToken cancellationToken)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        var (first, last) = (from / 24, (until - 1) / 24);
        IEnumerable<string> days = last - first < DaysListedSingly
            ? Enumerable.Range(0, (int)(last - first) + 1).Select(day => $"{DateTimeOffset.UnixEpoch.AddDays(first + day):yyyyMMdd}")
            : [""];
        foreach (var day in days)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"artifacts/{typeId}/{day}");
            await foreach (var name in storage.Blobs.ListAsync(prefix, cancellationToken))
            {
                if (BlobName.HourOf(name) is { } hour && hour >= from && hour < until) written.Add(name);
            }
        }

        return written;
    }

    /// <summary>
    /// The blobs that records refer to or referred to since that hour: by the log where it goes back so far, else by the records as they are. A blob that a
    /// commit stopped referring to is deleted by the work which that commit owes.
    /// </summary>
    private async Task<HashSet<string>> ReferredToAsync(PartitionAddress address, long from, CancellationToken cancellationToken)
    {
        var table = storage.Table(address.Table);
        var head = Head.FromRow((await table.GetAsync(address.Key, RowKeys.Head, cancellationToken))!);
        var referred = new HashSet<string>(StringComparer.Ordinal);
        var reachesBack = head.LogFloor == 1;
        var reached = head.LogFloor - 1;
        await foreach (var entry in CommitLog.ReadAsync(table, address.Key, head.LogFloor, head.Version, cancellationToken))
        {
            reached = entry.Version;
            reachesBack |= entry.Version == head.LogFloor && BlobName.Hour(DateTimeOffset.FromUnixTimeMilliseconds(entry.At)) < from;
            foreach (var change in entry.Changes) Add(change.Image);
        }

        if (reachesBack && reached == head.Version) return referred;
        var range = RowRange.Prefix(address.Key, RecordRow.Prefix);
        while (true)
        {
            var page = await table.ReadAsync(range, cancellationToken);
            foreach (var row in page.Rows) Add(row.Properties);
            if (page.Continuation is null) return referred;
            range = range with { Continuation = page.Continuation };
        }

        void Add(IReadOnlyDictionary<string, object>? image)
        {
            if (image?.GetValueOrDefault(RecordRow.Artifacts) is not string text) return;
            foreach (var reference in ArtifactReferences.Decode(text)) referred.Add(reference.Blob);
        }
    }
}
