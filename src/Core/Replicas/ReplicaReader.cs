using Casefile.Core.Partitions;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Replicas;

/// <summary>
/// A connection that reads a replica file at one version between <see cref="Begin"/> and <see cref="End"/>. It keeps its prepared statements.
/// </summary>
internal sealed class ReplicaReader : IDisposable
{
    private const int Statements = 48;

    /// <summary>Steps of SQLite's machine between two looks at the clock: some tens of microseconds.</summary>
    private const int StepsBetweenLooks = 4_000;

    private readonly SqliteConnection connection;
    private readonly TimeProvider time;
    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);
    private CancellationToken cancellation;
    private long deadline = long.MaxValue;

    public ReplicaReader(SqliteConnection connection, TimeProvider time)
    {
        (this.connection, this.time) = (connection, time);
        SQLitePCL.raw.sqlite3_progress_handler(connection.Handle, StepsBetweenLooks, static state => ((ReplicaReader)state).ShouldStop() ? 1 : 0, this);
    }

    /// <summary>The head at the version that is read.</summary>
    public Head Head { get; private set; } = null!;

    /// <summary>Fixes the version.</summary>
    /// <param name="expected">The head that it most likely is, or null.</param>
    /// <exception cref="InvalidDataException">The file is at no version.</exception>
    public void Begin(Head? expected)
    {
        Command("BEGIN").ExecuteNonQuery();
        Head = ReadKept(RowKeys.Head, expected?.Version ?? -1) is { } newer
            ? Head.FromRow(new Storage.Row("", RowKeys.Head, newer.Image))
            : expected ?? throw new InvalidDataException("The file is at no version.");
    }

    public void End()
    {
        Command("ROLLBACK").ExecuteNonQuery();
        Limit(long.MaxValue, CancellationToken.None);
    }

    /// <summary>A row that is kept as it is.</summary>
    /// <param name="rowKey">Its key.</param>
    /// <param name="knownStamp">The stamp of the image that the caller knows already.</param>
    /// <returns>Null when the caller knows it, or when there is none.</returns>
    public KeptRow? ReadKept(string rowKey, long knownStamp)
    {
        var command = Command("SELECT stamp, image FROM kept WHERE key = $0", rowKey);
        using var reader = command.ExecuteReader();
        if (!reader.Read() || reader.GetInt64(0) is var stamp && stamp == knownStamp) return null;
        using var image = reader.GetStream(1);
        return new KeptRow(stamp, RowCodec.DecodeImage(image));
    }

    /// <summary>Copies the whole file, at the version that is read, to a new one. Neither commits nor other readers wait for it.</summary>
    /// <exception cref="SqliteException">It cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">It is not to be finished.</exception>
    public void CopyTo(string path, CancellationToken cancellationToken)
    {
        const int pagesPerStep = 2_048;
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        target.Open();
        using (var prepare = target.CreateCommand())
        {
            prepare.CommandText = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2048";
            prepare.ExecuteNonQuery();
        }

        using var backup = SQLitePCL.raw.sqlite3_backup_init(target.Handle, "main", connection.Handle, "main");
        if (backup is null || backup.IsInvalid) SqliteException.ThrowExceptionForRC(SQLitePCL.raw.sqlite3_errcode(target.Handle), target.Handle);
        int stepped;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            stepped = SQLitePCL.raw.sqlite3_backup_step(backup, pagesPerStep);
        }
        while (stepped == SQLitePCL.raw.SQLITE_OK);

        if (stepped != SQLitePCL.raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(stepped, target.Handle);
        var finished = SQLitePCL.raw.sqlite3_backup_finish(backup);
        if (finished != SQLitePCL.raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(finished, target.Handle);
    }

    /// <summary>Until when queries may run, in the clock's timestamps; past it SQLite ends them with SQLITE_INTERRUPT.</summary>
    public void Limit(long until, CancellationToken cancellationToken) => (deadline, cancellation) = (until, cancellationToken);

    public bool IsPastDeadline => time.GetTimestamp() >= deadline;

    /// <summary>The prepared statement of this text with its parameters <c>$0</c>, <c>$1</c>… set.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<object> parameters)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            if (prepared.Count >= Statements) Forget();
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < parameters.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = ParameterName(i) });
            prepared.Add(sql, command);
        }

        for (var i = 0; i < parameters.Length; i++) command.Parameters[i].Value = parameters[i];
        return command;
    }

    public static string ParameterName(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${index}");

    public void Dispose()
    {
        Forget();
        connection.Dispose();
    }

    private bool ShouldStop() => cancellation.IsCancellationRequested || IsPastDeadline;

    private void Forget()
    {
        foreach (var command in prepared.Values) command.Dispose();
        prepared.Clear();
    }
}

/// <summary>A row of the partition that the replica keeps as it is.</summary>
/// <param name="Stamp">Another one for every image.</param>
/// <param name="Image">Its properties.</param>
internal sealed record KeptRow(long Stamp, IReadOnlyDictionary<string, object> Image);
