using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>
/// The first rows under a prefix, as of the partition's current version: all rows from the prefix's beginning up to a bound. Kept right by
/// every change of a row below the bound, so the oldest record of a type is known without asking storage each time.
/// </summary>
internal sealed class RowWindow
{
    private const int RowsPerLoad = 200;

    private readonly SortedDictionary<string, Row> rows = new(StringComparer.Ordinal);

    /// <summary>Rows with keys below this are known; null when all rows of the prefix are.</summary>
    private string? bound;

    private readonly string prefix;

    private string? continuation;

    public RowWindow(string prefix) => this.prefix = bound = prefix;

    public bool IsComplete => bound is null;

    public IEnumerable<Row> Rows => rows.Values;

    public int Count => rows.Count;

    /// <summary>Whether a key of this prefix lies in the part that is known.</summary>
    public bool Covers(string rowKey) => bound is null || string.CompareOrdinal(rowKey, bound) < 0;

    public void Apply(string rowKey, Row? row)
    {
        if (!rowKey.StartsWith(prefix, StringComparison.Ordinal) || !Covers(rowKey)) return;
        if (row is null) rows.Remove(rowKey);
        else rows[rowKey] = row;
    }

    /// <summary>Extends the window by a page.</summary>
    public async Task LoadMoreAsync(ITable table, string partitionKey, CancellationToken cancellationToken)
    {
        var range = RowRange.Prefix(partitionKey, prefix, RowsPerLoad) with { From = bound!, Continuation = continuation };
        var page = await table.ReadAsync(range, cancellationToken);
        foreach (var row in page.Rows) rows[row.RowKey] = row;
        continuation = page.Rows.Count == 0 ? page.Continuation : null;
        if (page.Continuation is null) bound = null;
        // "!" sorts below every character that a key goes on with.
        else if (page.Rows.Count > 0) bound = page.Rows[^1].RowKey + "!";
    }
}
