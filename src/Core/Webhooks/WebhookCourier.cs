using System.Collections.Concurrent;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Webhooks;

/// <summary>
/// Makes the deliveries that are in the queue: of each webhook in one process at a time, by a lease, of each case one after another, of several cases at once. A delivery
/// leaves the queue by a commit that checks the lease, after its receiver has taken it: so each is made at least once, and what another process goes on with is not touched. A singleton.
/// </summary>
public sealed partial class WebhookCourier(
    PartitionSet partitions,
    IStorage storage,
    WebhookStore webhooks,
    WebhookDeliveries deliveries,
    DeliveryCleanup cleanup,
    WebhookSecret secrets,
    SendWebhook send,
    WebhookOptions options,
    PartitionOptions pacing,
    TimeProvider time,
    ILogger<WebhookCourier> logger)
{
    /// <summary>Deliveries of a lane that are made before the queue is looked at anew.</summary>
    private const int DeliveriesPerLane = 50;

    /// <summary>How far the clocks of two processes may be apart without a delivery coming after a later one.</summary>
    private static readonly TimeSpan Clocks = TimeSpan.FromSeconds(10);

    private readonly RetrySchedule retries = new(options, pacing.Random);

    /// <summary>What a lease has to have left for a request to begin, so that it outlives the request on clocks that differ a little.</summary>
    private TimeSpan LeaseNeeded => options.RequestTimeout + Clocks < options.LeaseTime / 2 ? options.RequestTimeout + Clocks : options.LeaseTime / 2;

    /// <summary>The webhooks of a team that have something in the queue, and when it is to be tried.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<IReadOnlyDictionary<long, DateTimeOffset>> PendingAsync(long teamId, CancellationToken cancellationToken)
    {
        var pending = new Dictionary<long, DateTimeOffset>();
        if (await partitions[DeliveryQueue.Address(teamId)].ReadHeadAsync(cancellationToken) is not { Deleting: false } head || head[WebhookCounters.Pending] == 0) return pending;
        var lanes = new HashSet<(long, long)>();
        await foreach (var row in deliveries.ReadAsync(teamId, DeliveryQueue.Prefix, cancellationToken))
        {
            var queued = QueuedDelivery.Read(row);
            if (queued.Lane != DeliveryQueue.OwnLane && !lanes.Add((queued.WebhookId, queued.Lane))) continue;
            if (!pending.TryGetValue(queued.WebhookId, out var next) || queued.Next < next) pending[queued.WebhookId] = queued.Next;
        }

        return pending;
    }

    /// <summary>Makes the deliveries of a webhook that are due, and those that become so meanwhile.</summary>
    /// <param name="teamId">The team.</param>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="until">No request begins after this.</param>
    /// <param name="cancellationToken">Stops; what is under way may then have arrived and is made once more.</param>
    /// <returns>When to look again; null when the queue is empty, or another process looks after it.</returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<DateTimeOffset?> DeliverAsync(long teamId, long webhookId, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var lease = new Lease(partitions[DeliveryQueue.Address(teamId)], webhookId, options.LeaseTime);
        try
        {
            while (true)
            {
                if (await lease.Partition.ReadHeadAsync(cancellationToken) is not { Deleting: false } head) return null;
                var lanes = await ReadLanesAsync(teamId, webhookId, cancellationToken);
                var now = time.GetUtcNow();
                var due = lanes.Where(lane => lane[0].Next <= now).ToArray();
                DateTimeOffset? next = lanes.Count == 0 ? null : lanes.Min(lane => lane[0].Next);
                if (due.Length == 0 || now >= until)
                {
                    if (await lease.ReleaseAsync(head[WebhookCounters.Queued], cancellationToken) || now >= until) return next;
                    continue;
                }

                if (await webhooks.FindAsync(teamId, webhookId, cancellationToken) is not { } webhook)
                {
                    await cleanup.ClearAsync(lease.Partition.Address, webhookId, cancellationToken);
                    return null;
                }

                if (!lease.IsHeld && await lease.TakeAsync(cancellationToken) is { } heldUntil) return heldUntil;
                if (!webhook.Enabled) await GiveUpOldAsync(lease, due, cancellationToken);
                else await DeliverAsync(lease, webhook, due, until, cancellationToken);
                if (lease.IsLost) return time.GetUtcNow() + options.LeaseTime;
                if (!webhook.Enabled)
                {
                    await lease.ReleaseAsync(null, cancellationToken);
                    return lanes.Min(lane => lane[0].Since) + options.GiveUpAfter;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await lease.ReleaseAsync(null, CancellationToken.None);
            throw;
        }
    }

    /// <summary>The queue of a webhook by lanes, each in its order. Deliveries of <see cref="DeliveryQueue.OwnLane"/> are lanes of their own.</summary>
    private async Task<IReadOnlyList<List<QueuedDelivery>>> ReadLanesAsync(long teamId, long webhookId, CancellationToken cancellationToken)
    {
        var lanes = new List<List<QueuedDelivery>>();
        await foreach (var row in deliveries.ReadAsync(teamId, DeliveryQueue.Of(webhookId), cancellationToken))
        {
            var queued = QueuedDelivery.Read(row);
            if (lanes is [.., var last] && last[0].Lane == queued.Lane && queued.Lane != DeliveryQueue.OwnLane)
            {
                if (last.Count < DeliveriesPerLane) last.Add(queued);
            }
            else
            {
                lanes.Add([queued]);
            }
        }

        return lanes;
    }

    private async Task DeliverAsync(Lease lease, Webhook webhook, IEnumerable<List<QueuedDelivery>> due, DateTimeOffset until, CancellationToken cancellationToken)
    {
        // Those that wait longest first, whatever their cases' numbers.
        var lanes = new ConcurrentQueue<List<QueuedDelivery>>(due.OrderBy(lane => lane[0].Next));
        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, options.Lanes)).Select(async _ =>
        {
            while (!lease.IsLost && lanes.TryDequeue(out var lane)) await DeliverAsync(lease, webhook, lane, until, cancellationToken);
        }));
    }

    private async Task DeliverAsync(Lease lease, Webhook webhook, List<QueuedDelivery> lane, DateTimeOffset until, CancellationToken cancellationToken)
    {
        foreach (var queued in lane)
        {
            if (time.GetUtcNow() >= until || !await lease.HasAsync(LeaseNeeded, time.GetUtcNow(), cancellationToken)) return;
            var answer = await TryAsync(lease, webhook, queued, cancellationToken);
            if (!await RecordAsync(lease, queued, answer, cancellationToken)) return;
            if (answer.IsGone)
            {
                await webhooks.DisableAsync(webhook.TeamId, webhook.Id, "its receiver answered 410 Gone", cancellationToken);
                LogGone(webhook.Id, webhook.TeamId);
                return;
            }

            // The next one of this case has to wait, unless this one was given up.
            if (!answer.Succeeded) return;
        }
    }

    private async Task<WebhookAnswer> TryAsync(Lease lease, Webhook webhook, QueuedDelivery queued, CancellationToken cancellationToken)
    {
        if (secrets.Open(webhook.Sealed.ToArray(), webhook.Id) is not { } secret)
            return WebhookAnswer.Failed("the secret cannot be read: the pepper has changed; give the webhook a new secret");
        var (table, key) = (storage.Table(lease.Partition.Address.Table), lease.Partition.Address.Key);
        var row = await table.GetAsync(key, DeliveryQueue.LogKey(webhook.Id, queued.Id), cancellationToken);
        var body = await table.GetAsync(key, DeliveryQueue.BodyKey(webhook.Id, queued.Id), cancellationToken);
        if (row is null || body is null) return WebhookAnswer.Failed("it is no longer known");
        var request = new WebhookRequest(webhook.Url, secret, queued.Id, Delivery.Read(row.RowKey, row.Properties).Event, DeliveryQueue.Body(body));
        var answer = await send(request, cancellationToken);
        Diagnostics.WebhookTried(answer.Succeeded);
        return answer;
    }

    /// <summary>Writes down how a try ended.</summary>
    /// <returns>False when the lease is lost: whoever has it now goes by what is stored.</returns>
    private Task<bool> RecordAsync(Lease lease, QueuedDelivery tried, WebhookAnswer answer, CancellationToken cancellationToken)
        => lease.CommitAsync(
            async (scope, token) =>
            {
                if (await scope.GetAsync(tried.Key, token) is not { } queuedRow) return;
                var queued = QueuedDelivery.Read(queuedRow);
                var next = answer.Succeeded || answer.IsGone ? null : retries.Next(queued.Failures + 1, queued.Since, scope.Now, answer.RetryAfter);
                if (next is { } at)
                {
                    scope.Put(queued.Key, (queued with { Next = at, Failures = queued.Failures + 1 }).Encode());
                    scope.DueBy(DueKind.Maintenance, at);
                }
                else
                {
                    scope.Delete(queued.Key);
                    scope[WebhookCounters.Pending]--;
                }

                var key = DeliveryQueue.LogKey(queued.WebhookId, queued.Id);
                if (await scope.GetAsync(key, token) is not { } row) return;
                var delivery = Delivery.Read(key, row.Properties);
                scope.Put(key, (delivery with
                {
                    State = answer.Succeeded ? DeliveryState.Delivered : next is null ? DeliveryState.Failed : DeliveryState.Pending,
                    Attempts = delivery.Attempts + 1,
                    Status = answer.Status,
                    Error = answer.Error,
                    Attempted = scope.Now,
                    Next = next,
                }).Encode());
            },
            cancellationToken);

    /// <summary>Gives up what a webhook that is switched off has kept waiting for too long.</summary>
    private async Task GiveUpOldAsync(Lease lease, IEnumerable<List<QueuedDelivery>> due, CancellationToken cancellationToken)
    {
        foreach (var queued in due.SelectMany(lane => lane).Where(queued => queued.Since + options.GiveUpAfter <= time.GetUtcNow()))
        {
            var held = await lease.CommitAsync(
                async (scope, token) =>
                {
                    if (await scope.GetAsync(queued.Key, token) is null) return;
                    scope.Delete(queued.Key);
                    scope[WebhookCounters.Pending]--;
                    var key = DeliveryQueue.LogKey(queued.WebhookId, queued.Id);
                    if (await scope.GetAsync(key, token) is not { } row) return;
                    scope.Put(key, (Delivery.Read(key, row.Properties) with { State = DeliveryState.Failed, Error = "the webhook is switched off", Next = null }).Encode());
                },
                cancellationToken);
            if (!held) return;
        }
    }

    [LoggerMessage(2611, LogLevel.Warning, "Webhook {WebhookId} of team {TeamId} is switched off: its receiver answered 410 Gone")]
    private partial void LogGone(long webhookId, long teamId);

    /// <summary>
    /// The right to make a webhook's deliveries: a row with a holder and an end. Whatever its holder writes checks that the row still names it, in the same commit.
    /// </summary>
    private sealed class Lease(Partition partition, long webhookId, TimeSpan lasting)
    {
        private const string HolderProperty = "holder";
        private const string UntilProperty = "until";

        private readonly string key = DeliveryQueue.LeaseKey(webhookId);
        private readonly string holder = Guid.NewGuid().ToString("N");

        /// <summary>When it ends, Unix milliseconds. Several lanes renew it at once.</summary>
        private long until;

        public Partition Partition { get; } = partition;

        public bool IsHeld { get; private set; }

        public bool IsLost { get; private set; }

        /// <summary>Takes it. Null when that worked, else when another's ends.</summary>
        public async Task<DateTimeOffset?> TakeAsync(CancellationToken cancellationToken)
        {
            var taken = await Partition.CommitAsync<(long Until, bool Mine)>(
                async (scope, token) =>
                {
                    if (await scope.GetAsync(key, token) is { } row && row.Text(HolderProperty) != holder && Until(row) > scope.Now.ToUnixTimeMilliseconds())
                        return (Until(row), false);
                    return (Write(scope), true);
                },
                cancellationToken);
            if (!taken.Try(out var lease, out var problem)) throw new StorageUnavailableException(problem.Faults[0].Message);
            if (!lease.Mine) return DateTimeOffset.FromUnixTimeMilliseconds(lease.Until);
            IsHeld = true;
            Extend(lease.Until);
            return null;
        }

        /// <summary>Whether it lasts for long enough; renewed where it does not.</summary>
        public async Task<bool> HasAsync(TimeSpan needed, DateTimeOffset now, CancellationToken cancellationToken)
            => IsHeld && !IsLost
                && (Interlocked.Read(ref until) - now.ToUnixTimeMilliseconds() >= needed.TotalMilliseconds || await CommitAsync((_, _) => ValueTask.CompletedTask, cancellationToken));

        /// <summary>Changes something under the lease, which begins anew with it.</summary>
        /// <returns>False, and nothing is changed, when it is lost.</returns>
        public async Task<bool> CommitAsync(Func<OperationScope, CancellationToken, ValueTask> change, CancellationToken cancellationToken)
        {
            var committed = await Partition.CommitAsync<long?>(
                async (scope, token) =>
                {
                    if (await scope.GetAsync(key, token) is not { } row || row.Text(HolderProperty) != holder) return (long?)null;
                    await change(scope, token);
                    return Write(scope);
                },
                cancellationToken);
            if (!committed.Try(out var renewed, out var problem)) throw new StorageUnavailableException(problem.Faults[0].Message);
            if (renewed is { } end) Extend(end);
            else IsLost = true;
            return renewed is not null;
        }

        /// <summary>Gives it back, unless something was put into the queue since the holder looked: whoever did that relies on the holder.</summary>
        /// <param name="seen">What <see cref="WebhookCounters.Queued"/> was when the holder looked, or null to give it back in any case.</param>
        /// <param name="cancellationToken">Gives up; the lease then ends by its time.</param>
        /// <returns>Whether it is given back, or was never had.</returns>
        public async Task<bool> ReleaseAsync(long? seen, CancellationToken cancellationToken)
        {
            if (!IsHeld || IsLost) return true;
            var released = await Partition.CommitAsync<bool>(
                async (scope, token) =>
                {
                    if (seen is { } count && scope[WebhookCounters.Queued] != count) return false;
                    if (await scope.GetAsync(key, token) is { } row && row.Text(HolderProperty) == holder) scope.Delete(key);
                    return true;
                },
                cancellationToken);
            if (released.Problem is null && !released.Value) return false;
            IsHeld = false;
            return true;
        }

        private long Write(OperationScope scope)
        {
            var end = (scope.Now + lasting).ToUnixTimeMilliseconds();
            scope.Put(key, new Dictionary<string, object>(StringComparer.Ordinal) { [HolderProperty] = holder, [UntilProperty] = end });
            return end;
        }

        private void Extend(long end)
        {
            for (var before = Interlocked.Read(ref until); before < end; before = Interlocked.Read(ref until)) Interlocked.CompareExchange(ref until, end, before);
        }

        private static long Until(Row row) => row.Integer(UntilProperty) ?? 0;
    }
}
