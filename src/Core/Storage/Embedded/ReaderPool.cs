using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Storage.Embedded;

/// <summary>Connections that read, as many as there are reads at once; a few are kept for the next.</summary>
internal sealed class ReaderPool(DatabaseFile file) : IDisposable
{
    private static readonly int Idle = Math.Max(4, 2 * Environment.ProcessorCount);

    private readonly ConcurrentBag<TableReader> idle = [];
    private volatile bool disposed;

    /// <summary>Reads one state of the tables: each statement sees all that was answered before, and nothing half.</summary>
    /// <exception cref="StorageUnavailableException">The disk or the file refused, or the storage is closed.</exception>
    public T Read<T>(Func<TableReader, T> read)
    {
        if (disposed) throw new StorageUnavailableException("Storage is unavailable: it is closed");
        var reader = default(TableReader);
        try
        {
            if (!idle.TryTake(out reader)) reader = new TableReader(file.OpenReader());
            var result = read(reader);
            Return(reader);
            return result;
        }
        catch (SqliteException failure)
        {
            reader?.Dispose();
            throw new StorageUnavailableException($"Storage is unavailable: sqlite {failure.SqliteExtendedErrorCode}");
        }
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out var reader)) reader.Dispose();
    }

    private void Return(TableReader reader)
    {
        if (disposed || idle.Count >= Idle) reader.Dispose();
        else idle.Add(reader);
    }
}
