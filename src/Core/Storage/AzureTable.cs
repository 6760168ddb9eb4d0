using System.Net;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Storage;

/// <summary>A table of the account. Reads are retried by the SDK, transactions never.</summary>
internal sealed partial class AzureTable(
    string name, TableClient reads, TableClient transactions, StorageOptions options, TimeProvider time, ILogger<AzureTable> logger) : ITable
{
    public string Name => name;

    // A key that no row can have is not asked for: the service would answer 400.
    public Task<Row?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
        => !TransactionRules.IsKey(partitionKey) || !TransactionRules.IsKey(rowKey) ? Task.FromResult<Row?>(null) : StorageFailure.ThrowingUnavailable(
            async cancellation =>
            {
                var answer = await reads.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, cancellationToken: cancellation);
                if (answer.HasValue)
                    return TableRows.Row(answer.Value!);
                return IsMissingTable(answer.GetRawResponse())
                    ? throw new StorageUnavailableException("Storage is unavailable: the table is missing")
                    : (Row?)null;
            },
            options.ReadTimeout,
            time,
            cancellationToken);

    public Task<RowPage> ReadAsync(RowRange range, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.Take, StorageLimits.RowsPerPage);
        return StorageFailure.ThrowingUnavailable(
            async cancellation =>
            {
                var filter = TableClient.CreateQueryFilter($"PartitionKey eq {range.PartitionKey} and RowKey ge {range.From} and RowKey lt {range.To}");
                var pages = reads.QueryAsync<TableEntity>(filter, range.Take, cancellationToken: cancellation).AsPages(range.Continuation);
                await foreach (var page in pages)
                    return new RowPage([.. page.Values.Select(TableRows.Row)], page.ContinuationToken);
                return new RowPage([], null);
            },
            options.ReadTimeout,
            time,
            cancellationToken);
    }

    public async Task<TransactionOutcome> TransactAsync(string partitionKey, IReadOnlyList<RowAction> actions, CancellationToken cancellationToken)
    {
        if (TransactionRules.Refusal(partitionKey, actions) is { } refusal)
            return refusal;

        using var deadline = new CancellationTokenSource(options.TransactionTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var answer = await transactions.SubmitTransactionAsync(actions.Select(TableRows.ToTransactionAction), either.Token);
            return new TransactionOutcome(TransactionStatus.Committed, [.. answer.Value.Select(ETagOf)]);
        }
        catch (RequestFailedException failure) when (failure.Status > 0)
        {
            var outcome = TransactionOutcome.Of(StatusOf(failure), ActionOf(failure), StorageFailure.Reason(failure));
            if (outcome.Status == TransactionStatus.Unknown)
                LogUnknown(name, outcome.Reason);
            return outcome;
        }
#pragma warning disable CA1031 // Whatever else happens after the request may have left says nothing about its effect.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var reason = StorageFailure.Reason(failure);
            LogUnknown(name, reason);
            return TransactionOutcome.Of(TransactionStatus.Unknown, reason: reason);
        }
    }

    private static string ETagOf(Response answer) => answer.Headers.ETag?.ToString() ?? "";

    private static int? ActionOf(RequestFailedException failure) => (failure as TableTransactionFailedException)?.FailedTransactionActionIndex;

    // A missing or vanishing table, a lost permission and throttling pass: the same transaction may well succeed later.
    private static TransactionStatus StatusOf(RequestFailedException failure) => (HttpStatusCode)failure.Status switch
    {
        HttpStatusCode.PreconditionFailed => TransactionStatus.PreconditionFailed,
        HttpStatusCode.Conflict when failure.ErrorCode == TableErrorCode.EntityAlreadyExists => TransactionStatus.AlreadyExists,
        HttpStatusCode.NotFound when failure.ErrorCode == TableErrorCode.ResourceNotFound => TransactionStatus.NotFound,
        HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => TransactionStatus.Rejected,
        _ => TransactionStatus.Unknown,
    };

    private static bool IsMissingTable(Response answer)
        => answer.Content?.ToString().Contains("TableNotFound", StringComparison.Ordinal) == true;

    [LoggerMessage(1, LogLevel.Warning, "A transaction on table {Table} ended without a definite answer: {Reason}")]
    private partial void LogUnknown(string table, string? reason);
}
