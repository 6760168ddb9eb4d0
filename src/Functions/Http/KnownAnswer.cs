using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Http;

/// <summary>
/// An answer whose entity tag is known, and whose bytes may be: it is sent as they stand, or as 304 where the client's <c>If-None-Match</c> names the tag.
/// </summary>
/// <param name="etag">The entity tag with its quotes.</param>
/// <param name="body">The JSON; null where the client is known to have it.</param>
internal sealed class KnownAnswer(string etag, byte[]? body) : IResult, IStatusCodeHttpResult
{
    /// <summary>Clients may keep the answer, and have to ask before they use it again.</summary>
    public const string CacheControl = "private, no-cache";

    /// <inheritdoc/>
    public int? StatusCode => body is null ? StatusCodes.Status304NotModified : StatusCodes.Status200OK;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers[HeaderNames.ETag] = etag;
        response.Headers[HeaderNames.CacheControl] = CacheControl;
        if (body is null)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = JsonAnswer.MediaType;
        response.ContentLength = body.Length;
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        return response.Body.WriteAsync(body, 0, body.Length, CancellationToken.None);
    }
}
