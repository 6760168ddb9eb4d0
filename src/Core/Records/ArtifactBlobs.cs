using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Casefile.Core.Storage;

namespace Casefile.Core.Records;

/// <summary>Large values in Blob Storage, written before the commit that refers to them, under a name that does not depend on it.</summary>
public sealed class ArtifactBlobs(IStorage storage, TimeProvider time)
{
    /// <summary>From this size on a blob is compressed.</summary>
    private const int CompressFrom = 1024;

    /// <summary>Writes a value.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not take it.</exception>
    public async Task<StoredBlob> WriteAsync(long recordTypeId, ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken)
    {
        var gzip = utf8.Length > CompressFrom;
        var name = BlobName.New(string.Create(CultureInfo.InvariantCulture, $"artifacts/{recordTypeId}"), time.GetUtcNow());
        var content = gzip ? Compress(utf8.Span) : new MemoryStream(utf8.ToArray(), writable: false);
        await using (content)
            await storage.Blobs.WriteAsync(name, content, gzip ? "gzip" : null, cancellationToken);
        return new StoredBlob(name, utf8, Convert.ToHexStringLower(SHA256.HashData(utf8.Span)), gzip);
    }

    /// <summary>The value in UTF-8; null when the blob is gone, because the value was replaced or deleted meanwhile.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    /// <exception cref="InvalidDataException">The blob is not what was written.</exception>
    public async Task<byte[]?> ReadAsync(ArtifactReference reference, CancellationToken cancellationToken)
    {
        await using var stored = await storage.Blobs.OpenReadAsync(reference.Blob, cancellationToken);
        if (stored is null) return null;

        await using var content = reference.Gzip ? new GZipStream(stored, CompressionMode.Decompress) : stored;
        var utf8 = new byte[reference.Bytes];
        if (await content.ReadAtLeastAsync(utf8, utf8.Length, throwOnEndOfStream: false, cancellationToken) != utf8.Length
            || Convert.ToHexStringLower(SHA256.HashData(utf8)) != reference.Sha256)
            throw new InvalidDataException($"Blob {reference.Blob} is not what was written.");
        return utf8;
    }

    /// <summary>Deletes blobs that nothing refers to; those gone already are no error.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task DeleteAsync(IEnumerable<string> blobs, CancellationToken cancellationToken)
    {
        foreach (var blob in blobs) await storage.Blobs.DeleteAsync(blob, cancellationToken);
    }

    private static MemoryStream Compress(ReadOnlySpan<byte> utf8)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(utf8);
        compressed.Position = 0;
        return compressed;
    }
}

/// <summary>A blob that was written and that no record refers to yet.</summary>
/// <param name="Name">The blob's name.</param>
/// <param name="Utf8">The value, uncompressed.</param>
/// <param name="Sha256">The SHA-256 of those bytes, in hexadecimal.</param>
/// <param name="Gzip">Whether the blob is compressed.</param>
public sealed record StoredBlob(string Name, ReadOnlyMemory<byte> Utf8, string Sha256, bool Gzip);
