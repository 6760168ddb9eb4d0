using Casefile.Core.Storage;

namespace Casefile.Core.Tests.Histories;

/// <summary>Rows that were read already, as a table that answers at once: what reads a table reads them without leaving the moment.</summary>
internal sealed class StoredRows(IReadOnlyList<Row> rows) : ITable
{
    public string Name => "rows";

    public Task<Row?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
        => Task.FromResult(rows.FirstOrDefault(row => row.RowKey == rowKey));

    public Task<RowPage> ReadAsync(RowRange range, CancellationToken cancellationToken)
        => Task.FromResult(new RowPage(
            [.. rows.Where(row => string.CompareOrdinal(row.RowKey, range.From) >= 0 && string.CompareOrdinal(row.RowKey, range.To) < 0)], null));

    public Task<TransactionOutcome> TransactAsync(string partitionKey, IReadOnlyList<RowAction> actions, CancellationToken cancellationToken)
        => throw new NotSupportedException();
}
