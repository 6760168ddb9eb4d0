using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Http;

/// <summary>The id under which a request is in the log and in every answer's <c>x-request-id</c>.</summary>
internal static class RequestId
{
    /// <summary>The header's name.</summary>
    public const string Header = "x-request-id";

    private const int Longest = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>The client's own id if it is sane (1..128 letters, digits, <c>- _ .</c>), so that its log and this one meet; else a new one.</summary>
    public static string Of(HttpRequest request)
        => request.Headers[Header] is [{ Length: > 0 and <= Longest } given] && !given.AsSpan().ContainsAnyExcept(Allowed)
            ? given
            : Guid.CreateVersion7().ToString("N");
}
