using System.Runtime.CompilerServices;
using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>
/// The table <c>due</c>: at most one row a partition, with the times at which the timers have to look at it. A time is only ever lowered
/// before the commit that needs it; the head's counters say what the table promises at the least, so most commits need not look.
/// </summary>
public sealed class DueTable(IStorage storage)
{
    /// <summary>The only partition of the table; a row a partition that has something to do, so a thousand types are one page.</summary>
    private const string PartitionKey = "due";

    /// <summary>Outcomes that nobody's success explains, such as time-outs, before a write is given up.</summary>
    private const int MostFailures = 20;

    private const string TableProperty = "table";
    private const string KeyProperty = "key";

    private readonly ITable table = storage.Table(TableNames.Due);

    /// <summary>The head counter that holds what is promised: Unix milliseconds, 0 for nothing.</summary>
    internal static string Counter(DueKind kind) => kind == DueKind.Retention ? "due_retention" : "due_maintenance";

    /// <summary>The partitions that a timer has to look at now.</summary>
    /// <param name="kind">Which timer.</param>
    /// <param name="now">What is due at or before this time.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<DuePartition> ReadAsync(DueKind kind, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // From the lowest to the highest letter that a table's name begins with.
        var range = new RowRange(PartitionKey, "a", "{");
        while (true)
        {
            var page = await table.ReadAsync(range, cancellationToken);
            foreach (var row in page.Rows)
            {
                if (row.Integer(Counter(kind)) is { } at && at <= now.ToUnixTimeMilliseconds())
                    yield return new DuePartition(new PartitionAddress(row.Text(TableProperty)!, row.Text(KeyProperty)!), row);
            }

            if (page.Continuation is null) yield break;
            range = range with { Continuation = page.Continuation };
        }
    }

    /// <summary>
    /// Makes sure that the timers look at a partition by these times. The row is written even where it promises as much: its new ETag keeps a
    /// timer that has just finished from taking it away.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage did not take it.</exception>
    internal async Task LowerAsync(PartitionAddress address, IReadOnlyDictionary<DueKind, DateTimeOffset> dues, CancellationToken cancellationToken)
    {
        var rowKey = RowKey(address);
        for (var failures = 0; failures < MostFailures;)
        {
            var stored = await table.GetAsync(PartitionKey, rowKey, cancellationToken);
            var properties = stored is null
                ? new Dictionary<string, object>(StringComparer.Ordinal) { [TableProperty] = address.Table, [KeyProperty] = address.Key }
                : new Dictionary<string, object>(stored.Properties, StringComparer.Ordinal);
            foreach (var (kind, at) in dues)
            {
                var time = at.ToUnixTimeMilliseconds();
                properties[Counter(kind)] = stored?.Integer(Counter(kind)) is { } before ? Math.Min(before, time) : time;
            }

            var row = new Row(PartitionKey, rowKey, properties);
            var outcome = await table.TransactAsync(
                PartitionKey, [stored is null ? RowAction.Insert(row) : RowAction.Replace(row, stored.ETag)], cancellationToken);
            if (outcome.Status == TransactionStatus.Committed) return;
            // A race that is lost is one that another has won: of any number that race, each gets its turn.
            if (outcome.Status is not (TransactionStatus.AlreadyExists or TransactionStatus.NotFound or TransactionStatus.PreconditionFailed)) failures++;
            cancellationToken.ThrowIfCancellationRequested();
        }

        throw new StorageUnavailableException($"The due row of {address} could not be written.");
    }

    /// <summary>Moves the row of a partition that a timer has looked at, unless somebody lowered it meanwhile.</summary>
    internal async Task MoveAsync(DuePartition due, DueKind kind, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        var properties = new Dictionary<string, object>(due.Row.Properties, StringComparer.Ordinal);
        if (next is { } at) properties[Counter(kind)] = at.ToUnixTimeMilliseconds();
        else properties.Remove(Counter(kind));

        var idle = !properties.ContainsKey(Counter(DueKind.Retention)) && !properties.ContainsKey(Counter(DueKind.Maintenance));
        // A row that changed meanwhile stays as it is: the worst that can come of it is that a timer looks once too often.
        await table.TransactAsync(
            PartitionKey,
            [
                idle
                    ? RowAction.Delete(PartitionKey, due.Row.RowKey, due.Row.ETag)
                    : RowAction.Replace(due.Row with { Properties = properties }, due.Row.ETag),
            ],
            cancellationToken);
    }

    private static string RowKey(PartitionAddress address) => $"{address.Table}-{address.Key}";
}

/// <summary>A partition that a timer has to look at.</summary>
/// <param name="Address">The partition.</param>
/// <param name="Row">Its row of the <c>due</c> table.</param>
public sealed record DuePartition(PartitionAddress Address, Row Row);
