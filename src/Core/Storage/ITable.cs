namespace Casefile.Core.Storage;

/// <summary>
/// One table, reduced to what the service needs of it: point reads, ordered range reads within a partition, and entity
/// group transactions. Every implementation refuses what the real service refuses (<see cref="StorageLimits"/>).
/// </summary>
public interface ITable
{
    /// <summary>The table's name: <c>records</c>, <c>tenant</c>, <c>directory</c>, <c>due</c>.</summary>
    string Name { get; }

    /// <summary>A point read: the row, or null when there is none.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer after retries.</exception>
    Task<Row?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken);

    /// <summary>One page of a range of rows, in ascending ordinal order of their row keys.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer after retries.</exception>
    Task<RowPage> ReadAsync(RowRange range, CancellationToken cancellationToken);

    /// <summary>
    /// Sends one entity group transaction, once: no retries. All actions take effect or none. What the real service would
    /// refuse for its size or keys is <see cref="TransactionStatus.Rejected"/>, found before anything is sent where that is possible.
    /// </summary>
    /// <param name="partitionKey">The partition that every row of the actions is in.</param>
    /// <param name="actions">1..100 actions, each row at most once.</param>
    /// <param name="cancellationToken">Gives up waiting, which leaves the outcome <see cref="TransactionStatus.Unknown"/>.</param>
    Task<TransactionOutcome> TransactAsync(string partitionKey, IReadOnlyList<RowAction> actions, CancellationToken cancellationToken);
}

/// <summary>Which rows to read.</summary>
/// <param name="PartitionKey">The partition.</param>
/// <param name="From">The lowest row key, inclusive.</param>
/// <param name="To">The upper bound of row keys, exclusive.</param>
/// <param name="Take">How many rows at most, 1..1000: a page of the service.</param>
/// <param name="Continuation">The continuation of the page before this one, or null for the first.</param>
public sealed record RowRange(string PartitionKey, string From, string To, int Take = 1000, string? Continuation = null)
{
    /// <summary>All rows whose key begins with this prefix.</summary>
    public static RowRange Prefix(string partitionKey, string prefix, int take = 1000)
        => new(partitionKey, prefix, prefix[..^1] + (char)(prefix[^1] + 1), take);
}

/// <summary>Rows of a range. A page may be empty and still have a continuation: only a null continuation is the end.</summary>
/// <param name="Rows">The rows, in order.</param>
/// <param name="Continuation">Opaque; null when the range is exhausted.</param>
public sealed record RowPage(IReadOnlyList<Row> Rows, string? Continuation);

/// <summary>How a transaction ended.</summary>
public enum TransactionStatus
{
    /// <summary>All of it took effect (202).</summary>
    Committed,

    /// <summary>A row's ETag did not match; nothing took effect (412).</summary>
    PreconditionFailed,

    /// <summary>A row to insert was there already; nothing took effect (409).</summary>
    AlreadyExists,

    /// <summary>A row to replace or delete was not there; nothing took effect (404).</summary>
    NotFound,

    /// <summary>The content of an action, or of the whole, is against a limit of the service, or the request was cut short on its way; nothing took effect (400, 413).</summary>
    Rejected,

    /// <summary>No definite answer: it may have taken effect, or may yet (time-out, cut connection, 5xx, throttling).</summary>
    Unknown,
}

/// <summary>How a transaction ended, and what is known of it.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="ETags">The new ETags in the order of the actions (empty text for deletions); empty unless committed.</param>
/// <param name="FailedAction">The index of the action that was refused, where the service names one.</param>
/// <param name="Reason">The service's error code or the wrapper's own reason; never a row's content.</param>
public sealed record TransactionOutcome(
    TransactionStatus Status,
    IReadOnlyList<string> ETags,
    int? FailedAction = null,
    string? Reason = null)
{
    /// <summary>An outcome that carries no ETags.</summary>
    public static TransactionOutcome Of(TransactionStatus status, int? failedAction = null, string? reason = null)
        => new(status, [], failedAction, reason);
}
