using Casefile.Core;
using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Http;

/// <summary>A request of a known caller, its parameters read.</summary>
internal sealed class Call(
    HttpRequest request,
    string requestId,
    ErrorShape errors,
    HttpOptions options,
    Caller caller,
    Parameters parameters) : Exchange(request, requestId, errors, options)
{
    /// <summary>Who asks.</summary>
    public Caller Caller { get; } = caller;

    /// <summary>Query string and body together.</summary>
    public Parameters Parameters { get; } = parameters;

    /// <summary>
    /// The versions that <c>If-Match</c> accepts; null for any (see <see cref="EntityTags.Expected"/>). A header that cannot be read is a fault of
    /// <see cref="Parameters"/>.
    /// </summary>
    public IfMatch? IfMatch() => EntityTags.Expected(Request, Parameters.Faults) is { } versions ? new IfMatch(versions) : null;

    /// <summary>The idempotency key of a create; null without one. A key that is not one is a fault of <see cref="Parameters"/>.</summary>
    /// <param name="endpoint">What the key is scoped to beside the caller: "teams", or "records/12" with the record type.</param>
    public Once? Once(string endpoint) => IdempotencyKeyHeader.Read(Request, Parameters.Faults) is { } key
        ? new Once(Caller.UserId, endpoint, key, Parameters.Fingerprint())
        : null;
}
