using System.Globalization;
using System.Text.Json;
using Casefile.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Http;

/// <summary>
/// The JSON body of a request, in one pooled buffer that the document reads from. Disposed with the response, unless work on it may go on
/// after the answer: see <see cref="Keep"/>.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstCapacity = 4 * 1024;
    private const int TrustedLength = 1024 * 1024;

    private static readonly RequestBody None = new(null, null);

    private readonly PooledBuffer? buffer;
    private readonly JsonDocument? document;
    private bool kept;

    private RequestBody(PooledBuffer? buffer, JsonDocument? document) => (this.buffer, this.document) = (buffer, document);

    /// <summary>The body, an object; nothing when the request has none.</summary>
    public JsonElement? Root => document?.RootElement;

    /// <summary>
    /// Leaves the buffer to the garbage collector: a commit whose caller has given up may still be looking at it, and must never see the
    /// next request's bytes.
    /// </summary>
    public void Keep() => kept = true;

    /// <summary>Whether a request may have a body. Where the server cannot tell, it may.</summary>
    public static bool MayBe(HttpRequest request) => request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    /// <summary>Lifts the server's own limit, whose refusal would not have the contract's shape: the service counts for itself.</summary>
    public static void TakeAnyLength(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server) server.MaxRequestBodySize = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (kept) return;
        document?.Dispose();
        buffer?.Dispose();
    }

    /// <summary>Reads the body to its end, or refuses it: 413 over the limit, 415 when it is not JSON, 400 when it is broken.</summary>
    /// <param name="request">The request, its body not yet read.</param>
    /// <param name="limit">Bytes at most.</param>
    /// <param name="cancellationToken">The client has gone away.</param>
    public static async Task<Result<RequestBody>> ReadAsync(HttpRequest request, long limit, CancellationToken cancellationToken)
    {
        if (!MayBe(request)) return None;
        if (request.ContentLength > limit) return TooLarge(limit);

        TakeAnyLength(request);

        // A declared length is believed only up to a point: memory is taken as bytes arrive, not as they are promised.
        var buffer = new PooledBuffer((int)Math.Min(request.ContentLength + 1 ?? FirstCapacity, TrustedLength));
        RequestBody? body = null;
        try
        {
            while (await request.Body.ReadAsync(buffer.GetMemory(), cancellationToken) is > 0 and var read)
            {
                if (buffer.Length == 0 && NotJson(request.ContentType) is { } problem) return problem;
                buffer.Advance(read);
                if (buffer.Length > limit) return TooLarge(limit);
            }

            var result = Parse(buffer);
            body = result.Value;
            return result;
        }
        finally
        {
            if (body is null) buffer.Dispose();
        }
    }

    private static Result<RequestBody> Parse(PooledBuffer buffer)
    {
        if (buffer.Length == 0) return new RequestBody(buffer, null);

        var utf8 = buffer.Written;
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (!StrictJson.TryParse(utf8, out var document, out var reason)) return Problem.Malformed("Request body is not valid JSON", reason);
        if (document!.RootElement.ValueKind == JsonValueKind.Object) return new RequestBody(buffer, document);

        document.Dispose();
        return Problem.Malformed("Request body is not a JSON object", "body: must be an object of parameters");
    }

    private static Problem? NotJson(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType)) return null;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)) return Unsupported("cannot be read");
        if (type.Charset.HasValue && !IsUtf8(type.Charset.Value)) return Unsupported("names another charset than utf-8");
        if (type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return Unsupported("is that of a form; curl sends it with -d unless told otherwise");
        return type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
                ? null
                : Unsupported("is not one of JSON");
    }

    private static bool IsUtf8(string charset)
        => charset.Trim('"').ToUpperInvariant() is "UTF-8" or "UTF8" or "US-ASCII";

    private static Problem Unsupported(string why)
        => Problem.Of(ProblemKind.UnsupportedMediaType, "Request body must be JSON", $"content-type: {why}; send 'Content-Type: application/json'");

    private static Problem TooLarge(long limit) => Problem.Of(
        ProblemKind.TooLarge, "Request body is too large", string.Create(CultureInfo.InvariantCulture, $"body: at most {limit} bytes"));
}
