using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Webhooks;

/// <summary>What a commit means for webhooks.</summary>
public static class WebhookSignals
{
    /// <summary>Whether a commit may have something to tell: one of cases, in a team that has webhooks.</summary>
    public static bool MayTell(PartitionAddress address, Head head) => address.Table == TableNames.Cases && head[WebhookCounters.Enabled] > 0;

    /// <summary>The webhooks that a commit put something into the queue for, to be delivered now.</summary>
    public static IEnumerable<long> Queued(PartitionAddress address, LogEntry entry) => address.Table == TableNames.Webhooks
        ? entry.Changes
            .Where(change => change.Image is { } image && change.RowKey.StartsWith(DeliveryQueue.Prefix, StringComparison.Ordinal) && (long)image["next"] <= entry.At)
            .Select(change => RowKeys.FirstNumber(change.RowKey, DeliveryQueue.Prefix))
            .Distinct()
        : [];
}
