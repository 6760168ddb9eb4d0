using SQLitePCL;

namespace Casefile.Core.Replicas;

/// <summary>Values of rows as SQLite takes them.</summary>
internal static class Binding
{
    /// <summary>Binds a value to a place, counted from 1: null, string, long, double, bool or bytes.</summary>
    /// <returns>SQLite's result code.</returns>
    public static int Bind(sqlite3_stmt statement, int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, place),
        string text => raw.sqlite3_bind_text(statement, place, text),
        long number => raw.sqlite3_bind_int64(statement, place, number),
        double number => raw.sqlite3_bind_double(statement, place, number),
        bool flag => raw.sqlite3_bind_int(statement, place, flag ? 1 : 0),
        byte[] bytes => raw.sqlite3_bind_blob(statement, place, bytes),
        var other => throw new ArgumentException($"A row holds a {other.GetType().Name}."),
    };
}
