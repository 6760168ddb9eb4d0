using System.Collections.Concurrent;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Replicas;

/// <summary>
/// One SQLite file that holds a partition at one version. It is a cache and nothing else: on any doubt it is retired and another is built.
/// One writer at a time; any number of readers, each of a version that stands still. It is closed and deleted when it is retired and
/// nobody holds it any more.
/// </summary>
internal sealed class ReplicaFile
{
    private const int IdleReaders = 8;

    private readonly string path;
    private readonly ReplicaOptions options;
    private readonly TimeProvider time;
    private readonly SqliteConnection writer;
    private readonly SqliteCommand keep;
    private readonly ConcurrentBag<ReplicaReader> idle = [];
    private readonly Lock gate = new();
    private long stamp;
    private int holders;
    private bool retired;
    private volatile Head? head;

    /// <summary>Makes a new file, empty.</summary>
    /// <exception cref="SqliteException">The file cannot be made.</exception>
    public ReplicaFile(string path, ReplicaSchema schema, ReplicaOptions options, TimeProvider time)
        : this(path, schema, options, time, exists: false)
    {
    }

    private ReplicaFile(string path, ReplicaSchema schema, ReplicaOptions options, TimeProvider time, bool exists)
    {
        (this.path, Schema, this.options, this.time) = (path, schema, options, time);
        // What is mapped counts as this process's memory: while a file is filled and indexed, all of it would.
        writer = Connect(exists ? options.MappedBytes : 0);
        keep = writer.CreateCommand();
        keep.CommandText = "INSERT OR REPLACE INTO kept (key, stamp, image) VALUES ($key, $stamp, $image)";
        keep.Parameters.Add("$key", SqliteType.Text);
        keep.Parameters.Add("$stamp", SqliteType.Integer);
        keep.Parameters.Add("$image", SqliteType.Blob);
        try
        {
            Execute("PRAGMA cache_size = -16384");
            if (exists)
            {
                Execute("PRAGMA journal_mode = WAL");
                Adopt();
                return;
            }

            // Nobody reads it until it is built, so each page is written once and not to a log first.
            Execute("PRAGMA journal_mode = MEMORY");
            Execute("CREATE TABLE kept (key TEXT PRIMARY KEY, stamp INTEGER NOT NULL, image BLOB NOT NULL) WITHOUT ROWID");
            schema.Create(writer);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Opens a copy of another file (<see cref="TryCopy"/>), at the version that it was copied at; it is this one's from now on, and deleted with it.</summary>
    /// <exception cref="SqliteException">It is no SQLite file, or a broken one.</exception>
    /// <exception cref="InvalidDataException">It does not hold a partition at that version.</exception>
    public static ReplicaFile Open(string path, ReplicaSchema schema, ReplicaOptions options, TimeProvider time)
        => new(path, schema, options, time, exists: true);

    public ReplicaSchema Schema { get; }

    /// <summary>The head that the file is at; null while it is being built.</summary>
    public Head? Head => head;

    /// <summary>Changes of rows that the log brought since the file was made or copied.</summary>
    public long Changes { get; private set; }

    /// <summary>The bytes that the file takes on disk, with its log.</summary>
    public long Bytes => Length(path) + Length(path + "-wal");

    /// <summary>Takes rows as they were read from storage, while the file is being built.</summary>
    public void Load(IReadOnlyList<Row> rows)
    {
        using var transaction = new Transaction(this);
        foreach (var row in rows) Change(row.RowKey, row.Properties);
        transaction.Commit();
    }

    /// <summary>
    /// Applies the log from the version of the file, or from that which the build began at, up to a head's, in one transaction.
    /// </summary>
    /// <returns>False, and nothing has changed, when the entries do not lead there without a gap.</returns>
    public async ValueTask<bool> ApplyAsync(long from, Head to, IAsyncEnumerable<LogEntry> entries)
    {
        if (head is null) EndBuild();
        var version = from;
        var changes = 0L;
        using var transaction = new Transaction(this);
        using var run = new Run(Schema);
        if (head is { } at) Schema.BeginRun(writer, at);
        if (version < to.Version)
        {
            await foreach (var entry in entries)
            {
                if (entry.Version != version + 1) break;
                Apply(entry);
                changes += entry.Changes.Count;
                version++;
                if (version == to.Version) break;
            }
        }

        if (version != to.Version) return false;
        Keep(RowKeys.Head, to.Version, to.ToRow("").Properties);
        transaction.Commit();
        run.End(to.Version);
        Changes += changes;
        head = to;
        return true;
    }

    /// <summary>Makes one index that is wanted. Readers go on meanwhile; the next commit waits.</summary>
    public void MakeIndex()
    {
        using var transaction = new Transaction(this);
        Schema.MakeIndex(writer);
        transaction.Commit();
    }

    /// <summary>Copies the file, at the version that it is at now, to a new one. Commits and readers go on meanwhile.</summary>
    /// <returns>The head of the copy; null when the file has been retired, or does not hold what its head says.</returns>
    /// <exception cref="SqliteException">It cannot be read or written.</exception>
    public Head? TryCopy(string target, CancellationToken cancellationToken)
    {
        if (!TryHold()) return null;
        try
        {
            // Nothing of it is mapped: a copy reads all of it once.
            using var reader = new ReplicaReader(Connect(mappedBytes: 0), time);
            reader.Begin(head!);
            if (!Schema.IsWhole(reader)) return null;
            reader.CopyTo(target, cancellationToken);
            return reader.Head;
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Begins to read, and holds the file until the reader is given back.</summary>
    /// <returns>Null when the file has been retired.</returns>
    public ReplicaReader? TryRead()
    {
        if (!TryHold()) return null;
        try
        {
            if (!idle.TryTake(out var reader)) reader = new ReplicaReader(Connect(options.MappedBytes), time);
            reader.Begin(head!);
            return reader;
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Takes a reader back.</summary>
    public void Return(ReplicaReader reader, bool broken)
    {
        if (broken || idle.Count >= IdleReaders)
        {
            reader.Dispose();
        }
        else
        {
            reader.End();
            idle.Add(reader);
        }

        Release();
    }

    /// <summary>Keeps the file from being closed until <see cref="Release"/>; false when it has been retired.</summary>
    public bool TryHold()
    {
        lock (gate)
        {
            if (retired) return false;
            holders++;
            return true;
        }
    }

    public void Release()
    {
        lock (gate)
        {
            if (--holders > 0 || !retired) return;
        }

        Close();
    }

    /// <summary>Nobody gets the file any more; it goes when the last one who holds it lets go.</summary>
    public void Retire()
    {
        lock (gate)
        {
            if (retired) return;
            retired = true;
            if (holders > 0) return;
        }

        Close();
    }

    /// <summary>Retires the file if nobody holds it.</summary>
    public bool TryRetireUnused()
    {
        lock (gate)
        {
            if (retired || holders > 0) return false;
            retired = true;
        }

        Close();
        return true;
    }

    /// <summary>All rows are loaded: indexes are cheaper to make now than row by row, and from here on others read.</summary>
    private void EndBuild()
    {
        Schema.Index(writer);
        Execute($"PRAGMA journal_mode = WAL; PRAGMA mmap_size = {options.MappedBytes}");
    }

    private void Apply(LogEntry entry)
    {
        foreach (var change in entry.Changes) Change(change.RowKey, change.Image);
    }

    private void Change(string rowKey, IReadOnlyDictionary<string, object>? image)
    {
        if (Takes(rowKey))
        {
            if (image is null) Schema.Remove(writer, rowKey);
            else Schema.Put(writer, rowKey, image);
        }
        else if (Schema.KeptRows.Contains(rowKey))
        {
            if (image is not null) Keep(rowKey, ++stamp, image);
            Schema.KeptRowChanged(writer, rowKey, image);
        }
    }

    private bool Takes(string rowKey)
    {
        foreach (var prefix in Schema.Prefixes)
        {
            if (rowKey.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private void Keep(string rowKey, long number, IReadOnlyDictionary<string, object> image)
    {
        keep.Parameters[0].Value = rowKey;
        keep.Parameters[1].Value = number;
        keep.Parameters[2].Value = RowCodec.EncodeImage(image);
        keep.ExecuteNonQuery();
    }

    private void Adopt()
    {
        Schema.Adopt(writer);
        using (var newest = writer.CreateCommand())
        {
            newest.CommandText = $"SELECT coalesce(max(stamp), 0) FROM kept WHERE key <> '{RowKeys.Head}'";
            stamp = (long)newest.ExecuteScalar()!;
        }

        using var reader = new ReplicaReader(Connect(options.MappedBytes), time);
        reader.Begin(expected: null);
        if (!Schema.IsWhole(reader)) throw new InvalidDataException("The copy does not hold what its head says.");
        head = reader.Head;
    }

    private SqliteConnection Connect(long mappedBytes)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA synchronous = OFF; PRAGMA mmap_size = {mappedBytes}; PRAGMA cache_size = -2048";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Execute(string sql)
    {
        using var command = writer.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Close()
    {
        while (idle.TryTake(out var reader)) reader.Dispose();
        keep.Dispose();
        Schema.Dispose();
        writer.Dispose();
        ReplicaFolder.Remove(path);
    }

    private static long Length(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? info.Length : 0;
    }

    /// <summary>What the schema does beside a run of the log, undone unless it is ended.</summary>
    private sealed class Run(ReplicaSchema schema) : IDisposable
    {
        private bool done;

        public void End(long version)
        {
            schema.EndRun(version);
            done = true;
        }

        public void Dispose()
        {
            if (!done) schema.UndoRun();
        }
    }

    /// <summary>Rolled back unless it is committed. By plain statements, since the library's own kind wants to be told to every command.</summary>
    private sealed class Transaction : IDisposable
    {
        private readonly ReplicaFile file;
        private bool done;

        public Transaction(ReplicaFile file)
        {
            this.file = file;
            file.Execute("BEGIN IMMEDIATE");
        }

        public void Commit()
        {
            file.Execute("COMMIT");
            done = true;
        }

        public void Dispose()
        {
            if (!done) file.Execute("ROLLBACK");
        }
    }
}
