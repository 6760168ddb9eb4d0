using Microsoft.Extensions.Logging;

namespace Casefile.Functions;

internal static partial class StorageServicesLog
{
    [LoggerMessage(5003, LogLevel.Warning, "Storage is away while the service starts, and is asked again: {Reason}")]
    public static partial void StorageAwayAtStart(this ILogger log, string reason);
}
