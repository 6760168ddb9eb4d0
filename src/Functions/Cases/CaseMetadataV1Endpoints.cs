using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>The metadata of a case, v1 (cases.md, "Cases v1").</summary>
public sealed class CaseMetadataV1Endpoints(Endpoints endpoints, CaseMetadataRequests metadata)
{
    private const string All = "api/v1/cases/{id:long}/metadata";

    /// <summary>Adds pairs whose keys are not there.</summary>
    [Function("CaseMetadataV1Add")]
    public Task<IResult> Add([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.AddAsync(call, id));

    /// <summary>Answers all pairs.</summary>
    [Function("CaseMetadataV1Get")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.GetAsync(call, id));

    /// <summary>Answers one pair.</summary>
    [Function("CaseMetadataV1GetOne")]
    public Task<IResult> GetOne([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All + "/{key}")] HttpRequest request, long id, string key)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.GetAsync(call, id, key));

    /// <summary>Removes pairs by their keys.</summary>
    [Function("CaseMetadataV1Remove")]
    public Task<IResult> Remove([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.RemoveAsync(call, id));

    /// <summary>Sets pairs.</summary>
    [Function("CaseMetadataV1Set")]
    public Task<IResult> Set([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.SetAsync(call, id));
}
