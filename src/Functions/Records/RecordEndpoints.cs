using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Records;

/// <summary>Records (records.md, "Records (v1)").</summary>
public sealed class RecordEndpoints(Endpoints endpoints, RecordRequests records, RecordLists lists)
{
    /// <summary>Creates a record.</summary>
    [Function("RecordsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/records")] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Records, records.CreateAsync);

    /// <summary>Lists records.</summary>
    [Function("RecordsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/records")] HttpRequest request)
    {
        var list = lists.Begin();
        return endpoints.RunAsync(request, RateClass.Records, list.TryKnownAsync, list.AnswerAsync);
    }

    /// <summary>Computes over records.</summary>
    [Function("RecordsQuery")]
    public Task<IResult> Query([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/records/query")] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Queries, records.QueryAsync);

    /// <summary>Answers a record.</summary>
    [Function("RecordsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/records/{id:long}")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Records, call => records.GetAsync(call, id));

    /// <summary>Changes a record.</summary>
    [Function("RecordsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/records/{id:long}")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Records, call => records.UpdateAsync(call, id));

    /// <summary>Deletes a record.</summary>
    [Function("RecordsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/records/{id:long}")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Records, call => records.DeleteAsync(call, id));

    /// <summary>Answers an artifact of a record with its content.</summary>
    [Function("RecordsArtifact")]
    public Task<IResult> Artifact(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/records/{id:long}/artifacts/{artifactId:long}")] HttpRequest request,
        long id,
        long artifactId)
        => endpoints.RunAsync(request, RateClass.Records, call => records.ArtifactAsync(call, id, artifactId));
}
