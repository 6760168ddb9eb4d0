using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Casefile.Core.Replicas;

/// <summary>A prepared question whether the row of an id meets a condition, whose values are bound once.</summary>
internal sealed class RowTest : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly int id;

    /// <param name="connection">Where the row is looked for, within whatever transaction is open there.</param>
    /// <param name="table">The table, whose key is <c>id</c>.</param>
    /// <param name="condition">The condition, its values named by <see cref="ReplicaReader.ParameterName"/>.</param>
    /// <param name="values">The values.</param>
    public RowTest(SqliteConnection connection, string table, string condition, IReadOnlyList<object> values)
    {
        database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_prepare_v2(database, $"SELECT 1 FROM {table} WHERE id = $id AND ({condition})", out statement), database);
        id = raw.sqlite3_bind_parameter_index(statement, "$id");
        for (var i = 0; i < values.Count; i++)
        {
            var place = raw.sqlite3_bind_parameter_index(statement, ReplicaReader.ParameterName(i));
            // A parameter that the text does not use in the end has no place.
            if (place > 0) SqliteException.ThrowExceptionForRC(Binding.Bind(statement, place, values[i]), database);
        }
    }

    /// <summary>Whether the row is there and meets the condition.</summary>
    /// <exception cref="SqliteException">SQLite refused.</exception>
    public bool Holds(long rowId)
    {
        raw.sqlite3_bind_int64(statement, id, rowId);
        var stepped = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        if (stepped is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) SqliteException.ThrowExceptionForRC(stepped, database);
        return stepped == raw.SQLITE_ROW;
    }

    public void Dispose() => statement.Dispose();
}
