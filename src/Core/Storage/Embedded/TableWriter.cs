using Microsoft.Data.Sqlite;

namespace Casefile.Core.Storage.Embedded;

/// <summary>The statements that change a table. Each finds its row once: what was wrong is looked up only after one has changed nothing.</summary>
internal sealed class TableWriter(SqliteConnection connection, string table) : IDisposable
{
    private const string ThisRow = "partition = ?1 AND row = ?2";

    private readonly Statement insert = new(connection, $"INSERT INTO {table} VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");

    private readonly Statement put = new(
        connection, $"INSERT INTO {table} VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET etag = ?3, properties = ?4");

    private readonly Statement replace = new(connection, $"UPDATE {table} SET etag = ?3, properties = ?4 WHERE {ThisRow}");
    private readonly Statement replaceIf = new(connection, $"UPDATE {table} SET etag = ?3, properties = ?4 WHERE {ThisRow} AND etag = ?5");
    private readonly Statement delete = new(connection, $"DELETE FROM {table} WHERE {ThisRow}");
    private readonly Statement deleteIf = new(connection, $"DELETE FROM {table} WHERE {ThisRow} AND etag = ?3");
    private readonly Statement find = new(connection, $"SELECT 1 FROM {table} WHERE {ThisRow}");

    /// <summary>Does what an action says.</summary>
    /// <returns>Null when it is done, else why nothing was changed.</returns>
    public TransactionStatus? Apply(EncodedTransaction transaction, in EncodedAction action, long etag)
    {
        var statement = (action.Kind, action.ETag) switch
        {
            (RowActionKind.Insert, _) => insert,
            (RowActionKind.Put, _) => put,
            (RowActionKind.Replace, null) => replace,
            (RowActionKind.Replace, _) => replaceIf,
            (_, null) => delete,
            _ => deleteIf,
        };
        statement.Bind(1, transaction.Partition).Bind(2, transaction.RowKey(action));
        if (action.Kind == RowActionKind.Delete)
        {
            if (action.ETag is { } condition) statement.Bind(3, condition);
        }
        else
        {
            statement.Bind(3, etag).Bind(4, transaction.Properties(action));
            if (action.ETag is { } condition) statement.Bind(5, condition);
        }

        if (statement.Run() > 0) return null;
        if (action.Kind == RowActionKind.Insert) return TransactionStatus.AlreadyExists;
        return Exists(transaction, action) ? TransactionStatus.PreconditionFailed : TransactionStatus.NotFound;
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)[insert, put, replace, replaceIf, delete, deleteIf, find]) statement.Dispose();
    }

    private bool Exists(EncodedTransaction transaction, in EncodedAction action)
    {
        try
        {
            return find.Bind(1, transaction.Partition).Bind(2, transaction.RowKey(action)).Next();
        }
        finally
        {
            find.Reset();
        }
    }
}
