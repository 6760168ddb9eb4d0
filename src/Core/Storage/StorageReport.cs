namespace Casefile.Core.Storage;

/// <summary>Tells of what storage was asked for: the meter of the service, and whoever observes.</summary>
internal sealed class StorageReport(TimeProvider time, IStorageObserver? observer)
{
    /// <summary>The time to give to <see cref="Ended"/>.</summary>
    public long Started() => time.GetTimestamp();

    /// <param name="kind">What was asked for.</param>
    /// <param name="status">The status of the answer; 0 where none came.</param>
    /// <param name="started">When it was asked for.</param>
    public void Ended(StorageRequestKind kind, int status, long started)
    {
        Diagnostics.StorageCalled(IsBlob(kind) ? "blob" : "table", NameOf(kind), status);
        observer?.Observe(new StorageRequest(kind, status, time.GetElapsedTime(started)));
    }

    private static bool IsBlob(StorageRequestKind kind)
        => kind is StorageRequestKind.BlobWrite or StorageRequestKind.BlobRead or StorageRequestKind.BlobDelete or StorageRequestKind.BlobList;

    private static string NameOf(StorageRequestKind kind) => kind switch
    {
        StorageRequestKind.Transaction => "transaction",
        StorageRequestKind.PointRead => "point_read",
        StorageRequestKind.RangeRead => "range_read",
        StorageRequestKind.BlobWrite => "blob_write",
        StorageRequestKind.BlobRead => "blob_read",
        StorageRequestKind.BlobDelete => "blob_delete",
        StorageRequestKind.BlobList => "blob_list",
        _ => "other",
    };
}
