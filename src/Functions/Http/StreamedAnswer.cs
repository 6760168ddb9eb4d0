using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Casefile.Core.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Http;

/// <summary>
/// An answer that is written while it is sent. What goes wrong after its first byte cuts the connection, so that a client never takes a part for the whole.
/// </summary>
/// <param name="contentType">The Content-Type.</param>
/// <param name="write">Writes the body; flushes as it goes, which waits for a client that reads slowly.</param>
internal sealed class StreamedAnswer(string contentType, Func<PipeWriter, CancellationToken, Task> write) : IResult, IStatusCodeHttpResult
{
    /// <inheritdoc/>
    public int? StatusCode => StatusCodes.Status200OK;

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "The answer has begun, so nobody else can say that it failed.")]
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = contentType;
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        try
        {
            await write(response.BodyWriter, httpContext.RequestAborted);
            await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
        catch (Exception gone) when (gone is OperationCanceledException || httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Abort();

            // The client has gone away; nobody is left to tell.
        }
        catch (Exception fault)
        {
            var log = httpContext.RequestServices.GetRequiredService<ILogger<StreamedAnswer>>();
            var requestId = response.Headers[RequestId.Header].ToString();
            if (fault is StorageUnavailableException) log.StorageUnavailable(httpContext.Request.Method, httpContext.Request.Path, requestId, fault.Message);
            else log.Unforeseen(httpContext.Request.Method, httpContext.Request.Path, requestId, $"{fault.GetType()}\n{fault.StackTrace}");
            httpContext.Abort();
        }
    }
}
