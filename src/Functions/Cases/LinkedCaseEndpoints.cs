using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Cases that are linked to a case (cases.md, "linked_cases").</summary>
public sealed class LinkedCaseEndpoints(Endpoints endpoints, LinkedCaseRequests linked)
{
    private const string All = "api/v2/cases/{id:long}/linked_cases";

    /// <summary>Links several cases.</summary>
    [Function("LinkedCasesBatch")]
    public Task<IResult> Batch([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All + "/batch")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => linked.LinkAllAsync(call, id));

    /// <summary>Links a case.</summary>
    [Function("LinkedCasesCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => linked.LinkAsync(call, id));

    /// <summary>Takes two cases apart.</summary>
    [Function("LinkedCasesDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = All + "/{linkedId:long}")] HttpRequest request, long id, long linkedId)
        => endpoints.RunAsync(request, RateClass.Default, call => linked.UnlinkAsync(call, id, linkedId));

    /// <summary>Lists the linked cases.</summary>
    [Function("LinkedCasesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => linked.ListAsync(call, id));
}
