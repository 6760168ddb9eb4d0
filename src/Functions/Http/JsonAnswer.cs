using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Http;

/// <summary>
/// An answer in JSON. It is written when it is made, so that what goes wrong then is still answered as an error, and sent from that buffer.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Sending disposes the buffer; one that is never sent is the garbage collector's.")]
internal sealed class JsonAnswer : IResult, IStatusCodeHttpResult
{
    /// <summary>The Content-Type of every answer that is not of another kind by contract.</summary>
    public const string MediaType = "application/json; charset=utf-8";

    // No HTML context: text is sent as it is, which halves what is not ASCII.
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly int status;
    private readonly PooledBuffer buffer = new(1024);
    private readonly string contentType;
    private readonly string? etag;

    /// <param name="status">The HTTP status.</param>
    /// <param name="write">Writes exactly one JSON value.</param>
    /// <param name="etag">The entity tag with its quotes, or null.</param>
    /// <param name="contentType">The Content-Type.</param>
    public JsonAnswer(int status, Action<Utf8JsonWriter> write, string? etag = null, string contentType = MediaType)
    {
        (this.status, this.etag, this.contentType) = (status, etag, contentType);
        JsonWriters.Write(buffer, write);
    }

    /// <inheritdoc/>
    public int? StatusCode => status;

    /// <summary>The body.</summary>
    internal ReadOnlyMemory<byte> Body => buffer.Written;

    /// <summary>Sends it; or 304 without a body where a GET's <c>If-None-Match</c> names the entity tag. Once only.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (buffer)
        {
            var response = httpContext.Response;
            if (etag is not null) response.Headers[HeaderNames.ETag] = etag;
            if (status == StatusCodes.Status200OK && etag is not null && EntityTags.IsFresh(httpContext.Request, etag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            response.StatusCode = status;
            response.ContentType = contentType;
            response.ContentLength = buffer.Length;
            response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
            if (HttpMethods.IsHead(httpContext.Request.Method)) return;
            try
            {
                await response.Body.WriteAsync(buffer.Written, httpContext.RequestAborted);
            }
            catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
            {
                // The client has gone away; nobody is left to tell.
            }
        }
    }
}
