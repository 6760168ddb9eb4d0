namespace Casefile.Core.Storage.Embedded;

/// <summary>A table of the file. Reads are answered where they are asked: they take microseconds, less than handing them over would.</summary>
internal sealed class EmbeddedTable(
    string name, TransactionWriter writer, ReaderPool readers, StorageOptions options, TimeProvider time, StorageReport report) : ITable
{
    public string Name => name;

    public Task<Row?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<Row?>(cancellationToken);
        if (!TransactionRules.IsKey(partitionKey) || !TransactionRules.IsKey(rowKey)) return Task.FromResult<Row?>(null);
        return Read(StorageRequestKind.PointRead, reader => reader.Get(name, partitionKey, rowKey));
    }

    public Task<RowPage> ReadAsync(RowRange range, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.Take, StorageLimits.RowsPerPage);
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<RowPage>(cancellationToken);
        return Read(StorageRequestKind.RangeRead, reader => reader.Read(name, range));
    }

    public async Task<TransactionOutcome> TransactAsync(string partitionKey, IReadOnlyList<RowAction> actions, CancellationToken cancellationToken)
    {
        if (TransactionRules.Refusal(partitionKey, actions) is { } refusal) return refusal;
        if (cancellationToken.IsCancellationRequested) return Unknown("canceled");

        var started = time.GetTimestamp();
        var outcome = await SendAsync(new EncodedTransaction(name, partitionKey, actions), cancellationToken);
        report.Ended(StorageRequestKind.Transaction, StatusCode(outcome.Status), started);
        return outcome;
    }

    private async Task<TransactionOutcome> SendAsync(EncodedTransaction transaction, CancellationToken cancellationToken)
    {
        if (!writer.TrySend(transaction)) return Unknown("closed");
        try
        {
            return await transaction.Outcome.WaitAsync(options.TransactionTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Unknown("timeout");
        }
        catch (OperationCanceledException)
        {
            return Unknown("canceled");
        }
    }

    private Task<T> Read<T>(StorageRequestKind kind, Func<TableReader, T> read)
    {
        var started = time.GetTimestamp();
        try
        {
            var result = readers.Read(read);
            report.Ended(kind, result is null ? 404 : 200, started);
            return Task.FromResult(result);
        }
        catch (StorageUnavailableException unavailable)
        {
            report.Ended(kind, 0, started);
            return Task.FromException<T>(unavailable);
        }
    }

    private static TransactionOutcome Unknown(string reason) => TransactionOutcome.Of(TransactionStatus.Unknown, reason: reason);

    private static int StatusCode(TransactionStatus status) => status switch
    {
        TransactionStatus.Committed => 202,
        TransactionStatus.PreconditionFailed => 412,
        TransactionStatus.AlreadyExists => 409,
        TransactionStatus.NotFound => 404,
        _ => 0,
    };
}
