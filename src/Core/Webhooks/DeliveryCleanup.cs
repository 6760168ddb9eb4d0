using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Webhooks;

/// <summary>Clears the deliveries of a webhook that is deleted.</summary>
public sealed class DeliveryCleanup(PartitionSet partitions) : IOwedWorkHandler
{
    private const string Kind = "webhook-cleanup";
    private const int RowsPerCommit = 80;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Kind];

    /// <summary>The work, owed by the team's cases.</summary>
    internal static OwedWork Of(long webhookId) => new(Kind, webhookId.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
        => ClearAsync(owner with { Table = TableNames.Webhooks }, long.Parse(work.Payload, CultureInfo.InvariantCulture), cancellationToken);

    /// <summary>Deletes everything of a webhook.</summary>
    internal async Task ClearAsync(PartitionAddress deliveries, long webhookId, CancellationToken cancellationToken)
    {
        string[] prefixes = [DeliveryQueue.Of(webhookId), DeliveryQueue.LogOf(webhookId), DeliveryQueue.BodyOf(webhookId), DeliveryQueue.LeaseKey(webhookId)];
        foreach (var prefix in prefixes)
        {
            for (var more = true; more;)
            {
                var cleared = await partitions[deliveries].CommitAsync<bool>(
                    async (scope, token) =>
                    {
                        var rows = await scope.ReadAsync(prefix, RowsPerCommit, token);
                        foreach (var row in rows) scope.Delete(row.RowKey);
                        if (prefix == prefixes[0]) scope[WebhookCounters.Pending] -= rows.Count;
                        return rows.Count == RowsPerCommit;
                    },
                    cancellationToken);
                if (cleared.Problem is { Kind: ProblemKind.NotFound }) return;
                if (cleared.Problem is { } problem) throw new StorageUnavailableException(problem.Faults[0].Message);
                more = cleared.Value;
            }
        }
    }
}
