namespace Casefile.Core.Tenancy;

/// <summary>What a member of a team may do (common.md, "Authentication"). From <see cref="Viewer"/> on, higher includes lower.</summary>
public enum TeamRole
{
    /// <summary>Creates records and reads nothing: whatever is in the team does not exist for it.</summary>
    Writer = 0,

    /// <summary>Reads.</summary>
    Viewer = 1,

    /// <summary>Also writes records and cases.</summary>
    Editor = 2,

    /// <summary>Also writes record types, case settings and the team's keys.</summary>
    Admin = 3,
}

/// <summary>Who is asking, and what they may see and do: the user that a key acts as.</summary>
/// <param name="UserId">The user.</param>
/// <param name="KeyId">The key that was shown; 0 for the owner key from configuration.</param>
/// <param name="IsOwner">The tenant's owner may do everything.</param>
/// <param name="Roles">The caller's role by team; teams that are not in it do not exist for the caller.</param>
public sealed record Caller(long UserId, long KeyId, bool IsOwner, IReadOnlyDictionary<long, TeamRole> Roles)
{
    /// <summary>Whether the caller may know of the team and what is in it.</summary>
    public bool CanRead(long teamId) => Has(teamId, TeamRole.Viewer);

    /// <summary>Whether the caller may create records in the team; without being able to read, it is told nothing that it did not send.</summary>
    public bool CanCreate(long teamId) => CanWrite(teamId) || (Roles.TryGetValue(teamId, out var role) && role == TeamRole.Writer);

    /// <summary>Whether the caller may write records and cases of the team.</summary>
    public bool CanWrite(long teamId) => Has(teamId, TeamRole.Editor);

    /// <summary>Whether the caller may write record types, case settings and keys of the team.</summary>
    public bool CanAdminister(long teamId) => Has(teamId, TeamRole.Admin);

    private bool Has(long teamId, TeamRole least) => IsOwner || (Roles.TryGetValue(teamId, out var role) && role >= least);
}
