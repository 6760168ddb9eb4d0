using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Casefile.LocalHost;

/// <summary>An exception that a function lets out is answered as the Functions host answers it: 500, and nothing else.</summary>
internal static partial class EmptyAnswerToFaults
{
    public static async Task Handle(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (Exception fault)
        {
            var log = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Casefile.LocalHost");
            Failed(log, http.GetEndpoint()?.DisplayName, fault);
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Function {Function} failed.")]
    private static partial void Failed(ILogger logger, string? function, Exception fault);
}
