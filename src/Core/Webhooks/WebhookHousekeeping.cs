using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Webhooks;

/// <summary>
/// What the maintenance timer does for webhooks: puts into their queue what a process told nobody before it died, makes the deliveries that are due, and forgets old ones.
/// Since it reads a team's log before that is pruned, and fails where it cannot, nothing is pruned that was not told.
/// </summary>
public sealed class WebhookHousekeeping(
    WebhookPlanner planner, WebhookCourier courier, WebhookDeliveries deliveries, DeliveryCleanup cleanup, WebhookStore webhooks, TenantDirectory tenant, WebhookOptions options) : IHousekeeping
{
    /// <summary>How long one look makes deliveries; the next look goes on.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(45);

    private const int DeliveriesPerCommit = 40;

    /// <inheritdoc/>
    public bool SeesEveryCommit(PartitionAddress address, Head head) => address.Table switch
    {
        TableNames.Cases => head[WebhookCounters.Enabled] > 0,
        TableNames.Webhooks => head[WebhookCounters.Pending] > 0,
        _ => false,
    };

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> RunAsync(Partition partition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (partition.Address.Table is not (TableNames.Cases or TableNames.Webhooks)) return null;
        var teamId = long.Parse(partition.Address.Key, CultureInfo.InvariantCulture);
        if (partition.Address.Table == TableNames.Webhooks && !(await tenant.FreshAsync(cancellationToken)).Teams.ContainsKey(teamId))
        {
            await partition.CommitAsync<bool>(
                (scope, _) =>
                {
                    scope.DeletePartition();
                    scope.DueBy(DueKind.Maintenance, scope.Now);
                    return ValueTask.FromResult<Result<bool>>(true);
                },
                cancellationToken);
            return null;
        }

        await planner.PlanAsync(teamId, settle: true, cancellationToken);
        var pending = await courier.PendingAsync(teamId, cancellationToken);
        var looks = await Task.WhenAll(pending.Keys.Select(webhook => courier.DeliverAsync(teamId, webhook, now + Budget, cancellationToken)));
        if (partition.Address.Table == TableNames.Cases) return null;
        return Earliest([.. looks, await ForgetAsync(partition, teamId, now, cancellationToken)]);
    }

    /// <summary>Forgets what has ended long ago, and all of webhooks that are gone.</summary>
    /// <returns>When the next one is to be forgotten, or null.</returns>
    private async Task<DateTimeOffset?> ForgetAsync(Partition partition, long teamId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = new Dictionary<long, List<Delivery>>();
        await foreach (var row in deliveries.ReadAsync(teamId, DeliveryQueue.LogPrefix, cancellationToken))
        {
            var delivery = Delivery.Read(row.RowKey, row.Properties);
            if (!ended.TryGetValue(delivery.WebhookId, out var list)) ended[delivery.WebhookId] = list = [];
            if (delivery.State != DeliveryState.Pending) list.Add(delivery);
        }

        var known = (await webhooks.ReadAsync(teamId, cancellationToken)).Select(webhook => webhook.Id).ToHashSet();
        DateTimeOffset? next = null;
        foreach (var (webhookId, list) in ended)
        {
            if (!known.Contains(webhookId))
            {
                await cleanup.ClearAsync(partition.Address, webhookId, cancellationToken);
                continue;
            }

            var old = list.Where((delivery, index) => index < list.Count - options.LogLength || delivery.Created + options.LogKept <= now).ToArray();
            if (list.Count > old.Length) next = Earliest([next, list.Except(old).Min(delivery => delivery.Created) + options.LogKept]);
            foreach (var chunk in old.Chunk(DeliveriesPerCommit)) await DeleteAsync(partition, chunk, cancellationToken);
        }

        return next;
    }

    private static async Task DeleteAsync(Partition partition, Delivery[] old, CancellationToken cancellationToken)
    {
        var deleted = await partition.CommitAsync<bool>(
            async (scope, token) =>
            {
                foreach (var delivery in old)
                {
                    var key = DeliveryQueue.LogKey(delivery.WebhookId, delivery.Id);
                    // One that is delivered again meanwhile stays.
                    if (await scope.GetAsync(key, token) is not { } row || Delivery.Read(key, row.Properties).State == DeliveryState.Pending) continue;
                    scope.Delete(key);
                    var body = DeliveryQueue.BodyKey(delivery.WebhookId, delivery.Id);
                    if (await scope.GetAsync(body, token) is not null) scope.Delete(body);
                }

                return true;
            },
            cancellationToken);
        if (deleted.Problem is { } problem) throw new StorageUnavailableException(problem.Faults[0].Message);
    }

    private static DateTimeOffset? Earliest(IEnumerable<DateTimeOffset?> times) => times.Min();
}
