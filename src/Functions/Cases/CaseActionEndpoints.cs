using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Actions of a case (cases.md, "actions").</summary>
public sealed class CaseActionEndpoints(Endpoints endpoints, CaseActionRequests actions)
{
    private const string All = "api/v2/cases/{id:long}/actions";
    private const string One = All + "/{actionId:long}";

    /// <summary>Makes an action.</summary>
    [Function("CaseActionsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.CreateAsync(call, CaseActionRequests.Actions, PageParameters.ReadAction(call.Parameters), id));

    /// <summary>Deletes an action.</summary>
    [Function("CaseActionsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long actionId)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.DeleteAsync(call, id, actionId));

    /// <summary>Answers an action.</summary>
    [Function("CaseActionsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long actionId)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.GetAsync(call, CaseActionRequests.Actions, id, actionId));

    /// <summary>Lists the actions of a case.</summary>
    [Function("CaseActionsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.ListAsync(call, CaseActionRequests.Actions, id));

    /// <summary>Puts other actions in place of all.</summary>
    [Function("CaseActionsReplace")]
    public Task<IResult> Replace([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = All + "/batch")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.ReplaceAsync(call, id));

    /// <summary>Changes an action.</summary>
    [Function("CaseActionsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id, long actionId)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.UpdateAsync(
            call, CaseActionRequests.Actions, PageParameters.ReadActionChanges(call.Parameters), id, actionId));
}
