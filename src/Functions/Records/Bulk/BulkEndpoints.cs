using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Records.Bulk;

/// <summary>Many records at once, and what became of them (records.md, "Beyond").</summary>
public sealed class BulkEndpoints(Endpoints endpoints, BulkRequests bulk, ExportRequests exports, RecordRequests records)
{
    /// <summary>Creates records: up to 1,000 of a JSON body, or any number of a stream.</summary>
    [Function("RecordsBatch")]
    public Task<IResult> Batch([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/records/batch")] HttpRequest request)
        => MediaTypes.IsNdjson(request)
            ? endpoints.RunStreamedAsync(request, RateClass.Records, bulk.StreamAsync)
            : endpoints.RunAsync(request, RateClass.Records, bulk.BatchAsync);

    /// <summary>Changes the record that has given values, or creates it.</summary>
    [Function("RecordsUpsert")]
    public Task<IResult> Upsert([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/records/upsert")] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Records, records.UpsertAsync);

    /// <summary>Streams the records of a list.</summary>
    [Function("RecordsExport")]
    public Task<IResult> Export([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/records/export")] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Records, exports.ExportAsync);

    /// <summary>Creates records of what an export wrote.</summary>
    [Function("RecordsImport")]
    public Task<IResult> Import([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/records/import")] HttpRequest request)
        => endpoints.RunStreamedAsync(request, RateClass.Records, bulk.ImportAsync);

    /// <summary>Answers what happened to records since a version.</summary>
    [Function("RecordsChanges")]
    public Task<IResult> Changes([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/records/changes")] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Records, records.ChangesAsync);
}
