using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Cases;

/// <summary>Forgets the rows of removed links once nothing late can come for them any more.</summary>
public sealed class CopyCleanup : IHousekeeping
{
    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RunAsync(Partition partition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (partition.Address.Table != TableNames.Cases) return null;

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!(await partition.CommitAsync<DateTimeOffset?>(CaseCopies.ForgetAsync, cancellationToken)).Try(out var next, out _)) return null;
            if (next is null || next > now) return next;
        }
    }
}
