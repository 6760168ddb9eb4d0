namespace Casefile.Core.Tenancy;

/// <summary>A team: what record types belong to, and what roles are given in.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">1..255 characters.</param>
/// <param name="RecordTypes">How many record types it has, those that are being made included: while it has any it cannot be deleted.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Updated">When it was last changed.</param>
/// <param name="Version">The version of the commit that last changed what a client sees of it: its ETag.</param>
public sealed record Team(long Id, string Name, long RecordTypes, DateTimeOffset Created, DateTimeOffset Updated, long Version)
{
    /// <summary>The version of the commit that says that the team is to go (<see cref="TeamRemoval"/>); 0 while nobody wants that.</summary>
    internal long Removal { get; init; }
}

/// <summary>Somebody, or some program, that keys act as.</summary>
/// <param name="Id">The id.</param>
/// <param name="Called">First and last name.</param>
/// <param name="Email">The address, or null.</param>
/// <param name="IsServiceAccount">True for the users of the owner key and of team keys.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Updated">When it was last changed.</param>
/// <param name="Version">The version of the commit that last changed it: its ETag.</param>
public sealed record User(long Id, PersonName Called, string? Email, bool IsServiceAccount, DateTimeOffset Created, DateTimeOffset Updated, long Version)
{
    /// <summary>The whole name, 1..255 characters.</summary>
    public string Name => Called.Full;
}

/// <summary>A user's role in a team.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="UserId">The user.</param>
/// <param name="Role">What the user's personal keys may do there.</param>
/// <param name="Created">When the user joined.</param>
/// <param name="Version">The version of the commit that last changed it: its ETag.</param>
public sealed record Membership(long TeamId, long UserId, TeamRole Role, DateTimeOffset Created, long Version);

/// <summary>A key as it is kept: by its hash, never by its text.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">What it is for, 1..255 characters.</param>
/// <param name="UserId">The user that it acts as.</param>
/// <param name="TeamId">The one team of a team key; null for a personal key, which acts in the user's own teams.</param>
/// <param name="Role">The role of a team key; null for a personal one.</param>
/// <param name="Start">The first characters of the key, to recognise it by.</param>
/// <param name="Hash">HMAC-SHA256 of the key under the pepper, in hexadecimal.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Version">The version of the commit that made it: its ETag.</param>
public sealed record ApiKey(
    long Id, string Name, long UserId, long? TeamId, TeamRole? Role, string Start, string Hash, DateTimeOffset Created, long Version);
