using Microsoft.Extensions.Logging;

namespace Casefile.Functions.Http;

/// <summary>What requests leave in the log: never a key, a parameter or a value.</summary>
internal static partial class EndpointsLog
{
    [LoggerMessage(5001, LogLevel.Error, "{Method} {Path} failed unforeseen, request {RequestId}: {Trace}")]
    public static partial void Unforeseen(this ILogger log, string method, string path, string requestId, string trace);

    [LoggerMessage(5002, LogLevel.Warning, "{Method} {Path} found storage unavailable, request {RequestId}: {Reason}")]
    public static partial void StorageUnavailable(this ILogger log, string method, string path, string requestId, string reason);
}
