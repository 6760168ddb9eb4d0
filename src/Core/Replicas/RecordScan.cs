using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Casefile.Core.RecordTypes;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Casefile.Core.Replicas;

/// <summary>
/// One pass over all rows, for the first list of its kind, which no index helps: it counts what matches and keeps the first of it in an order. SQL would take one
/// pass for the count and another for the page.
/// </summary>
internal sealed class RecordScan : IComparer<RecordScan.Place>
{
    private readonly bool descending;
    private readonly PriorityQueue<long, Place> kept;

    /// <param name="reader">What is read.</param>
    /// <param name="where">Which records, expired ones too.</param>
    /// <param name="among">What they are sorted by; null for creation.</param>
    /// <param name="descending">Whether the highest comes first.</param>
    /// <param name="keep">How many to keep, 1 or more.</param>
    /// <param name="age">The column that a record's age is counted from.</param>
    /// <param name="expired">Records whose age began then or before are counted but not shown, Unix milliseconds.</param>
    /// <exception cref="SqliteException">It took too long, or failed.</exception>
    public RecordScan(ReplicaReader reader, RecordCondition where, SortColumn? among, bool descending, int keep, string age, long expired)
    {
        this.descending = descending;
        kept = new PriorityQueue<long, Place>(this);
        // Of the indexes that every file has none narrows what is read; SQLite, which does not know that, would go by one.
        var sql = $"SELECT id, {age}, {among?.Column ?? "NULL"} FROM {RecordReplicaSchema.Table} NOT INDEXED WHERE {where.Sql}";
        using var rows = reader.Command(sql, CollectionsMarshal.AsSpan(where.Parameters)).ExecuteReader();
        Span<byte> number = stackalloc byte[sizeof(long)];
        while (rows.Read())
        {
            Matching++;
            var row = rows.Handle!;
            if (raw.sqlite3_column_int64(row, 1) <= expired) continue;
            Shown++;
            var id = raw.sqlite3_column_int64(row, 0);
            var key = among is null ? default : Key(row, among.Type, number);
            if (kept.Count < keep) kept.Enqueue(id, new Place(key.ToArray(), id));
            else if (kept.TryPeek(out _, out var last) && Compare(key, id, last) < 0) kept.EnqueueDequeue(id, new Place(key.ToArray(), id));
        }
    }

    /// <summary>How many match.</summary>
    public long Matching { get; }

    /// <summary>How many of them are not expired.</summary>
    public long Shown { get; }

    /// <summary>The ids of those kept, in their order. They can be taken once.</summary>
    public long[] TakeIds()
    {
        var ids = new long[kept.Count];
        for (var i = ids.Length - 1; i >= 0; i--) ids[i] = kept.Dequeue();
        return ids;
    }

    /// <summary>The queue gives up what comes last.</summary>
    int IComparer<Place>.Compare(Place x, Place y) => -Compare(x.Key, x.Id, y);

    private int Compare(ReadOnlySpan<byte> key, long id, Place other)
    {
        if (key.IsEmpty != (other.Key.Length == 0)) return key.IsEmpty ? 1 : -1;
        var byValue = key.SequenceCompareTo(other.Key);
        if (byValue == 0) byValue = id.CompareTo(other.Id);
        return descending ? -byValue : byValue;
    }

    /// <summary>A value as bytes that compare as it does; none where it is empty.</summary>
    private static ReadOnlySpan<byte> Key(sqlite3_stmt row, FieldType type, Span<byte> number)
    {
        const int column = 2;
        if (raw.sqlite3_column_type(row, column) == raw.SQLITE_NULL) return default;
        switch (type)
        {
            case FieldType.Number:
                // Zero has two forms, which are equal.
                var bits = BitConverter.DoubleToInt64Bits(raw.sqlite3_column_double(row, column) + 0.0);
                BinaryPrimitives.WriteInt64BigEndian(number, bits ^ (bits < 0 ? -1 : long.MinValue));
                return number;
            case FieldType.Boolean or FieldType.Artifact or FieldType.Json:
                BinaryPrimitives.WriteInt64BigEndian(number, raw.sqlite3_column_int64(row, column) ^ long.MinValue);
                return number;
            default:
                return raw.sqlite3_column_blob(row, column);
        }
    }

    /// <summary>Where a record stands in the order.</summary>
    internal readonly record struct Place(byte[] Key, long Id);
}
