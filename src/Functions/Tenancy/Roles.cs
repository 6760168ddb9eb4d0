using Casefile.Core.Tenancy;

namespace Casefile.Functions.Tenancy;

/// <summary>Team roles as they are called on the wire (common.md, "Authentication").</summary>
internal static class Roles
{
    /// <summary>The roles by name, those who read nothing first.</summary>
    public static IReadOnlyDictionary<string, TeamRole> ByName { get; } = new Dictionary<string, TeamRole>(StringComparer.Ordinal)
    {
        ["writer"] = TeamRole.Writer,
        ["viewer"] = TeamRole.Viewer,
        ["editor"] = TeamRole.Editor,
        ["admin"] = TeamRole.Admin,
    };

    /// <summary>The name of a role.</summary>
    public static string NameOf(TeamRole role) => ByName.First(each => each.Value == role).Key;
}
