using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>The metadata of a case (cases.md, "metadata").</summary>
public sealed class CaseMetadataEndpoints(Endpoints endpoints, CaseMetadataRequests metadata)
{
    private const string All = "api/v2/cases/{id:long}/metadata";

    /// <summary>Adds pairs whose keys are not there.</summary>
    [Function("CaseMetadataAdd")]
    public Task<IResult> Add([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.AddAsync(call, id));

    /// <summary>Answers all pairs.</summary>
    [Function("CaseMetadataGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.GetAsync(call, id));

    /// <summary>Answers one pair.</summary>
    [Function("CaseMetadataGetOne")]
    public Task<IResult> GetOne([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All + "/{key}")] HttpRequest request, long id, string key)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.GetAsync(call, id, key));

    /// <summary>Removes pairs by their keys.</summary>
    [Function("CaseMetadataRemove")]
    public Task<IResult> Remove([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.RemoveAsync(call, id));

    /// <summary>Sets pairs.</summary>
    [Function("CaseMetadataSet")]
    public Task<IResult> Set([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => metadata.SetAsync(call, id));
}
