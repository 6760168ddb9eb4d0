using Azure.Core;
using Azure.Core.Pipeline;

namespace Casefile.Core.Storage;

/// <summary>Tells of every request that goes over the wire, and reads the service's clock from its answers.</summary>
internal sealed class ObservingPolicy(StorageReport report, ServiceClock clock, bool blobs) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var started = report.Started();
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            Observe(message, started);
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var started = report.Started();
        try
        {
            ProcessNext(message, pipeline);
        }
        finally
        {
            Observe(message, started);
        }
    }

    private void Observe(HttpMessage message, long started)
    {
        var response = message.HasResponse ? message.Response : null;
        if (response?.Headers.Date is { } date)
            clock.Read(date);
        report.Ended(blobs ? BlobKind(message.Request) : TableKind(message.Request), response?.Status ?? 0, started);
    }

    private static StorageRequestKind TableKind(Request request)
    {
        var path = request.Uri.Path;
        if (path.EndsWith("$batch", StringComparison.Ordinal))
            return StorageRequestKind.Transaction;
        if (request.Method != RequestMethod.Get)
            return StorageRequestKind.Other;
        return path.EndsWith("()", StringComparison.Ordinal) ? StorageRequestKind.RangeRead : StorageRequestKind.PointRead;
    }

    private static StorageRequestKind BlobKind(Request request)
    {
        if (request.Uri.Query.Contains("restype=container", StringComparison.Ordinal))
            return request.Uri.Query.Contains("comp=list", StringComparison.Ordinal) ? StorageRequestKind.BlobList : StorageRequestKind.Other;
        if (request.Method == RequestMethod.Put)
            return StorageRequestKind.BlobWrite;
        if (request.Method == RequestMethod.Delete)
            return StorageRequestKind.BlobDelete;
        return request.Method == RequestMethod.Get || request.Method == RequestMethod.Head ? StorageRequestKind.BlobRead : StorageRequestKind.Other;
    }
}
