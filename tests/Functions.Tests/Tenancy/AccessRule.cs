using System.Net;
using Casefile.Functions.Tests.Cases;
using Casefile.Functions.Tests.Tracy;
using Casefile.Functions.Tests.Webhooks;

namespace Casefile.Functions.Tests.Tenancy;

/// <summary>What an endpoint takes of its caller.</summary>
public enum Needs
{
    /// <summary>No key at all.</summary>
    Nothing,

    /// <summary>A key; the list holds only what it may read.</summary>
    NothingToList,

    /// <summary>A key.</summary>
    AnyKey,

    /// <summary>To read in the team.</summary>
    Viewer,

    /// <summary>To create records in the team, which a key that reads nothing may.</summary>
    Creator,

    /// <summary>To write in the team.</summary>
    Editor,

    /// <summary>To administer the team.</summary>
    Admin,

    /// <summary>To administer the team, and anybody else does not see that there is such a thing.</summary>
    AdminToSee,

    /// <summary>To be the owner.</summary>
    Owner,

    /// <summary>To be the owner, of something that belongs to no team.</summary>
    OwnerAnywhere,
}

/// <summary>Who may call an endpoint, and with what request that shows. Every function has its rule in one of <see cref="Sets"/>, under its name.</summary>
/// <param name="Needs">What the endpoint takes.</param>
/// <param name="Request">Its request of something in a team.</param>
/// <param name="Allowed">Its request where it is allowed, if another one: of something that can be done once only.</param>
public sealed record AccessRule(
    Needs Needs, Func<TestTeam, Task<(string Path, string? Body)>> Request, Func<TestTeam, Task<(string Path, string? Body)>>? Allowed = null)
{
    /// <summary>The rules, a set for what belongs together.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, AccessRule>> Sets { get; } =
    [
        TenantAccess.Rules,
        CaseAccess.Rules,
        WebhookAccess.Rules,
        CaseAroundAccess.Rules,
        CaseTalkAccess.Rules,
        TracyAccess.Rules,
        CaseLinkAccess.Rules,
        CasePageAccess.Rules,
    ];

    /// <summary>How the endpoint refuses what the caller may not know of: 404, and 400 where Tracy's door is told of it in a body or query.</summary>
    public HttpStatusCode Missing { get; init; } = HttpStatusCode.NotFound;

    /// <summary>A request that nothing has to be made for.</summary>
    public static Task<(string Path, string? Body)> At(string path, string? body = null) => Task.FromResult((path, body));
}
