using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Tenancy;

/// <summary>Users: the owner sees and makes all; others see themselves and those who share a team with them. A singleton.</summary>
public sealed class Users(TenantDirectory tenant)
{
    private const string What = "User";

    /// <summary>The users that the caller may see, by id, read fresh.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<IReadOnlyList<User>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var snapshot = await tenant.FreshAsync(cancellationToken);
        var visible = Visible(caller, snapshot);
        return [.. snapshot.Users.Values.Where(user => visible(user.Id))];
    }

    /// <summary>A user, read fresh.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<User>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        var snapshot = await tenant.FreshAsync(cancellationToken);
        return snapshot.Users.GetValueOrDefault(id) is { } user && Sees(caller, snapshot, id) ? user : Refusals.NotFound(What, id);
    }

    /// <summary>Makes a user; only the owner may.</summary>
    public async Task<Result<Made<User>>> CreateAsync(
        Caller caller, NameChange name, string? email, bool isServiceAccount, Once? once, CancellationToken cancellationToken)
    {
        if (!caller.IsOwner) return Refusals.OwnerOnly();
        var called = name.Apply(null);
        if (Refusals.Both(Refusals.OfName(called.Full), OfEmail(email)) is { } refusal) return refusal;

        return await tenant.MakeAsync(
            once,
            scope =>
            {
                var user = Add(scope, called, email, isServiceAccount);
                return (user.Id, user);
            },
            id => TenantRows.User(id),
            TenantRows.ReadUser,
            cancellationToken);
    }

    /// <summary>Changes a user; only the owner may.</summary>
    public async Task<Result<User>> UpdateAsync(
        Caller caller, long id, NameChange name, string? email, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (!caller.IsOwner)
            return (await FindAsync(caller, id, cancellationToken)).Problem ?? Refusals.OwnerOnly();
        if (Refusals.Both(Refusals.OfName(name.Full), OfEmail(email)) is { } refusal) return refusal;

        var key = TenantRows.User(id);
        return await tenant.CommitAsync<User>(
            async (scope, token) =>
            {
                scope.OncePerCommit(key);
                if (await scope.GetAsync(key, token) is not { } row) return Refusals.NotFound(What, id);
                var user = TenantRows.ReadUser(key, row.Properties);
                if (ifMatch?.Refuse(user.Version) is { } changed) return changed;

                var updated = user with { Called = name.Apply(user.Called), Email = email ?? user.Email };
                if (updated == user) return user;
                if (Refusals.OfName(updated.Name) is { } unfit) return unfit;
                updated = updated with { Updated = scope.Now, Version = scope.Version };
                scope.Put(key, TenantRows.Encode(updated));
                return updated;
            },
            cancellationToken);
    }

    /// <summary>Adds a user within an operation that needs one.</summary>
    internal static User Add(OperationScope scope, PersonName name, string? email, bool isServiceAccount)
    {
        var user = new User(++scope[TenantCounters.User], name, email, isServiceAccount, scope.Now, scope.Now, scope.Version);
        scope.Insert(TenantRows.User(user.Id), TenantRows.Encode(user));
        return user;
    }

    /// <summary>Whether the caller may know of a user.</summary>
    internal static bool Sees(Caller caller, TenantSnapshot snapshot, long id) => Sees(caller, caller.CanRead, snapshot, id);

    /// <summary>Whether a user is the caller or of a team that is open to the caller.</summary>
    internal static bool Sees(Caller caller, Func<long, bool> isOpen, TenantSnapshot snapshot, long id) => Visible(caller, isOpen, snapshot)(id);

    /// <summary>Tells whom the caller may know of; for many questions, each of which is a look-up then.</summary>
    internal static Func<long, bool> Visible(Caller caller, TenantSnapshot snapshot) => Visible(caller, caller.CanRead, snapshot);

    private static Func<long, bool> Visible(Caller caller, Func<long, bool> isOpen, TenantSnapshot snapshot)
    {
        if (caller.IsOwner) return static _ => true;
        var visible = snapshot.Members.Keys.Where(member => isOpen(member.TeamId)).Select(member => member.UserId)
            .Concat(snapshot.Keys.Values.Where(key => key.TeamId is { } team && isOpen(team)).Select(key => key.UserId))
            .Append(caller.UserId)
            .ToHashSet();
        return visible.Contains;
    }

    private static Problem? OfEmail(string? email) => email is { Length: > 320 } or "" || email?.Contains('@', StringComparison.Ordinal) == false
        ? Problem.Invalid("Parameter is invalid", "email: must be an address of at most 320 characters")
        : null;
}
