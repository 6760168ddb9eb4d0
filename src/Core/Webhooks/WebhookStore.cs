using System.Globalization;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Webhooks;

/// <summary>The webhooks of teams: made, read, changed and deleted by the teams' admins. A singleton.</summary>
public sealed class WebhookStore(CaseDesk desk, PartitionSet partitions, IStorage storage, WebhookUrl urls, WebhookSecret secrets, WebhookOptions options)
{
    private const string What = "Webhook";

    /// <summary>Makes a webhook, which is told of what is committed from then on.</summary>
    public async Task<Result<Made<NewWebhook>>> CreateAsync(
        Caller caller, long teamId, WebhookChanges given, string host, Once? once, CancellationToken cancellationToken)
    {
        if (await RefuseAsync(caller, teamId, cancellationToken) is { } refusal) return refusal;
        if (!Check(given).Try(out var url, out var faults)) return faults;

        var secret = WebhookSecret.New();
        var committed = await desk.CommitAsync<(OnceMade? Before, Webhook? Made)>(
            teamId,
            async (scope, token) =>
            {
                if (once is not null)
                {
                    if (!(await once.FindAsync(scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return (before, null);
                }

                if ((await scope.ReadAsync(Webhook.Prefix, options.PerTeam, token)).Count >= options.PerTeam)
                    return Problem.Invalid("Too many webhooks", string.Create(CultureInfo.InvariantCulture, $"team_id: a team has at most {options.PerTeam}"));
                var id = await desk.Ids.TakePartAsync(scope, token);
                var webhook = new Webhook(
                    id, teamId, given.Name ?? url!.Host, url!, given.ActivityTypes ?? [], given.Enabled ?? true, null, host, scope.Version, secrets.Seal(secret, id), scope.Now, scope.Now, 1);
                scope.Insert(Webhook.Key(id), webhook.Encode());
                if (webhook.Enabled) scope[WebhookCounters.Enabled]++;
                once?.Remember(scope, id.ToString(CultureInfo.InvariantCulture));
                return (null, webhook);
            },
            cancellationToken);
        if (!committed.Try(out var answer, out var problem)) return problem;
        if (answer.Made is { } made) return new Made<NewWebhook>(new NewWebhook(made, secret), Replayed: false);

        var key = Webhook.Key(long.Parse(answer.Before!.Made, CultureInfo.InvariantCulture));
        return await desk.ReplayAsync(teamId, answer.Before.Version, rowKey => rowKey == key, cancellationToken) is [{ Image: { } image }]
            ? new Made<NewWebhook>(new NewWebhook(Webhook.Read(teamId, key, image), null), Replayed: true)
            : Refusals.KeyForgotten();
    }

    /// <summary>The webhooks of a team, by id, read fresh.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<IReadOnlyList<Webhook>>> ListAsync(Caller caller, long teamId, CancellationToken cancellationToken)
        => await RefuseAsync(caller, teamId, cancellationToken) is { } refusal ? refusal : Ok(await ReadAsync(teamId, cancellationToken));

    /// <summary>A webhook, read fresh.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<Webhook>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (await desk.Ids.TeamOfPartAsync(id, cancellationToken) is not { } teamId || !caller.CanRead(teamId)) return Refusals.NotFound(What, id);
        // The rows of a deleted team are still there until maintenance has cleared them.
        if (!(await desk.TenantAsync(cancellationToken)).Teams.ContainsKey(teamId)) return Refusals.NotFound(What, id);
        if (await FindAsync(teamId, id, cancellationToken) is not { } webhook) return Refusals.NotFound(What, id);
        return caller.CanAdminister(teamId) ? webhook : Refusals.AdminOnly();
    }

    /// <summary>Changes a webhook. Switched on again, it is told of what is committed from then on. A secret under the pepper before comes under the present one.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The webhook.</param>
    /// <param name="given">What changes; null members stay.</param>
    /// <param name="newSecret">Whether it gets another secret; the one before is void at once.</param>
    /// <param name="ifMatch">The revisions under which it is to happen, or null for any.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Result<NewWebhook>> UpdateAsync(
        Caller caller, long id, WebhookChanges given, bool newSecret, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(caller, id, cancellationToken)).Try(out var found, out var refusal)) return refusal;
        if (!Check(given).Try(out var url, out var faults)) return faults;
        var secret = newSecret ? WebhookSecret.New() : null;
        var updated = await ChangeAsync(
            found.TeamId,
            id,
            (webhook, scope) =>
            {
                if (ifMatch?.Refuse(webhook.Revision) is { } changed) return changed;
                var enabled = given.Enabled ?? webhook.Enabled;
                return webhook with
                {
                    Name = given.Name ?? webhook.Name,
                    Url = url ?? webhook.Url,
                    ActivityTypes = given.ActivityTypes ?? webhook.ActivityTypes,
                    Enabled = enabled,
                    DisabledReason = enabled ? null : webhook.DisabledReason,
                    Since = enabled && !webhook.Enabled ? scope.Version : webhook.Since,
                    Sealed = secret is null ? secrets.Renew(webhook.Sealed, id) : secrets.Seal(secret, id),
                };
            },
            cancellationToken);
        return updated.Map(webhook => new NewWebhook(webhook, secret));
    }

    /// <summary>Deletes a webhook with its deliveries, pending ones too.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public async Task<Problem?> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(caller, id, cancellationToken)).Try(out var found, out var refusal)) return refusal;
        var key = Webhook.Key(id);
        var deleted = await desk.CommitAsync<bool>(
            found.TeamId,
            async (scope, token) =>
            {
                if (await scope.GetAsync(key, token) is not { } row) return Refusals.NotFound(What, id);
                var webhook = Webhook.Read(found.TeamId, key, row.Properties);
                if (ifMatch?.Refuse(webhook.Revision) is { } changed) return changed;
                scope.Delete(key);
                if (webhook.Enabled) scope[WebhookCounters.Enabled]--;
                scope.Owe(DeliveryCleanup.Of(id));
                return true;
            },
            cancellationToken);
        return deleted.Problem;
    }

    /// <summary>Switches a webhook off whose receiver said that it is gone.</summary>
    internal Task DisableAsync(long teamId, long id, string reason, CancellationToken cancellationToken)
        => ChangeAsync(teamId, id, (webhook, _) => webhook.Enabled ? webhook with { Enabled = false, DisabledReason = reason } : webhook, cancellationToken);

    /// <summary>A team's webhooks, by id, read fresh; none where the team never had a case.</summary>
    internal async Task<IReadOnlyList<Webhook>> ReadAsync(long teamId, CancellationToken cancellationToken)
    {
        var address = CaseRow.Address(teamId);
        var range = RowRange.Prefix(address.Key, Webhook.Prefix);
        var found = new List<Webhook>();
        while (true)
        {
            // Few as they are, the service may cut the page short: whom it leaves out would never be told.
            var page = await storage.Table(address.Table).ReadAsync(range, cancellationToken);
            found.AddRange(page.Rows.Select(row => Webhook.Read(teamId, row.RowKey, row.Properties)));
            if (page.Continuation is null) return found;
            range = range with { Continuation = page.Continuation };
        }
    }

    internal async Task<Webhook?> FindAsync(long teamId, long id, CancellationToken cancellationToken)
    {
        var address = CaseRow.Address(teamId);
        return await storage.Table(address.Table).GetAsync(address.Key, Webhook.Key(id), cancellationToken) is { } row
            ? Webhook.Read(teamId, row.RowKey, row.Properties)
            : null;
    }

    private async Task<Result<Webhook>> ChangeAsync(long teamId, long id, Func<Webhook, OperationScope, Result<Webhook>> change, CancellationToken cancellationToken)
    {
        var key = Webhook.Key(id);
        return await partitions[CaseRow.Address(teamId)].CommitAsync<Webhook>(
            async (scope, token) =>
            {
                if (await scope.GetAsync(key, token) is not { } row) return Refusals.NotFound(What, id);
                var webhook = Webhook.Read(teamId, key, row.Properties);
                if (!change(webhook, scope).Try(out var changed, out var problem)) return problem;
                if (changed == webhook) return webhook;
                changed = changed with { Updated = scope.Now, Revision = webhook.Revision + 1 };
                scope.Put(key, changed.Encode());
                if (changed.Enabled != webhook.Enabled) scope[WebhookCounters.Enabled] += changed.Enabled ? 1 : -1;
                return changed;
            },
            cancellationToken);
    }

    private async Task<Problem?> RefuseAsync(Caller caller, long teamId, CancellationToken cancellationToken)
    {
        if (!caller.CanRead(teamId) || !(await desk.TenantAsync(cancellationToken)).Teams.ContainsKey(teamId))
            return Problem.NotFound("Team", string.Create(CultureInfo.InvariantCulture, $"team_id: {teamId}"));
        return caller.CanAdminister(teamId) ? null : Refusals.AdminOnly();
    }

    /// <summary>The URL that was given, if one was; or all that is wrong.</summary>
    private Result<Uri?> Check(WebhookChanges given)
    {
        var problem = Refusals.OfName(given.Name);
        Uri? url = null;
        if (given.Url is { } text && !urls.Read(text).Try(out url, out var refused)) problem = Refusals.Both(problem, refused);
        var unknown = (given.ActivityTypes ?? []).Where(type => !ActivityType.All.Contains(type, StringComparer.Ordinal)).Take(10).ToArray();
        if (unknown.Length > 0)
            problem = Refusals.Both(problem, Problem.Invalid("Parameter is invalid", $"activity_types: there is no {string.Join(", ", unknown)}"));
        return problem is null ? Ok(url) : problem;
    }

    private static Result<T> Ok<T>(T value) => value;
}

/// <summary>What a request says about a webhook; null where it says nothing.</summary>
/// <param name="Url">Where deliveries go (<see cref="WebhookUrl"/>).</param>
/// <param name="Name">What it is called, 1..255 characters.</param>
/// <param name="ActivityTypes">Which activities are delivered; empty for all.</param>
/// <param name="Enabled">Whether anything is.</param>
public sealed record WebhookChanges(string? Url, string? Name, IReadOnlyList<string>? ActivityTypes, bool? Enabled);

/// <summary>A webhook with what is shown of it only once.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Secret">Its secret where it is new; null in a repeat, and after a change that made none.</param>
public sealed record NewWebhook(Webhook Webhook, string? Secret);
