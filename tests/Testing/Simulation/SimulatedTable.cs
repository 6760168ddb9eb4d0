using Casefile.Core.Storage;

namespace Casefile.Testing.Simulation;

/// <summary>A table of <see cref="SimulatedStorage"/>.</summary>
internal sealed class SimulatedTable(SimulatedStorage storage, string name) : ITable
{
    private readonly Dictionary<string, SortedList<string, Row>> partitions = new(StringComparer.Ordinal);

    public string Name => name;

    public async Task<Row?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        storage.Counts.PointRead();
        if (storage.BeforeRead is { } hook)
            await hook(name, partitionKey, rowKey);
        await storage.Travel(cancellationToken);
        storage.ArriveAsRead();
        var row = storage.Instantly(() => Partition(partitionKey).GetValueOrDefault(rowKey));
        await storage.Travel(cancellationToken);
        return row;
    }

    public async Task<RowPage> ReadAsync(RowRange range, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.Take, StorageLimits.RowsPerPage);
        storage.Counts.RangeRead();
        if (storage.BeforeRead is { } hook)
            await hook(name, range.PartitionKey, range.From);
        await storage.Travel(cancellationToken);
        storage.ArriveAsRead();
        var take = storage.Draw(storage.Faults.OddPages) ? storage.OddPage(range.Take) : range.Take;
        var page = storage.Instantly(() => Page(range, take));
        await storage.Travel(cancellationToken);
        return page;
    }

    public async Task<TransactionOutcome> TransactAsync(string partitionKey, IReadOnlyList<RowAction> actions, CancellationToken cancellationToken)
    {
        if (TransactionRules.Refusal(partitionKey, actions) is { } refusal)
            return refusal;

        storage.Counts.Transaction();
        RowAction[] sent = [.. actions];
        var transaction = new SimulatedTransaction(name, partitionKey, sent);
        if (storage.BeforeTransaction is { } before)
            await before(transaction);
        var effect = default(TransactionOutcome);
        var answer = TransactionOutcome.Of(TransactionStatus.Unknown, reason: "Canceled");
        try
        {
            await storage.Travel(cancellationToken);
            (effect, answer) = Arrive(partitionKey, sent, storage.DrawFault());
            await storage.Travel(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            answer = TransactionOutcome.Of(TransactionStatus.Unknown, reason: "Canceled");
        }

        if (storage.AfterTransaction is { } after)
            await after(transaction with { Effect = effect, Answer = answer });
        return answer;
    }

    internal IReadOnlyList<Row> Rows(string partitionKey) => storage.Instantly<IReadOnlyList<Row>>(() => [.. Partition(partitionKey).Values]);

    internal Row? Row(string partitionKey, string rowKey) => storage.Instantly(() => Partition(partitionKey).GetValueOrDefault(rowKey));

    private (TransactionOutcome? Effect, TransactionOutcome Answer) Arrive(string partitionKey, RowAction[] actions, TransactionFault? fault)
    {
        storage.ArriveWhatIsDue();
        switch (fault)
        {
            case TransactionFault.RequestLost:
                return (null, TransactionOutcome.Of(TransactionStatus.Unknown, reason: "The request was lost"));
            case TransactionFault.Throttled:
                return (null, TransactionOutcome.Of(TransactionStatus.Unknown, reason: "ServerBusy"));
            case TransactionFault.Rejected:
                var rejected = TransactionOutcome.Of(TransactionStatus.Rejected, reason: "InvalidInput");
                return (rejected, rejected);
            case TransactionFault.ArrivesLate:
                storage.ArriveLater(() => Apply(partitionKey, actions));
                return (null, TransactionOutcome.Of(TransactionStatus.Unknown, reason: "OperationTimedOut"));
            case TransactionFault.ReplyLost:
                return (storage.Instantly(() => Apply(partitionKey, actions)), TransactionOutcome.Of(TransactionStatus.Unknown, reason: "The reply was lost"));
            default:
                var outcome = storage.Instantly(() => Apply(partitionKey, actions));
                return (outcome, outcome);
        }
    }

    private TransactionOutcome Apply(string partitionKey, RowAction[] actions)
    {
        var rows = Partition(partitionKey);
        for (var index = 0; index < actions.Length; index++)
            if (Conflict(actions[index], rows.GetValueOrDefault(actions[index].Row.RowKey)) is { } status)
                return TransactionOutcome.Of(status, index, status.ToString());

        var etags = new string[actions.Length];
        for (var index = 0; index < actions.Length; index++)
        {
            var (action, key) = (actions[index], actions[index].Row.RowKey);
            etags[index] = action.Kind == RowActionKind.Delete ? "" : storage.NextETag();
            if (action.Kind == RowActionKind.Delete)
                rows.Remove(key);
            else
                rows[key] = Stored(action.Row, etags[index]);
        }

        return new TransactionOutcome(TransactionStatus.Committed, etags);
    }

    private static TransactionStatus? Conflict(RowAction action, Row? stored) => action.Kind switch
    {
        RowActionKind.Put => null,
        RowActionKind.Insert => stored is null ? null : TransactionStatus.AlreadyExists,
        _ when stored is null => TransactionStatus.NotFound,
        _ when action.ETag == RowAction.AnyETag || action.ETag == stored.ETag => null,
        _ => TransactionStatus.PreconditionFailed,
    };

    // A copy as the service would give it back: nobody who holds the row sent can change the row stored, and dates are UTC.
    private static Row Stored(Row row, string etag) => row with
    {
        Properties = row.Properties.ToDictionary(
            property => property.Key,
            property => property.Value switch
            {
                byte[] bytes => bytes.ToArray(),
                DateTimeOffset date => date.ToUniversalTime(),
                var value => value,
            },
            StringComparer.Ordinal),
        ETag = etag,
    };

    private RowPage Page(RowRange range, int take)
    {
        var from = range.Continuation ?? range.From;
        var stored = Partition(range.PartitionKey);
        List<Row> rows = [];
        for (var place = stored.PlaceOf(from); place < stored.Count && string.CompareOrdinal(stored.GetKeyAtIndex(place), range.To) < 0; place++)
        {
            if (rows.Count == take) return new RowPage(rows, stored.GetKeyAtIndex(place));
            rows.Add(stored.GetValueAtIndex(place));
        }

        return new RowPage(rows, null);
    }

    private SortedList<string, Row> Partition(string partitionKey)
    {
        if (!partitions.TryGetValue(partitionKey, out var rows))
            partitions[partitionKey] = rows = new SortedList<string, Row>(StringComparer.Ordinal);
        return rows;
    }
}
