using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Tenancy;

/// <summary>Keys: made, listed and revoked; the secret is shown at their making and never again. A singleton.</summary>
public sealed class ApiKeys(TenantDirectory tenant, TenancyOptions options)
{
    private const string What = "API key";

    /// <summary>The keys that the caller may see, by id, read fresh: of the teams that they administer, and their own.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(Caller caller, CancellationToken cancellationToken)
        => [.. (await tenant.FreshAsync(cancellationToken)).Keys.Values.Where(key => CanSee(caller, key))];

    /// <summary>A key, read fresh.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<ApiKey>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
        => (await tenant.FreshAsync(cancellationToken)).Keys.GetValueOrDefault(id) is { } key && CanSee(caller, key) ? key : Refusals.NotFound(What, id);

    /// <summary>Makes a key of a team, which acts as a service account of its own; the team's admins may.</summary>
    public Task<Result<Made<NewKey>>> CreateForTeamAsync(
        Caller caller, string name, long teamId, TeamRole role, Once? once, CancellationToken cancellationToken)
    {
        if (!caller.CanRead(teamId))
            return Refused(Problem.NotFound("Team", string.Create(CultureInfo.InvariantCulture, $"team_id: {teamId}")));
        if (!caller.CanAdminister(teamId)) return Refused(Refusals.AdminOnly());
        if (Refusals.OfName(name) is { } refusal) return Refused(refusal);

        return MakeAsync(
            async (scope, token) => await scope.GetAsync(TenantRows.Team(teamId), token) is null
                ? Problem.NotFound("Team", string.Create(CultureInfo.InvariantCulture, $"team_id: {teamId}"))
                : Users.Add(scope, PersonName.Of(name), null, isServiceAccount: true).Id,
            (id, user, secret, scope) => new ApiKey(
                id, name, user, teamId, role, KeySecret.Start(secret), KeySecret.Hash(secret, options.Pepper), scope.Now, scope.Version),
            once,
            cancellationToken);
    }

    /// <summary>Makes a personal key, which acts in its user's own teams; the owner may for everybody, others for themselves.</summary>
    public async Task<Result<Made<NewKey>>> CreatePersonalAsync(
        Caller caller, string name, long userId, Once? once, CancellationToken cancellationToken)
    {
        if (!caller.IsOwner)
        {
            if (caller.UserId != userId) return NoUser(userId);
            // A service account that could make personal keys would outlive the revoking of its own.
            if ((await tenant.CurrentAsync(cancellationToken)).Keys.GetValueOrDefault(caller.KeyId) is { TeamId: not null })
                return Refusals.Forbidden("A team's key makes no personal keys");
        }

        if (Refusals.OfName(name) is { } refusal) return refusal;

        return await MakeAsync(
            async (scope, token) => await scope.GetAsync(TenantRows.User(userId), token) is null ? NoUser(userId) : userId,
            (id, user, secret, scope) => new ApiKey(
                id, name, user, null, null, KeySecret.Start(secret), KeySecret.Hash(secret, options.Pepper), scope.Now, scope.Version),
            once,
            cancellationToken);
    }

    /// <summary>Revokes a key: it is known no more, in this process at once, in others after <see cref="TenancyOptions.RefreshAfter"/>.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public async Task<Problem?> RevokeAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var rowKey = TenantRows.Key(id);
        var revoked = await tenant.CommitAsync<bool>(
            async (scope, token) =>
            {
                if (await scope.GetAsync(rowKey, token) is not { } row) return Refusals.NotFound(What, id);
                var key = TenantRows.ReadKey(rowKey, row.Properties);
                if (!CanSee(caller, key)) return Refusals.NotFound(What, id);
                if (ifMatch?.Refuse(key.Version) is { } changed) return changed;
                scope.Delete(rowKey);
                return true;
            },
            cancellationToken);
        return revoked.Problem;
    }

    private async Task<Result<Made<NewKey>>> MakeAsync(
        Operation<long> user, Func<long, long, string, OperationScope, ApiKey> key, Once? once, CancellationToken cancellationToken)
    {
        var secret = KeySecret.New();
        var made = await tenant.MakeAsync<ApiKey>(
            once,
            async (scope, token) =>
            {
                if (!(await user(scope, token)).Try(out var userId, out var problem)) return problem;
                var made = key(++scope[TenantCounters.Key], userId, secret, scope);
                scope.Insert(TenantRows.Key(made.Id), TenantRows.Encode(made));
                return (made.Id, made);
            },
            id => TenantRows.Key(id),
            TenantRows.ReadKey,
            cancellationToken);
        return made.Map(each => new Made<NewKey>(new NewKey(each.Value, each.Replayed ? null : secret), each.Replayed));
    }

    private static bool CanSee(Caller caller, ApiKey key)
        => caller.IsOwner || (key.TeamId is { } team ? caller.CanAdminister(team) : key.UserId == caller.UserId);

    private static Problem NoUser(long id) => Problem.NotFound("User", string.Create(CultureInfo.InvariantCulture, $"user_id: {id}"));

    private static Task<Result<Made<NewKey>>> Refused(Problem problem) => Task.FromResult<Result<Made<NewKey>>>(problem);
}

/// <summary>A key that has just been made.</summary>
/// <param name="Key">The key as it is kept.</param>
/// <param name="Secret">Its text, to be shown now and never again; null when a repeat with an idempotency key asks for it.</param>
public sealed record NewKey(ApiKey Key, string? Secret);
