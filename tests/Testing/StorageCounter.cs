using System.Collections.Concurrent;
using Casefile.Core.Storage;

namespace Casefile.Testing;

/// <summary>Counts the requests that go to the storage account, so that a test can hold a call to its budget.</summary>
public sealed class StorageCounter : IStorageObserver
{
    private readonly ConcurrentDictionary<StorageRequestKind, int> counts = new();

    /// <summary>Requests of one kind since the last <see cref="Reset"/>, retries counted each.</summary>
    public int this[StorageRequestKind kind] => counts.GetValueOrDefault(kind);

    /// <summary>Requests of every kind.</summary>
    public int All => counts.Values.Sum();

    /// <summary>Requests to tables.</summary>
    public int Tables => this[StorageRequestKind.Transaction] + this[StorageRequestKind.PointRead] + this[StorageRequestKind.RangeRead];

    /// <summary>Counts from zero again.</summary>
    public void Reset() => counts.Clear();

    /// <inheritdoc/>
    public void Observe(StorageRequest request) => counts.AddOrUpdate(request.Kind, 1, (_, count) => count + 1);

    /// <summary>The counts, for a test's message: <c>Transaction 1, PointRead 2</c>.</summary>
    public override string ToString() => string.Join(", ", counts.OrderBy(count => count.Key).Select(count => $"{count.Key} {count.Value}"));
}
