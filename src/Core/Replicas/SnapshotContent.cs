using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Replicas;

/// <summary>The way of a snapshot's file into a blob and back: gzip at its fastest, streamed, with the hash of what is stored. Never more than some blocks of it are in memory.</summary>
internal static class SnapshotContent
{
    private const int CopyBytes = 256 * 1024;

    private static readonly PipeOptions Pipes = new(pauseWriterThreshold: 2 << 20, resumeWriterThreshold: 1 << 20, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false);

    /// <summary>Writes a file to a blob of its own.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not take it.</exception>
    public static async Task<SnapshotReference> UploadAsync(IBlobStore blobs, string path, string blob, long version, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        using var hash = SHA256.Create();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe(Pipes);
        var compressing = Task.Run(() => CompressAsync(content, pipe.Writer, hash, stopping.Token), CancellationToken.None);
        try
        {
            await using var compressed = pipe.Reader.AsStream();
            await blobs.WriteAsync(blob, compressed, "gzip", cancellationToken);
        }
        finally
        {
            // Where the blob was not written to its end, there is no more use in compressing.
            await stopping.CancelAsync();
            await compressing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await compressing;
        return new SnapshotReference(version, content.Length, Convert.ToHexStringLower(hash.Hash!), blob);
    }

    /// <summary>Writes a blob to a new file.</summary>
    /// <exception cref="DoubtfulSnapshotException">The blob is gone, or is not what was written.</exception>
    /// <exception cref="InvalidDataException">The blob is not gzip.</exception>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public static async Task DownloadAsync(IBlobStore blobs, SnapshotReference reference, string path, CancellationToken cancellationToken)
    {
        await using var stored = await blobs.OpenReadAsync(reference.Blob, cancellationToken) ?? throw new DoubtfulSnapshotException("Its blob is gone.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe(Pipes);
        var reading = Task.Run(() => HashAsync(stored, pipe.Writer, hash, stopping.Token), CancellationToken.None);
        try
        {
            await using var compressed = pipe.Reader.AsStream();
            await DecompressAsync(compressed, reference.Bytes, path, cancellationToken);
            // Whatever is behind the end is hashed too, so that the hash is that of the blob.
            await compressed.CopyToAsync(Stream.Null, cancellationToken);
        }
        finally
        {
            await stopping.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await reading;
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != reference.Sha256) throw new DoubtfulSnapshotException("Its blob is not what was written.");
    }

    private static async Task CompressAsync(FileStream content, PipeWriter writer, SHA256 hash, CancellationToken cancellationToken)
    {
        try
        {
            await using (var gzip = new GZipStream(new CryptoStream(writer.AsStream(leaveOpen: true), hash, CryptoStreamMode.Write), CompressionLevel.Fastest))
                await content.CopyToAsync(gzip, CopyBytes, cancellationToken);
            await writer.CompleteAsync();
        }
        catch (Exception exception)
        {
            await writer.CompleteAsync(exception);
            throw;
        }
    }

    private static async Task HashAsync(Stream stored, PipeWriter writer, IncrementalHash hash, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var memory = writer.GetMemory(CopyBytes);
                var read = await stored.ReadAsync(memory, cancellationToken);
                if (read == 0) break;
                hash.AppendData(memory.Span[..read]);
                writer.Advance(read);
                await writer.FlushAsync(cancellationToken);
            }

            await writer.CompleteAsync();
        }
        catch (Exception exception)
        {
            await writer.CompleteAsync(exception);
            throw;
        }
    }

    private static async Task DecompressAsync(Stream compressed, long bytes, string path, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            var left = bytes;
            while (await gzip.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken) is var read and > 0)
            {
                left -= read;
                if (left < 0) break;
                file.Write(buffer, 0, read);
            }

            if (left != 0) throw new DoubtfulSnapshotException("It is not as long as it was.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>A snapshot is not what its reference says; replicas start from the rows.</summary>
internal sealed class DoubtfulSnapshotException(string message) : Exception(message);
