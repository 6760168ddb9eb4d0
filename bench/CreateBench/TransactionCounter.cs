using Casefile.Core.Storage;

namespace Casefile.CreateBench;

/// <summary>Counts transactions.</summary>
internal sealed class TransactionCounter : IStorageObserver
{
    private long count;

    /// <summary>How many there were.</summary>
    public long Count => Interlocked.Read(ref count);

    public void Observe(StorageRequest request)
    {
        if (request.Kind == StorageRequestKind.Transaction) Interlocked.Increment(ref count);
    }
}
