using Microsoft.Data.Sqlite;

namespace Casefile.Core.Storage.Embedded;

/// <summary>A connection that reads, with its statements for each table.</summary>
internal sealed class TableReader(SqliteConnection connection) : IDisposable
{
    // A page of the service ends after so many bytes too; it bounds what a read holds in memory.
    private const int PageBytes = 4 * 1024 * 1024;

    private readonly Dictionary<string, (Statement Get, Statement Range)> tables = TableNames.All.ToDictionary(
        name => name,
        name => (
            new Statement(connection, $"SELECT etag, properties FROM {name} WHERE partition = ?1 AND row = ?2"),
            new Statement(connection, $"SELECT etag, properties, row FROM {name} WHERE partition = ?1 AND row >= ?2 AND row < ?3 ORDER BY row LIMIT ?4")),
        StringComparer.Ordinal);

    public Row? Get(string table, string partitionKey, string rowKey)
    {
        var get = tables[table].Get;
        try
        {
            Bind(get, 1, partitionKey);
            Bind(get, 2, rowKey);
            return get.Next() ? Row(get, partitionKey, rowKey) : null;
        }
        finally
        {
            get.Reset();
        }
    }

    /// <summary>A page of a range. Its continuation is the key of the first row after it.</summary>
    public RowPage Read(string table, RowRange range)
    {
        var read = tables[table].Range;
        try
        {
            Bind(read, 1, range.PartitionKey);
            Bind(read, 2, range.Continuation ?? range.From);
            Bind(read, 3, range.To);
            read.Bind(4, range.Take + 1);
            List<Row> rows = [];
            var bytes = 0;
            while (read.Next())
            {
                var rowKey = OrdinalKey.Decode(read.Bytes(2));
                if (rows.Count == range.Take || bytes >= PageBytes) return new RowPage(rows, rowKey);
                bytes += read.Bytes(1).Length;
                rows.Add(Row(read, range.PartitionKey, rowKey));
            }

            return new RowPage(rows, null);
        }
        finally
        {
            read.Reset();
        }
    }

    public void Dispose()
    {
        foreach (var (get, range) in tables.Values)
        {
            get.Dispose();
            range.Dispose();
        }

        connection.Dispose();
    }

    private static Row Row(Statement row, string partitionKey, string rowKey)
        => new(partitionKey, rowKey, RowBytes.Decode(row.Bytes(1)), ETags.Text(row.Integer(0)));

    private static void Bind(Statement statement, int position, string key)
    {
        var max = OrdinalKey.MaxBytes(key);
        Span<byte> bytes = max <= StorageLimits.KeyBytes ? stackalloc byte[max] : new byte[max];
        statement.Bind(position, bytes[..OrdinalKey.Encode(key, bytes)]);
    }
}
