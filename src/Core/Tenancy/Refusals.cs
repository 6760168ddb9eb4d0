using System.Globalization;

namespace Casefile.Core.Tenancy;

/// <summary>Refusals that several kinds of things in the tenant share.</summary>
internal static class Refusals
{
    public static Problem NotFound(string what, long id)
        => Problem.NotFound(what, string.Create(CultureInfo.InvariantCulture, $"id: {id}"));

    public static Problem Forbidden(string details) => Problem.Of(ProblemKind.Forbidden, "Not allowed", details);

    public static Problem OwnerOnly() => Forbidden("Only the tenant's owner may do this");

    public static Problem AdminOnly() => Forbidden("Only an admin of the team may do this");

    public static Problem KeyForgotten()
        => Problem.Of(ProblemKind.Conflict, "Idempotency key was used for something that is no longer known", "idempotency-key");

    /// <summary>The bounds of every name in the tenant.</summary>
    public static Problem? OfName(string? name) => name is { Length: 0 or > 255 }
        ? Problem.Invalid("Parameter is invalid", "name: must have 1 to 255 characters")
        : null;

    /// <summary>Both, the first one's faults first; 400 when either is.</summary>
    public static Problem? Both(Problem? one, Problem? other) => (one, other) switch
    {
        (null, _) => other,
        (_, null) => one,
        _ => new Problem(
            one.Kind == ProblemKind.Malformed ? one.Kind : other.Kind,
            [.. one.Faults, .. other.Faults]),
    };
}
