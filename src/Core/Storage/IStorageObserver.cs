namespace Casefile.Core.Storage;

/// <summary>What a request to the storage account is for.</summary>
public enum StorageRequestKind
{
    /// <summary>An entity group transaction.</summary>
    Transaction,

    /// <summary>A row by its keys.</summary>
    PointRead,

    /// <summary>A page of a range of rows.</summary>
    RangeRead,

    /// <summary>A blob, or a block of one, written.</summary>
    BlobWrite,

    /// <summary>A blob, or a part of one, read.</summary>
    BlobRead,

    /// <summary>A blob deleted.</summary>
    BlobDelete,

    /// <summary>A page of blobs' names.</summary>
    BlobList,

    /// <summary>Tables and containers made, and whatever else.</summary>
    Other,
}

/// <summary>A request as it went over the wire; retries count each.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Status">The HTTP status of the answer; 0 where none came.</param>
/// <param name="Elapsed">From sending to the answer's head.</param>
public readonly record struct StorageRequest(StorageRequestKind Kind, int Status, TimeSpan Elapsed);

/// <summary>Sees every request that goes to the storage account. Called from many threads; must not throw.</summary>
public interface IStorageObserver
{
    /// <summary>A request ended.</summary>
    void Observe(StorageRequest request);
}
