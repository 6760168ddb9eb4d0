using System.Runtime.CompilerServices;
using Casefile.Core.Storage;

namespace Casefile.Testing.Simulation;

/// <summary>The blobs of <see cref="SimulatedStorage"/>.</summary>
internal sealed class SimulatedBlobs(SimulatedStorage storage) : IBlobStore
{
    private readonly SortedDictionary<string, byte[]> blobs = new(StringComparer.Ordinal);

    internal IReadOnlyList<string> Names => storage.Instantly<IReadOnlyList<string>>(() => [.. blobs.Keys]);

    internal bool Has(string name) => storage.Instantly(() => blobs.ContainsKey(name));

    public async Task WriteAsync(string name, Stream content, string? contentEncoding, CancellationToken cancellationToken)
    {
        storage.Counts.BlobRequest();
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        await storage.Travel(cancellationToken);
        storage.ArriveAsRead();
        storage.Instantly(() => blobs[name] = copy.ToArray());
        await storage.Travel(cancellationToken);
    }

    public async Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        storage.Counts.BlobRequest();
        await storage.Travel(cancellationToken);
        storage.ArriveAsRead();
        var bytes = storage.Instantly(() => blobs.GetValueOrDefault(name));
        await storage.Travel(cancellationToken);
        return bytes is null ? null : new MemoryStream(bytes, writable: false);
    }

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        storage.Counts.BlobRequest();
        await storage.Travel(cancellationToken);
        storage.ArriveAsRead();
        storage.Instantly(() => blobs.Remove(name));
        await storage.Travel(cancellationToken);
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        storage.Counts.BlobRequest();
        await storage.Travel(cancellationToken);
        storage.ArriveAsRead();
        var names = storage.Instantly(() => blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToArray());
        foreach (var name in names)
        {
            await storage.Travel(cancellationToken);
            yield return name;
        }
    }
}
