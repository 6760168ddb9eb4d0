using Microsoft.Data.Sqlite;

namespace Casefile.Core.Storage.Embedded;

/// <summary>
/// The SQLite file of the tables, in write-ahead mode: one connection writes, any number read, each a state that was committed. A table is a tree
/// ordered by partition and row key (<see cref="OrdinalKey"/>), the row's properties (<see cref="RowBytes"/>) in it.
/// </summary>
internal sealed class DatabaseFile
{
    private const int Format = 1;

    // "CsFl", so that `file` and we ourselves tell this from any other database.
    private const int ApplicationId = 0x4373466C;

    private readonly string path;

    public DatabaseFile(string path)
    {
        this.path = path;
        using var connection = Connect("PRAGMA synchronous = FULL");
        Prepare(connection);
    }

    /// <summary>
    /// The connection that writes. A commit is on disk before it returns, and is copied from the log to the file every
    /// 16 MiB or so; the file of the log is cut to 64 MiB after a burst. What a transaction that is refused has to undo is kept in memory: a file of its own
    /// would be made and removed for each of more than 64 KiB.
    /// </summary>
    public SqliteConnection OpenWriter() => Connect(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA cache_size = -65536; " +
        "PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY");

    public SqliteConnection OpenReader() => Connect("PRAGMA query_only = ON; PRAGMA mmap_size = 268435456; PRAGMA cache_size = -4096");

    /// <summary>
    /// A number that no opening before this one was given, on disk before it is used: ETags begin with it, so none is ever given twice.
    /// </summary>
    public static long NextEpoch(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE opened SET times = times + 1 RETURNING times";
        return (long)command.ExecuteScalar()!;
    }

    private void Prepare(SqliteConnection connection)
    {
        var (application, format) = (Number(connection, "PRAGMA application_id"), Number(connection, "PRAGMA user_version"));
        var made = Number(connection, "SELECT count(*) FROM sqlite_schema") > 0;
        if (made && application != ApplicationId)
            throw new InvalidDataException($"{path} is not a storage file of this service.");
        if (format > Format)
            throw new InvalidDataException($"{path} has format {format}; this version reads up to {Format}.");
        if (made) return;

        var tables = TableNames.All.Select(name =>
            $"CREATE TABLE {name} (partition BLOB NOT NULL, row BLOB NOT NULL, etag INTEGER NOT NULL, properties BLOB NOT NULL, PRIMARY KEY (partition, row)) WITHOUT ROWID;");
        Execute(
            connection,
            $"PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; BEGIN; {string.Concat(tables)} CREATE TABLE opened (times INTEGER NOT NULL); " +
            $"INSERT INTO opened VALUES (0); PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Format}; COMMIT");
        DurableFolder.Sync(Path.GetDirectoryName(path)!);
    }

    private SqliteConnection Connect(string settings)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 5000; " + settings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
