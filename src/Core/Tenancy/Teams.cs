using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Tenancy;

/// <summary>Teams and their members: who may read them, and how they are changed. A singleton.</summary>
public sealed class Teams(TenantDirectory tenant, TeamRemoval removal)
{
    private const string What = "Team";

    /// <summary>The teams that the caller may read, by id, read fresh.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<IReadOnlyList<Team>> ListAsync(Caller caller, CancellationToken cancellationToken)
        => [.. (await tenant.FreshAsync(cancellationToken)).Teams.Values.Where(team => caller.CanRead(team.Id))];

    /// <summary>A team, read fresh.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<Team>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
        => caller.CanRead(id) && (await tenant.FreshAsync(cancellationToken)).Teams.GetValueOrDefault(id) is { } team ? team : Refusals.NotFound(What, id);

    /// <summary>Makes a team; only the owner may.</summary>
    public async Task<Result<Made<Team>>> CreateAsync(Caller caller, string name, Once? once, CancellationToken cancellationToken)
    {
        if (!caller.IsOwner) return Refusals.OwnerOnly();
        if (Refusals.OfName(name) is { } refusal) return refusal;

        return await tenant.MakeAsync(
            once,
            scope =>
            {
                var team = new Team(++scope[TenantCounters.Team], name, 0, scope.Now, scope.Now, scope.Version);
                scope.Insert(TenantRows.Team(team.Id), TenantRows.Encode(team));
                return (team.Id, team);
            },
            id => TenantRows.Team(id),
            TenantRows.ReadTeam,
            cancellationToken);
    }

    /// <summary>Renames a team; only the owner may.</summary>
    public async Task<Result<Team>> UpdateAsync(Caller caller, long id, string? name, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (!caller.CanRead(id)) return Refusals.NotFound(What, id);
        if (!caller.IsOwner) return Refusals.OwnerOnly();
        if (Refusals.OfName(name) is { } refusal) return refusal;

        var key = TenantRows.Team(id);
        return await tenant.CommitAsync<Team>(
            async (scope, token) =>
            {
                scope.OncePerCommit(key);
                if (await scope.GetAsync(key, token) is not { } row) return Refusals.NotFound(What, id);
                var team = TenantRows.ReadTeam(key, row.Properties);
                if (ifMatch?.Refuse(team.Version) is { } changed) return changed;
                if (name is null || name == team.Name) return team;

                team = team with { Name = name, Updated = scope.Now, Version = scope.Version };
                scope.Put(key, TenantRows.Encode(team));
                return team;
            },
            cancellationToken);
    }

    /// <summary>Deletes a team that has neither record types nor cases, with its members and keys and what is around its cases; only the owner may.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public async Task<Problem?> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (!caller.CanRead(id)) return Refusals.NotFound(What, id);
        if (!caller.IsOwner) return Refusals.OwnerOnly();

