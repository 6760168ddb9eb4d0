namespace Casefile.Core;

/// <summary>Why a request was refused. Each kind is one status of the wire contract (common.md, "Status codes").</summary>
public enum ProblemKind
{
    /// <summary>The request cannot be understood (400).</summary>
    Malformed,

    /// <summary>No key, or one that is not known (401).</summary>
    Unauthenticated,

    /// <summary>The caller may read the thing but not do this to it (403).</summary>
    Forbidden,

    /// <summary>There is no such thing, or the caller may not know of it (404).</summary>
    NotFound,

    /// <summary>An idempotency key was used with another body, or a guard does not match (409).</summary>
    Conflict,

    /// <summary>What was asked for is no longer kept (410).</summary>
    Gone,

    /// <summary>The thing changed since the caller read it (412).</summary>
    Changed,

    /// <summary>The body is larger than the service takes (413).</summary>
    TooLarge,

    /// <summary>The body is not JSON (415).</summary>
    UnsupportedMediaType,

    /// <summary>Well formed, but against a rule of the data (422).</summary>
    Invalid,

    /// <summary>Too many requests (429).</summary>
    RateLimited,

    /// <summary>Storage does not answer, or whether a write took effect is not known in time (503).</summary>
    Unavailable,

    /// <summary>The question took longer than it may (504).</summary>
    TimedOut,
}

/// <summary>One thing that is wrong: what, and where.</summary>
/// <param name="Message">A short sentence, the same for every fault of its kind: "Field value is invalid".</param>
/// <param name="Details">The place and the reason: "field_values[0].value: 'x' is not a number". Null where the message says all.</param>
public sealed record Fault(string Message, string? Details = null);

/// <summary>A refusal: its kind and everything that was found wrong, in the order of the request.</summary>
/// <param name="Kind">The kind, which decides the status.</param>
/// <param name="Faults">At least one fault.</param>
/// <param name="RetryAfter">How long a caller should wait before it tries again; only with RateLimited and Unavailable.</param>
public sealed record Problem(ProblemKind Kind, IReadOnlyList<Fault> Faults, TimeSpan? RetryAfter = null)
{
    /// <summary>A refusal with a single fault.</summary>
    public static Problem Of(ProblemKind kind, string message, string? details = null, TimeSpan? retryAfter = null)
        => new(kind, [new Fault(message, details)], retryAfter);

    /// <summary>422 with one fault.</summary>
    public static Problem Invalid(string message, string? details = null) => Of(ProblemKind.Invalid, message, details);

    /// <summary>400 with one fault.</summary>
    public static Problem Malformed(string message, string? details = null) => Of(ProblemKind.Malformed, message, details);

    /// <summary>404: "Record not found", with the id that was asked for.</summary>
    public static Problem NotFound(string what, string? details = null) => Of(ProblemKind.NotFound, $"{what} not found", details);
}
