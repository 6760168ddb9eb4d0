using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Http;

/// <summary>The header <c>Idempotency-Key</c> (common.md, "Beyond the reference services").</summary>
internal static class IdempotencyKeyHeader
{
    /// <summary>The header's name.</summary>
    public const string Name = "Idempotency-Key";

    /// <summary>Says in an answer that it is the first one's.</summary>
    public const string Replayed = "idempotency-replayed";

    private const int Longest = 255;

    /// <summary>The key as it was sent: 1..255 printable ASCII characters. Null without the header, or when it is wrong.</summary>
    public static string? Read(HttpRequest request, ParameterFaults faults)
    {
        var header = request.Headers[Name];
        if (header.Count == 0) return null;
        if (header is [{ Length: > 0 and <= Longest } key] && !key.AsSpan().ContainsAnyExceptInRange(' ', '~')) return key;
        faults.Malformed("Header is invalid", "idempotency-key: must be 1 to 255 printable ASCII characters, once");
        return null;
    }
}
