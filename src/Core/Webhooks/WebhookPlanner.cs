using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Webhooks;

/// <summary>
/// Puts what the commits of a team's cases tell into the queue of its webhooks, from their log. The commit that adds deliveries also moves the counter that says up to
/// where the log has been read, so each is added once, whichever processes do it, whenever they die. A singleton.
/// </summary>
public sealed partial class WebhookPlanner(
    PartitionSet partitions, IStorage storage, WebhookStore webhooks, TenantDirectory tenant, CaseIds ids, ILogger<WebhookPlanner> logger)
{
    /// <summary>Deliveries of a commit: three rows each, under the actions of a transaction.</summary>
    private const int DeliveriesPerCommit = 28;

    /// <summary>Bytes of the bodies of a commit: in their rows and in the log, both in base64, they stay under a transaction's size.</summary>
    private const int BytesPerCommit = 900_000;

    /// <summary>Versions that told nobody anything, after which that is written down.</summary>
    private const long LongestSilence = 100;

    private const int Tries = 20;

    /// <summary>Reads a team's log to its end.</summary>
    /// <param name="teamId">The team.</param>
    /// <param name="settle">Whether it is to be written down in any case how far that was, so that the log may be pruned.</param>
    /// <param name="cancellationToken">Stops between two commits.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task PlanAsync(long teamId, bool settle, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (await TryPlanAsync(teamId, settle, cancellationToken)) return;
        }

        throw new StorageUnavailableException($"The webhooks of team {teamId} could not be told what happened: others were faster {Tries} times.");
    }

    /// <returns>False when another process has moved the counters meanwhile.</returns>
    private async Task<bool> TryPlanAsync(long teamId, bool settle, CancellationToken cancellationToken)
    {
        var cases = CaseRow.Address(teamId);
        if (await partitions[cases].ReadHeadAsync(cancellationToken) is not { Deleting: false } head || head[WebhookCounters.Enabled] == 0) return true;
        var users = await tenant.CurrentAsync(cancellationToken);
        if (!users.Teams.ContainsKey(teamId)) return true;
        var enabled = (await webhooks.ReadAsync(teamId, cancellationToken)).Where(webhook => webhook.Enabled).ToArray();
        if (enabled.Length == 0) return true;
        var queueHead = await DeliveryHeadAsync(teamId, enabled.Min(webhook => webhook.Since), cancellationToken);
        if (queueHead.Deleting) return true;

        var stored = new Position(queueHead[WebhookCounters.Planned], queueHead[WebhookCounters.PlannedWithin]);
        var from = StartOf(teamId, stored, enabled, head);
        var batch = new Batch(stored);
        await foreach (var entry in CommitLog.ReadAsync(storage.Table(cases.Table), cases.Key, from.Version + 1, head.Version, cancellationToken))
        {
            var index = 0L;
            foreach (var told in CaseEvent.Of(entry))
            {
                if (index++ < from.Within && entry.Version == from.Version + 1) continue;
                var takers = enabled.Where(webhook => webhook.Takes(entry.Version, told.Type)).Select(webhook => new Planned(webhook, told, told.Body(users, webhook))).ToArray();
                if (takers.Length == 0) continue;
                if (!batch.Fits(takers) && !await CommitAsync(teamId, batch, new Position(entry.Version - 1, index - 1), cancellationToken)) return false;
                batch.Add(takers);
            }

            from = new Position(entry.Version, 0);
        }

        // An entry may be gone where the log was pruned meanwhile; then the next try begins where it begins.
        if (batch.Deliveries.Count > 0 || from.Version - stored.Version > LongestSilence || (settle && from != stored))
        {
            if (!await CommitAsync(teamId, batch, from, cancellationToken)) return false;
        }

        return from.Version >= head.Version;
    }

    private Position StartOf(long teamId, Position stored, Webhook[] enabled, Head head)
    {
        // Nobody is told what came before the oldest webhook; while there was none, nobody kept the counter.
        var since = enabled.Min(webhook => webhook.Since);
        var from = stored.Version < since ? new Position(since, 0) : stored;
        if (from.Version + 1 >= head.LogFloor) return from;
        LogMissed(teamId, from.Version + 1, head.LogFloor - 1);
        return new Position(head.LogFloor - 1, 0);
    }

    private async Task<Head> DeliveryHeadAsync(long teamId, long since, CancellationToken cancellationToken)
    {
        var partition = partitions[DeliveryQueue.Address(teamId)];
        if (await partition.ReadHeadAsync(cancellationToken) is { } head) return head;
        await partition.CreateIfMissingAsync(new Dictionary<string, long>(StringComparer.Ordinal) { [WebhookCounters.Planned] = since });
        return await partition.ReadHeadAsync(cancellationToken) ?? throw new StorageUnavailableException("The partition of deliveries could not be made");
    }

    private async Task<bool> CommitAsync(long teamId, Batch batch, Position to, CancellationToken cancellationToken)
    {
        var committed = await partitions[DeliveryQueue.Address(teamId)].CommitAsync<bool>(
            async (scope, token) =>
            {
                if (new Position(scope[WebhookCounters.Planned], scope[WebhookCounters.PlannedWithin]) != batch.From) return false;
                foreach (var (webhook, told, body) in batch.Deliveries)
                {
                    var id = await ids.TakePartAsync(scope, token);
                    var delivery = new Delivery(
                        id, webhook.Id, told.Type, told.CaseId, told.Activity.Id, DeliveryState.Pending, 0, null, null, scope.Now, null, scope.Now, told.CaseId);
                    DeliveryQueue.Add(scope, delivery, body);
                }

                (scope[WebhookCounters.Planned], scope[WebhookCounters.PlannedWithin]) = to;
                return true;
            },
            cancellationToken);
        if (!committed.Try(out var moved, out var problem)) throw new StorageUnavailableException($"Deliveries could not be queued: {problem.Faults[0].Message}");
        if (!moved) return false;
        batch.Restart(to);
        return true;
    }

    [LoggerMessage(2601, LogLevel.Error, "The webhooks of team {TeamId} were not told of versions {From} to {To} of its cases: their log is gone")]
    private partial void LogMissed(long teamId, long from, long to);

    /// <summary>How far the log has been read.</summary>
    /// <param name="Version">All of this version, and of those before.</param>
    /// <param name="Within">So many activities of the next one.</param>
    private readonly record struct Position(long Version, long Within);

    private sealed record Planned(Webhook Webhook, CaseEvent Told, byte[] Body);

    private sealed class Batch(Position from)
    {
        private int bytes;

        public Position From { get; private set; } = from;

        public List<Planned> Deliveries { get; } = [];

        public bool Fits(Planned[] more)
            => Deliveries.Count == 0 || (Deliveries.Count + more.Length <= DeliveriesPerCommit && bytes + more.Sum(each => each.Body.Length) <= BytesPerCommit);

        public void Add(Planned[] more)
        {
            Deliveries.AddRange(more);
            bytes += more.Sum(each => each.Body.Length);
        }

        public void Restart(Position at)
        {
            From = at;
            bytes = 0;
            Deliveries.Clear();
        }
    }
}
