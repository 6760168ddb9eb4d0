using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Replicas;

/// <summary>
/// What a replica keeps of its partition's rows, and in which tables. An object stands for one replica file and may remember what it made
/// in it. Only one thread at a time calls what writes.
/// </summary>
internal abstract class ReplicaSchema : IDisposable
{
    /// <summary>The rows that are kept as they are, under their keys (<see cref="ReplicaReader.ReadKept"/>). A build reads them before any others.</summary>
    public abstract IReadOnlyList<string> KeptRows { get; }

    /// <summary>The prefixes of the rows that <see cref="Put"/> and <see cref="Remove"/> take; behind each stands a number of 19 digits.</summary>
    public abstract IReadOnlyList<string> Prefixes { get; }

    /// <summary>Makes the tables in an empty file.</summary>
    public abstract void Create(SqliteConnection connection);

    /// <summary>Makes the indexes that every file of this schema has, once it is filled, unless they are there.</summary>
    public virtual void Index(SqliteConnection connection)
    {
    }

    /// <summary>Takes over the tables and indexes of a file that is there already.</summary>
    /// <exception cref="InvalidDataException">They are not what this schema makes.</exception>
    public abstract void Adopt(SqliteConnection connection);

    /// <summary>Whether what is read is all of a partition at the reader's version, as far as can be told at a glance.</summary>
    public abstract bool IsWhole(ReplicaReader reader);

    /// <summary>How many rows under <see cref="Prefixes"/> the partition has.</summary>
    public abstract long Rows(Head head);

    /// <summary>A row that is kept as it is has changed: whatever follows from it in the tables.</summary>
    public abstract void KeptRowChanged(SqliteConnection connection, string rowKey, IReadOnlyDictionary<string, object>? image);

    /// <summary>Adds a row or replaces all of it.</summary>
    public abstract void Put(SqliteConnection connection, string rowKey, IReadOnlyDictionary<string, object> image);

    /// <summary>Removes a row, if it is there.</summary>
    public abstract void Remove(SqliteConnection connection, string rowKey);

    /// <summary>Whether an index is wanted that <see cref="MakeIndex"/> would make.</summary>
    public virtual bool WantsIndex => false;

    /// <summary>Makes one index that queries have asked for often enough, if there is one.</summary>
    public virtual void MakeIndex(SqliteConnection connection)
    {
    }

    /// <summary>A run of the log is about to be applied to a file that is at this head.</summary>
    public virtual void BeginRun(SqliteConnection connection, Head from)
    {
    }

    /// <summary>The run is committed, and the file is at this version.</summary>
    public virtual void EndRun(long version)
    {
    }

    /// <summary>What the run has changed so far is undone.</summary>
    public virtual void UndoRun()
    {
    }

    /// <summary>Closes its statements, before the connection is closed.</summary>
    public abstract void Dispose();

    /// <summary>The schema of a partition's replica; it depends on the partition's table.</summary>
    public static ReplicaSchema For(PartitionAddress address, ReplicaOptions options) => address.Table switch
    {
        TableNames.Records => new RecordReplicaSchema(options),
        TableNames.Cases => new CaseReplicaSchema(),
        _ => throw new ArgumentException($"Partitions of the table {address.Table} have no replica.", nameof(address)),
    };
}
