using System.Collections.Frozen;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Storage.Embedded;

/// <summary>
/// Storage in a folder of this machine: the tables in one SQLite file, the blobs as files beside it. A transaction that is answered is on disk.
/// It takes and refuses what Azure does (<see cref="StorageLimits"/>), so that what is kept here could be kept there. One process owns the folder.
/// </summary>
public sealed class EmbeddedStorage : IStorage, IDisposable
{
    private readonly FolderLock owned;
    private readonly TransactionWriter writer;
    private readonly ReaderPool readers;
    private readonly FrozenDictionary<string, EmbeddedTable> tables;
    private bool disposed;

    private EmbeddedStorage(FolderLock owned, StorageOptions options, TimeProvider time, ILoggerFactory loggers, IStorageObserver? observer)
    {
        this.owned = owned;
        var report = new StorageReport(time, observer);
        var file = new DatabaseFile(Path.Combine(owned.Folder, "tables.db"));
        writer = new TransactionWriter(file, loggers.CreateLogger<TransactionWriter>());
        readers = new ReaderPool(file);
        tables = TableNames.All.ToFrozenDictionary(
            name => name, name => new EmbeddedTable(name, writer, readers, options, time, report), StringComparer.Ordinal);
        Blobs = new FileBlobs(owned.Folder, report);
    }

    /// <inheritdoc/>
    public IBlobStore Blobs { get; }

    /// <summary>Always null: there is no clock but this machine's.</summary>
    public TimeSpan? ClockAhead => null;

    /// <summary>Opens the folder that <see cref="StorageOptions.Embedded"/> names, and makes what is missing there.</summary>
    /// <param name="options">The folder and the time-out of transactions.</param>
    /// <param name="time">The clock that time-outs go by.</param>
    /// <param name="loggers">Where failures of the disk are told of.</param>
    /// <param name="observer">Sees every call as if it were a request; null for none.</param>
    /// <exception cref="FolderInUseException">Another process owns the folder.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made or written.</exception>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    /// <exception cref="InvalidDataException">The file was written by a later version, or is something else.</exception>
    public static EmbeddedStorage Open(StorageOptions options, TimeProvider time, ILoggerFactory loggers, IStorageObserver? observer = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Embedded, nameof(options));
        var owned = FolderLock.Take(options.Embedded);
        try
        {
            return new EmbeddedStorage(owned, options, time, loggers, observer);
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ITable Table(string name) => tables[name];

    /// <summary>Nothing: opening has made all.</summary>
    public Task CreateIfMissingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends what is under way and gives the folder free. Transactions that come later are unknown.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, true)) return;
        writer.Dispose();
        readers.Dispose();
        owned.Dispose();
    }
}