        var key = TenantRows.Team(id);
        var wanted = await tenant.CommitAsync<long>(
            async (scope, token) =>
            {
                scope.OncePerCommit(key);
                if (await scope.GetAsync(key, token) is not { } row) return Refusals.NotFound(What, id);
                var team = TenantRows.ReadTeam(key, row.Properties);
                if ((ifMatch?.Refuse(team.Version) ?? TeamRemoval.RefuseInUse(team, cases: 0)) is { } refusal) return refusal;

                scope.Put(key, TenantRows.Encode(team with { Removal = scope.Version }));
                scope.Owe(TeamRemoval.Of(id, scope.Version));
                return scope.Version;
            },
            cancellationToken);
        return wanted.Try(out var intent, out var problem) ? await removal.FinishAsync(id, intent, ifMatch, cancellationToken) : problem;
    }

    /// <summary>The members of a team, by user id, read fresh.</summary>
    public async Task<Result<IReadOnlyList<Membership>>> ListMembersAsync(Caller caller, long teamId, CancellationToken cancellationToken)
    {
        var snapshot = await tenant.FreshAsync(cancellationToken);
        return caller.CanRead(teamId) && snapshot.Teams.ContainsKey(teamId)
            ? snapshot.MembersOf(teamId).ToArray()
            : Refusals.NotFound(What, teamId);
    }

    /// <summary>A member of a team, read fresh.</summary>
    public async Task<Result<Membership>> FindMemberAsync(Caller caller, long teamId, long userId, CancellationToken cancellationToken)
    {
        var snapshot = await tenant.FreshAsync(cancellationToken);
        if (!caller.CanRead(teamId) || !snapshot.Teams.ContainsKey(teamId)) return Refusals.NotFound(What, teamId);
        return snapshot.Members.GetValueOrDefault((teamId, userId)) is { } member ? member : Refusals.NotFound("Member", userId);
    }

    /// <summary>
    /// Adds a user to a team. The team's admins may, of the users that they see already: an admin who could add anybody would read names and
    /// addresses of the whole tenant by counting ids up. Users new to an admin are added by the owner.
    /// </summary>
    public async Task<Result<Made<Membership>>> AddMemberAsync(
        Caller caller, long teamId, long userId, TeamRole role, Once? once, CancellationToken cancellationToken)
    {
        if (RefuseToAdminister(caller, teamId) is { } refusal) return refusal;
        if (!caller.IsOwner && !Users.Sees(caller, await tenant.FreshAsync(cancellationToken), userId)) return NoUser(userId);

        var key = TenantRows.Member(teamId, userId);
        return await tenant.MakeAsync(
            once,
            async (scope, token) =>
            {
                if (await scope.GetAsync(TenantRows.Team(teamId), token) is null) return Refusals.NotFound(What, teamId);
                if (await scope.GetAsync(TenantRows.User(userId), token) is null) return NoUser(userId);
                if (await scope.GetAsync(key, token) is not null)
                    return Problem.Invalid("User is a member already", string.Create(CultureInfo.InvariantCulture, $"user_id: {userId}"));

                var member = new Membership(teamId, userId, role, scope.Now, scope.Version);
                scope.Insert(key, TenantRows.Encode(member));
                return (userId, member);
            },
            _ => key,
            TenantRows.ReadMember,
            cancellationToken);
    }

    /// <summary>Changes a member's role; the team's admins may.</summary>
    public async Task<Result<Membership>> ChangeMemberAsync(
        Caller caller, long teamId, long userId, TeamRole? role, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (RefuseToAdminister(caller, teamId) is { } refusal) return refusal;

        var key = TenantRows.Member(teamId, userId);
        return await tenant.CommitAsync<Membership>(
            async (scope, token) =>
            {
                scope.OncePerCommit(key);
                if (await FindMemberAsync(scope, teamId, userId, token) is not { } member) return Refusals.NotFound("Member", userId);
                if (ifMatch?.Refuse(member.Version) is { } changed) return changed;
                if (role is not { } given || given == member.Role) return member;

                member = member with { Role = given, Version = scope.Version };
                scope.Put(key, TenantRows.Encode(member));
                return member;
            },
            cancellationToken);
    }

    /// <summary>Removes a user from a team; the team's admins may, and the user.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public async Task<Problem?> RemoveMemberAsync(Caller caller, long teamId, long userId, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (caller.UserId != userId && RefuseToAdminister(caller, teamId) is { } refusal) return refusal;

        var removed = await tenant.CommitAsync<bool>(
            async (scope, token) =>
            {
                if (await FindMemberAsync(scope, teamId, userId, token) is not { } member) return Refusals.NotFound("Member", userId);
                if (ifMatch?.Refuse(member.Version) is { } changed) return changed;
                scope.Delete(TenantRows.Member(teamId, userId));
                return true;
            },
            cancellationToken);
        return removed.Problem;
    }

    private static async ValueTask<Membership?> FindMemberAsync(OperationScope scope, long teamId, long userId, CancellationToken cancellationToken)
    {
        if (await scope.GetAsync(TenantRows.Team(teamId), cancellationToken) is null) return null;
        var key = TenantRows.Member(teamId, userId);
        return await scope.GetAsync(key, cancellationToken) is { } row ? TenantRows.ReadMember(key, row.Properties) : null;
    }

    private static Problem NoUser(long id) => Problem.NotFound("User", string.Create(CultureInfo.InvariantCulture, $"user_id: {id}"));

    private static Problem? RefuseToAdminister(Caller caller, long teamId)
        => !caller.CanRead(teamId) ? Refusals.NotFound(What, teamId)
            : !caller.CanAdminister(teamId) ? Refusals.AdminOnly()
            : null;
}
