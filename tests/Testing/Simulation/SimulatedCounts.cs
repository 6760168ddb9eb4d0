namespace Casefile.Testing.Simulation;

/// <summary>Requests to the simulated storage, failed ones included.</summary>
public sealed class SimulatedCounts
{
    private int transactions;
    private int pointReads;
    private int rangeReads;
    private int blobRequests;

    /// <summary>Entity group transactions sent.</summary>
    public int Transactions => transactions;

    /// <summary>Rows asked for by key.</summary>
    public int PointReads => pointReads;

    /// <summary>Pages asked for.</summary>
    public int RangeReads => rangeReads;

    /// <summary>Blobs written, read and deleted, and lists of blobs.</summary>
    public int BlobRequests => blobRequests;

    /// <summary>All of them.</summary>
    public int All => Transactions + PointReads + RangeReads + BlobRequests;

    /// <summary>Counts from zero again.</summary>
    public void Reset() => transactions = pointReads = rangeReads = blobRequests = 0;

    internal void Transaction() => Interlocked.Increment(ref transactions);

    internal void PointRead() => Interlocked.Increment(ref pointReads);

    internal void RangeRead() => Interlocked.Increment(ref rangeReads);

    internal void BlobRequest() => Interlocked.Increment(ref blobRequests);
}
