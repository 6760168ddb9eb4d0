using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Replicas;

/// <summary>Deletes snapshots that no head names: their writer died before its commit, or it is not known what became of that, or their deletion failed.</summary>
public sealed class SnapshotOrphans(IStorage storage) : IHousekeeping
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RunAsync(Partition partition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (partition.Address.Table != TableNames.Records) return null;
        if (await partition.ReadHeadAsync(cancellationToken) is not { } head) return null;
        if (head[SnapshotReference.ClaimCounter] == 0 && head[SnapshotReference.VersionCounter] == 0) return null;

        // Listed before the claims are looked at: whoever wrote one of these had claimed by then.
        var written = new List<string>();
        await foreach (var blob in storage.Blobs.ListAsync(SnapshotReference.Prefix(partition.Address), cancellationToken)) written.Add(blob);

        var fenced = await FenceAsync(partition, cancellationToken);
        if (!fenced.Try(out var settled, out _)) return now + LookAgain;
        if (settled.ClaimedUntil is { } until) return until + TimeSpan.FromMinutes(1);

        foreach (var blob in written)
        {
            // By its name alone, so that it is kept whatever form the rest of the reference has.
            if (settled.Named?.Contains(blob, StringComparison.Ordinal) != true) await storage.Blobs.DeleteAsync(blob, cancellationToken);
        }

        return null;
    }

    /// <summary>Takes a claim that has run out from whoever holds it, so that it cannot name anything any more.</summary>
    private static Task<Result<Settled>> FenceAsync(Partition partition, CancellationToken cancellationToken)
        => partition.CommitAsync<Settled>(
            static (scope, _) =>
            {
                var claim = scope[SnapshotReference.ClaimCounter];
                if (claim > scope.Now.ToUnixTimeMilliseconds())
                    return ValueTask.FromResult<Result<Settled>>(new Settled(null, DateTimeOffset.FromUnixTimeMilliseconds(claim)));
                if (claim != 0) scope[SnapshotReference.ClaimCounter] = 0;
                return ValueTask.FromResult<Result<Settled>>(new Settled(scope.Snapshot, null));
            },
            cancellationToken);

    /// <summary>What the head says once no writer is under way, or until when one is.</summary>
    private sealed record Settled(string? Named, DateTimeOffset? ClaimedUntil);
}
