using System.Globalization;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Webhooks;

/// <summary>The delivery log of webhooks, as their teams' admins see it. A singleton.</summary>
public sealed class WebhookDeliveries(WebhookStore webhooks, CaseDesk desk, PartitionSet partitions, IStorage storage)
{
    private const string What = "Delivery";

    /// <summary>The deliveries of a webhook that are kept, the newest first.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<IReadOnlyList<Delivery>>> ListAsync(Caller caller, long webhookId, CancellationToken cancellationToken)
    {
        if (!(await webhooks.FindAsync(caller, webhookId, cancellationToken)).Try(out var webhook, out var refusal)) return refusal;
        var deliveries = new List<Delivery>();
        await foreach (var row in ReadAsync(webhook.TeamId, DeliveryQueue.LogOf(webhookId), cancellationToken)) deliveries.Add(Delivery.Read(row.RowKey, row.Properties));
        deliveries.Reverse();
        return deliveries;
    }

    /// <summary>Puts a delivery into the queue that only tests the way.</summary>
    public async Task<Result<Made<Delivery>>> TestAsync(Caller caller, long webhookId, Once? once, CancellationToken cancellationToken)
    {
        if (!(await webhooks.FindAsync(caller, webhookId, cancellationToken)).Try(out var webhook, out var refusal)) return refusal;
        if (!webhook.Enabled) return Problem.Invalid("Webhook is switched off", "enabled: switch it on first");
        var body = CaseEvent.TestBody(await desk.TenantAsync(cancellationToken), webhook);
        var partition = partitions[DeliveryQueue.Address(webhook.TeamId)];
        if (await partition.ReadHeadAsync(cancellationToken) is null)
            await partition.CreateIfMissingAsync(new Dictionary<string, long>(StringComparer.Ordinal) { [WebhookCounters.Planned] = webhook.Since });

        var committed = await partition.CommitAsync<(Delivery? Made, long Before)>(
            async (scope, token) =>
            {
                if (once is not null)
                {
                    if (!(await once.FindAsync(scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return (null, long.Parse(before.Made, CultureInfo.InvariantCulture));
                }

                var id = await desk.Ids.TakePartAsync(scope, token);
                var delivery = new Delivery(
                    id, webhookId, Delivery.TestEvent, null, null, DeliveryState.Pending, 0, null, null, scope.Now, null, scope.Now, DeliveryQueue.OwnLane);
                DeliveryQueue.Add(scope, delivery, body);
                once?.Remember(scope, id.ToString(CultureInfo.InvariantCulture));
                return (delivery, 0);
            },
            cancellationToken);
        if (!committed.Try(out var answer, out var problem)) return problem;
        if (answer.Made is { } made) return new Made<Delivery>(made, Replayed: false);
        // As it is now: what a repeat wants to know of a test is how it went.
        var address = DeliveryQueue.Address(webhook.TeamId);
        return await storage.Table(address.Table).GetAsync(address.Key, DeliveryQueue.LogKey(webhookId, answer.Before), cancellationToken) is { } row
            ? new Made<Delivery>(Delivery.Read(row.RowKey, row.Properties), Replayed: true)
            : Refusals.KeyForgotten();
    }

    /// <summary>Makes a delivery once more; one that is pending is tried at once.</summary>
    public async Task<Result<Delivery>> RedeliverAsync(Caller caller, long webhookId, long id, CancellationToken cancellationToken)
    {
        if (!(await webhooks.FindAsync(caller, webhookId, cancellationToken)).Try(out var webhook, out var refusal)) return refusal;
        if (!webhook.Enabled) return Problem.Invalid("Webhook is switched off", "enabled: switch it on first");
        var key = DeliveryQueue.LogKey(webhookId, id);
        var committed = await partitions[DeliveryQueue.Address(webhook.TeamId)].CommitAsync<Delivery>(
            async (scope, token) =>
            {
                if (await scope.GetAsync(key, token) is not { } row) return Refusals.NotFound(What, id);
                var delivery = Delivery.Read(key, row.Properties);
                if (await scope.GetAsync(DeliveryQueue.Key(webhookId, delivery.Lane, id), token) is { } pending)
                {
                    scope.Put(pending.RowKey, (QueuedDelivery.Read(pending) with { Next = scope.Now }).Encode());
                    scope[WebhookCounters.Queued]++;
                    scope.DueBy(DueKind.Maintenance, scope.Now);
                    delivery = delivery with { Next = scope.Now };
                }
                else
                {
                    delivery = delivery with { State = DeliveryState.Pending, Next = scope.Now, Lane = DeliveryQueue.OwnLane };
                    DeliveryQueue.Enqueue(scope, delivery, scope.Now);
                }

                scope.Put(key, delivery.Encode());
                return delivery;
            },
            cancellationToken);
        return committed.Problem is { Kind: ProblemKind.NotFound } ? Refusals.NotFound(What, id) : committed;
    }

    /// <summary>All rows under a prefix.</summary>
    internal async IAsyncEnumerable<Row> ReadAsync(
        long teamId, string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var address = DeliveryQueue.Address(teamId);
        var range = RowRange.Prefix(address.Key, prefix);
        while (true)
        {
            var page = await storage.Table(address.Table).ReadAsync(range, cancellationToken);
            foreach (var row in page.Rows) yield return row;
            if (page.Continuation is null) yield break;
            range = range with { Continuation = page.Continuation };
        }
    }
}
