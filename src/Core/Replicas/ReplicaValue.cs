using System.Text;
using Casefile.Core.RecordTypes;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Casefile.Core.Replicas;

/// <summary>Values as they stand in columns of a replica, as values of records.</summary>
internal static class ReplicaValue
{
    private static readonly object True = true;
    private static readonly object False = false;

    /// <summary>A field's value, null where there is none.</summary>
    public static object? Read(SqliteDataReader reader, int column, FieldType type)
    {
        if (reader.IsDBNull(column)) return null;
        return type switch
        {
            FieldType.Number => reader.GetDouble(column),
            FieldType.Boolean => reader.GetInt64(column) != 0 ? True : False,
            FieldType.Artifact or FieldType.Json => reader.GetInt64(column),
            _ => Text(reader, column),
        };
    }

    public static long? Integer(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    /// <summary>Text by its length: the reader's own way ends at the first NUL.</summary>
    public static string? Text(SqliteDataReader reader, int column)
        => reader.IsDBNull(column) ? null : Encoding.UTF8.GetString(raw.sqlite3_column_blob(reader.Handle, column));
}
