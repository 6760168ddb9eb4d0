using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>How a commit ended, for certain.</summary>
internal enum CommitEnd
{
    Won,
    Lost,

    /// <summary>Lost because a row that should have been new was there.</summary>
    LostToExistingRow,

    /// <summary>The service does not take the content of an action.</summary>
    Rejected,
}

/// <summary>The end of a commit.</summary>
/// <param name="End">How it ended.</param>
/// <param name="ETags">The ETags of the actions; empty where the answer that held them was lost.</param>
/// <param name="Reason">The service's word on a rejection.</param>
internal sealed record SentCommit(CommitEnd End, IReadOnlyList<string> ETags, string? Reason = null);

/// <summary>
/// Sends a commit until its end is certain. A missing answer says nothing, so the identical transaction is sent again, as it is when its content is rejected for
/// the first time; and a refusal may be what one's own success looks like when its answer was lost, so the log row of the version that was tried tells who won it.
/// </summary>
internal sealed class TransactionSender(ITable table, PartitionOptions options)
{
    public async Task<SentCommit> SendAsync(
        string partitionKey, IReadOnlyList<RowAction> actions, long version, Guid commitId, CancellationToken cancellationToken)
    {
        var rejections = 0;
        for (var attempt = 0; ; attempt++)
        {
            var outcome = await table.TransactAsync(partitionKey, actions, CancellationToken.None);
            switch (outcome.Status)
            {
                case TransactionStatus.Committed:
                    return new SentCommit(CommitEnd.Won, outcome.ETags);
                case TransactionStatus.Rejected when rejections++ == 0:
                    // A request that was cut short on its way is called a bad one, too.
                    break;
                case TransactionStatus.Unknown:
                    break;
                default:
                    if (await EndAsync(partitionKey, outcome, version, commitId, cancellationToken) is { } end) return end;
                    break;
            }

            await options.Delay(Backoff.Jittered(options, attempt), cancellationToken);
        }
    }

    private async Task<SentCommit?> EndAsync(
        string partitionKey, TransactionOutcome outcome, long version, Guid commitId, CancellationToken cancellationToken)
    {
        try
        {
            var winner = await CommitLog.CommitOfAsync(table, partitionKey, version, cancellationToken);
            if (winner == commitId) return new SentCommit(CommitEnd.Won, []);
        }
        catch (StorageUnavailableException)
        {
            return null;
        }

        return outcome.Status switch
        {
            TransactionStatus.AlreadyExists => new SentCommit(CommitEnd.LostToExistingRow, []),
            TransactionStatus.Rejected => new SentCommit(CommitEnd.Rejected, [], outcome.Reason),
            _ => new SentCommit(CommitEnd.Lost, []),
        };
    }
}
