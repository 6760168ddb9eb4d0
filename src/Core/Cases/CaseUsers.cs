using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Users as requests name them, by their addresses (cases.md: an email that no user has is a 422 that names it).</summary>
internal static class CaseUsers
{
    /// <summary>
    /// The user of an address among those whom a caller may know of in a team: its members, and everybody for the owner. Anybody else is as unknown as an address that
    /// nobody has, or team members could find out who else there is.
    /// </summary>
    public static long? Find(TenantSnapshot tenant, Caller caller, long teamId, string email)
    {
        foreach (var user in tenant.Users.Values)
        {
            if (!string.Equals(user.Email, email.Trim(), StringComparison.OrdinalIgnoreCase)) continue;
            if (IsKnown(tenant, caller, teamId, user.Id)) return user.Id;
        }

        return null;
    }

    /// <summary>Whether there is such a user, as far as the caller may know of it in a team.</summary>
    public static bool IsKnown(TenantSnapshot tenant, Caller caller, long teamId, long userId)
        => tenant.Users.ContainsKey(userId) && (caller.IsOwner || userId == caller.UserId || tenant.Members.ContainsKey((teamId, userId)));

    /// <summary>The users of addresses, each once; a fault for every one that nobody has.</summary>
    public static IReadOnlyList<long> Find(
        TenantSnapshot tenant, Caller caller, long teamId, IReadOnlyList<string> emails, string place, List<Fault> faults)
    {
        var found = new List<long>(emails.Count);
        for (var i = 0; i < emails.Count; i++)
        {
            if (Find(tenant, caller, teamId, emails[i]) is { } user) found.Add(user);
            else faults.Add(Unknown($"{place}[{i}]", emails[i]));
        }

        return [.. found.Distinct()];
    }

    /// <summary>The user of one address, or null without one; a fault where nobody has it.</summary>
    public static long? FindOne(TenantSnapshot tenant, Caller caller, long teamId, string? email, string place, List<Fault> faults)
    {
        if (email is null) return null;
        var user = Find(tenant, caller, teamId, email);
        if (user is null) faults.Add(Unknown(place, email));
        return user;
    }

    /// <summary>
    /// In whose name something is said: the member of the team with this address; the caller where no address is given, and where it is of somebody outside the team
    /// (cases.md, "comments"). Only the owner, who knows of all users, is told that nobody has an address at all.
    /// </summary>
    public static long Author(TenantSnapshot tenant, Caller caller, long teamId, string? email, string place, List<Fault> faults)
    {
        if (email is null) return caller.UserId;
        var user = Find(tenant, caller, teamId, email);
        if (user is null && caller.IsOwner) faults.Add(Unknown(place, email));
        return user is { } found && tenant.Members.ContainsKey((teamId, found)) ? found : caller.UserId;
    }

    /// <summary>The address of a user, for the value of an activity.</summary>
    public static string AddressOf(TenantSnapshot tenant, long userId)
        => tenant.Users.GetValueOrDefault(userId) is { } user ? user.Email ?? user.Name : $"user {userId}";

    private static Fault Unknown(string place, string email) => new("User not found", $"{place}: no user of the team has the email '{email}'");
}
