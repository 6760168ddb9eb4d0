using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Casefile.Core.Storage;

/// <summary>The account's blob container. Every request is retried by the SDK.</summary>
internal sealed class AzureBlobs(BlobContainerClient container, StorageOptions options, TimeProvider time) : IBlobStore
{
    // Larger contents go in blocks of this size, so that neither side holds more of them than two blocks.
    private const int BlockBytes = 4 * 1024 * 1024;

    // Slower than this a write is given up: the time that it gets goes by its size, so that a small one does not wait long for storage that is away.
    private const double SlowestBytesPerSecond = 1024 * 1024;

    private static readonly TimeSpan LongestTransfer = TimeSpan.FromMinutes(5);

    public Task WriteAsync(string name, Stream content, string? contentEncoding, CancellationToken cancellationToken)
    {
        var upload = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentEncoding = contentEncoding, ContentType = "application/octet-stream" },
            TransferOptions = new StorageTransferOptions { InitialTransferSize = BlockBytes, MaximumTransferSize = BlockBytes, MaximumConcurrency = 1 },
        };
        return StorageFailure.ThrowingUnavailable(
            cancellation => container.GetBlobClient(name).UploadAsync(content, upload, cancellation),
            options.ReadTimeout + (content.CanSeek ? TimeSpan.FromSeconds(content.Length / SlowestBytesPerSecond) : LongestTransfer),
            time,
            cancellationToken);
    }

    public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
        => StorageFailure.ThrowingUnavailable(
            async cancellation =>
            {
                try
                {
                    // The stream outlives this call, so only the caller's token may end it.
                    var answer = await container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellationToken).WaitAsync(cancellation);
                    return (Stream?)answer.Value.Content;
                }
                catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.BlobNotFound)
                {
                    return null;
                }
            },
            options.ReadTimeout,
            time,
            cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken)
        => StorageFailure.ThrowingUnavailable(
            cancellation => container.GetBlobClient(name).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellation),
            options.ReadTimeout,
            time,
            cancellationToken);

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var continuation = default(string);
        do
        {
            var page = await PageAsync(prefix, continuation, cancellationToken);
            foreach (var blob in page.Values)
                yield return blob.Name;
            continuation = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(continuation));
    }

    private Task<Page<BlobItem>> PageAsync(string prefix, string? continuation, CancellationToken cancellationToken)
        => StorageFailure.ThrowingUnavailable(
            async cancellation =>
            {
                var listing = new GetBlobsOptions { Prefix = prefix };
                await foreach (var page in container.GetBlobsAsync(listing, cancellation).AsPages(continuation))
                    return page;
                return Page<BlobItem>.FromValues([], null, null!);
            },
            options.ReadTimeout,
            time,
            cancellationToken);
}
