using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Records;

/// <summary>Removes the tombstones of links once nothing late can come for them any more.</summary>
public sealed class TombstoneCleanup : IHousekeeping
{
    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RunAsync(Partition partition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (partition.Address.Table != TableNames.Records) return null;

        var typeId = long.Parse(partition.Address.Key, CultureInfo.InvariantCulture);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = await partition.CommitAsync<DateTimeOffset?>(
                (scope, token) => RecordLinks.ForgetTombstonesAsync(scope, typeId, token), cancellationToken);
            if (!result.Try(out var next, out _)) return null;
            if (next is null || next > now) return next;
        }
    }
}
