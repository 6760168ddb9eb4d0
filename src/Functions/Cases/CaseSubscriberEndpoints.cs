using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Who follows a case and who works on it (cases.md, "subscribers", "assignees").</summary>
public sealed class CaseSubscriberEndpoints(Endpoints endpoints, SubscriberRequests subscribers)
{
    private const string Case = "api/v2/cases/{id:long}";
    private const string All = Case + "/subscribers";
    private const string One = All + "/{subscriberId:long}";

    /// <summary>Lists who is assigned to a case.</summary>
    [Function("CaseAssigneesList")]
    public Task<IResult> ListAssignees([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Case + "/assignees")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => subscribers.ListAssigneesAsync(call, id));

    /// <summary>Subscribes a user.</summary>
    [Function("CaseSubscribersCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => subscribers.SubscribeAsync(call, id));

    /// <summary>Subscribes several users, all or none.</summary>
    [Function("CaseSubscribersCreateBatch")]
    public Task<IResult> CreateBatch([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All + "/batch")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => subscribers.SubscribeAllAsync(call, id));

    /// <summary>Ends a subscription.</summary>
    [Function("CaseSubscribersDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long subscriberId)
        => endpoints.RunAsync(request, RateClass.Default, call => subscribers.DeleteAsync(call, id, subscriberId));

    /// <summary>Lists who follows a case.</summary>
    [Function("CaseSubscribersList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => subscribers.ListAsync(call, id));
}
