using Casefile.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Partitions;

/// <summary>Who does which kind of owed work, and the doing of it. Handlers register at start, since they themselves work on partitions.</summary>
public sealed partial class OwedWorkHandlers(IStorage storage, ILogger<OwedWorkHandlers> logger)
{
    private readonly Dictionary<string, IOwedWorkHandler> handlers = new(StringComparer.Ordinal);

    /// <summary>Registers a handler. Done once at start, before the first request.</summary>
    public void Add(IOwedWorkHandler handler)
    {
        foreach (var kind in handler.Kinds) handlers.Add(kind, handler);
    }

    /// <summary>Does the work of a row and deletes the row. False when the work failed: it stays for the maintenance timer.</summary>
    internal async Task<bool> TryDoAsync(PartitionAddress owner, Row row, CancellationToken cancellationToken)
    {
        var (version, work) = OwedRow.Read(row);
        try
        {
            if (!handlers.TryGetValue(work.Kind, out var handler))
                throw new UnknownFormatException($"No handler does owed work of the kind '{work.Kind}'.");
            await handler.DoAsync(owner, version, work, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever it is, the work stays owed and is tried again; it is logged and counted.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(exception, work.Kind, owner, version);
            return false;
        }

        // A row that stays behind is done once more by maintenance, which does no harm.
        await storage.Table(owner.Table).TransactAsync(
            owner.Key, [RowAction.Delete(owner.Key, row.RowKey, RowAction.AnyETag)], cancellationToken);
        return true;
    }

    [LoggerMessage(2001, LogLevel.Warning, "Owed work {Kind} of {Owner} at version {Version} failed and will be tried again")]
    private partial void LogFailed(Exception exception, string kind, PartitionAddress owner, long version);
}
