namespace Casefile.Core.Storage;

/// <summary>What an action of an entity group transaction does to its row. Nothing ever merges.</summary>
public enum RowActionKind
{
    /// <summary>Adds a row that must not exist (409 otherwise).</summary>
    Insert,

    /// <summary>Replaces a row under an ETag (404 when absent, 412 when it changed).</summary>
    Replace,

    /// <summary>Replaces the row whatever it holds, or adds it.</summary>
    Put,

    /// <summary>Deletes a row under an ETag (404 when absent, 412 when it changed).</summary>
    Delete,
}

/// <summary>One action of an entity group transaction.</summary>
public sealed record RowAction
{
    private RowAction(RowActionKind kind, Row row, string? etag) => (Kind, Row, ETag) = (kind, row, etag);

    /// <summary>What happens to the row.</summary>
    public RowActionKind Kind { get; }

    /// <summary>The row; of a deletion only its keys count.</summary>
    public Row Row { get; }

    /// <summary>The ETag that the stored row must have; null for <see cref="RowActionKind.Insert"/> and <see cref="RowActionKind.Put"/>.</summary>
    public string? ETag { get; }

    /// <summary>The ETag that matches any stored row: for rows that are protected by the head row of the same transaction.</summary>
    public const string AnyETag = "*";

    /// <summary>Adds a row that must not exist.</summary>
    public static RowAction Insert(Row row) => new(RowActionKind.Insert, row, null);

    /// <summary>Replaces a row. The ETag is never taken from the row: the SDK ignores that one in a transaction.</summary>
    public static RowAction Replace(Row row, string etag) => new(RowActionKind.Replace, row, etag);

    /// <summary>Adds a row or replaces it whatever it holds.</summary>
    public static RowAction Put(Row row) => new(RowActionKind.Put, row, null);

    /// <summary>Deletes a row.</summary>
    public static RowAction Delete(string partitionKey, string rowKey, string etag)
        => new(RowActionKind.Delete, new Row(partitionKey, rowKey, EmptyProperties), etag);

    private static readonly Dictionary<string, object> EmptyProperties = [];
}
