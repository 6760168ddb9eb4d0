using System.Security.Cryptography;
using System.Text;
using Casefile.Core.Storage;

namespace Casefile.Core.Tenancy;

/// <summary>Tells who a key acts as (common.md, "Authentication"). A singleton.</summary>
public sealed class Authenticator(TenantDirectory tenant, TimeProvider time, TenancyOptions options)
{
    private static readonly Dictionary<long, TeamRole> NoRoles = [];

    private readonly byte[]? ownerHash = options.OwnerKey is { Length: > 0 } owner ? SHA256.HashData(Encoding.UTF8.GetBytes(owner)) : null;
    private readonly Lock looking = new();
    private Task<TenantSnapshot>? latestLook;
    private long lookedAt;

    /// <summary>
    /// The caller that a key stands for, or null when there is no such key. Free when the copy of the tenant is young; an unknown key has it
    /// looked at anew, at most once a second.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<Caller?> AuthenticateAsync(string key, CancellationToken cancellationToken)
    {
        if (IsOwnerKey(key)) return new Caller(UserId: 1, KeyId: 0, IsOwner: true, NoRoles);
        if (!KeySecret.LooksLikeOne(key)) return null;

        var snapshot = await tenant.CurrentAsync(cancellationToken);
        if (Find(snapshot, key) is { } found) return CallerOf(snapshot, found);

        snapshot = await LookAnewAsync().WaitAsync(cancellationToken);
        return Find(snapshot, key) is { } fresh ? CallerOf(snapshot, fresh) : null;
    }

    // Hashes are compared so that not even the length of the owner key shows in the time that this takes.
    private bool IsOwnerKey(string key)
        => ownerHash is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), ownerHash);

    private ApiKey? Find(TenantSnapshot snapshot, string key)
        => snapshot.KeyOfHash(KeySecret.Hash(key, options.Pepper))
            ?? (options.PreviousPepper is { } previous ? snapshot.KeyOfHash(KeySecret.Hash(key, previous)) : null);

    private static Caller? CallerOf(TenantSnapshot snapshot, ApiKey key)
    {
        if (key.TeamId is not { } team) return new Caller(key.UserId, key.Id, IsOwner: false, snapshot.RolesOf(key.UserId));

        return snapshot.Teams.ContainsKey(team)
            ? new Caller(key.UserId, key.Id, IsOwner: false, new Dictionary<long, TeamRole> { [team] = key.Role ?? TeamRole.Viewer })
            : null;
    }

    /// <summary>
    /// The latest look for the sake of an unknown key, or a new one where that is a while ago: requests that come together with a key that
    /// is new here all wait for the same.
    /// </summary>
    private Task<TenantSnapshot> LookAnewAsync()
    {
        lock (looking)
        {
            var now = time.GetTimestamp();
            if (latestLook is { } look && !look.IsFaulted && time.GetElapsedTime(lookedAt, now) < options.UnknownKeyRefreshAfter) return look;
            lookedAt = now;
            return latestLook = tenant.FreshAsync(CancellationToken.None).AsTask();
        }
    }
}
