using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Casefile.Core.Storage.Embedded;

/// <summary>A prepared statement without the library's parameter objects: values are bound by position, from 1, and columns read in place.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;

    public Statement(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(database, sql, out statement));
    }

    public Statement Bind(int position, ReadOnlySpan<byte> bytes)
    {
        Check(raw.sqlite3_bind_blob(statement, position, bytes));
        return this;
    }

    public Statement Bind(int position, long number)
    {
        Check(raw.sqlite3_bind_int64(statement, position, number));
        return this;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="SqliteException">SQLite refused.</exception>
    public int Run()
    {
        try
        {
            Check(raw.sqlite3_step(statement));
            return raw.sqlite3_changes(database);
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    /// <summary>Goes to the next row; false at the end. <see cref="Reset"/> comes after.</summary>
    public bool Next()
    {
        var stepped = raw.sqlite3_step(statement);
        Check(stepped);
        return stepped == raw.SQLITE_ROW;
    }

    /// <summary>A column of the present row; good until the next one.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    public long Integer(int column) => raw.sqlite3_column_int64(statement, column);

    public void Reset() => raw.sqlite3_reset(statement);

    public void Dispose() => statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, database);
}
