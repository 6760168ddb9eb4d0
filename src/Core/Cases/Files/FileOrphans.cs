using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases.Files;

/// <summary>
/// Deletes contents of files that no case came to refer to, because the request that wrote them died before its commit. It looks only at hours past, once at each, and
/// once for the whole tenant: the blobs' names do not tell the team.
/// </summary>
public sealed class FileOrphans(IStorage storage, CaseIds ids, TenantDirectory tenant) : IHousekeeping
{
    /// <summary>The counter, in the head of the tenant's partition, of the first hour that was not looked at yet, as Unix hours.</summary>
    private const string NextHour = "fileorphans";

    /// <summary>Moves of a case that are followed; beyond them its files are left alone.</summary>
    private const int Hops = 64;

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RunAsync(Partition partition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (partition.Address.Table != TableNames.Cases) return null;
        if (await tenant.Partition.ReadHeadAsync(cancellationToken) is not { } head) return null;
        var (from, until) = (head[NextHour], BlobName.Hour(now - BlobName.Settled));
        if (from >= until) return null;

        foreach (var (caseId, blobs) in await WrittenAsync(from, until, cancellationToken))
        {
            if (await ReferredToAsync(caseId, cancellationToken) is not { } referred) continue;
            foreach (var orphan in blobs.Except(referred)) await storage.Blobs.DeleteAsync(orphan, cancellationToken);
        }

        await tenant.CommitAsync<bool>(
            (scope, _) =>
            {
                scope[NextHour] = Math.Max(scope[NextHour], until);
                return ValueTask.FromResult<Result<bool>>(true);
            },
            cancellationToken);
        return null;
    }

    /// <summary>The blobs that were written in these hours, by case.</summary>
    private async Task<Dictionary<long, List<string>>> WrittenAsync(long from, long until, CancellationToken cancellationToken)
    {
        var written = new Dictionary<long, List<string>>();
        await foreach (var name in storage.Blobs.ListAsync("files/", cancellationToken))
        {
            if (BlobName.HourOf(name) is not { } hour || hour < from || hour >= until) continue;
            if (name.Split('/') is not [_, var folder, _] || !long.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out var caseId)) continue;
            if (!written.TryGetValue(caseId, out var blobs)) written.Add(caseId, blobs = []);
            blobs.Add(name);
        }

        return written;
    }

    /// <summary>
    /// The blobs that a case refers to, in every team that it has ever been in, in the order in which it moved: what is on its way is either still where it was or already
    /// where it goes. Null where that cannot be told.
    /// </summary>
    private async Task<HashSet<string>?> ReferredToAsync(long caseId, CancellationToken cancellationToken)
    {
        var referred = new HashSet<string>(StringComparer.Ordinal);
        var team = await ids.TeamOfCaseAsync(caseId, cancellationToken);
        if (team is null) return null;
        for (var hop = 0; hop < Hops; hop++)
        {
            var address = CaseRow.Address(team.Value);
            var table = storage.Table(address.Table);
            var range = RowRange.Prefix(address.Key, CaseRow.PartsOf(caseId, PartKind.Activity));
            while (true)
            {
                var page = await table.ReadAsync(range, cancellationToken);
                referred.UnionWith(page.Rows.Select(row => row.Text(FileRow.Blob)).OfType<string>());
                if (page.Continuation is null) break;
                range = range with { Continuation = page.Continuation };
            }

            team = (await table.GetAsync(address.Key, CaseRow.Key(caseId), cancellationToken))?.Integer(CaseRow.Moved);
            if (team is null) return referred;
        }

        return null;
    }
}
