using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Buttons of a case: its actions, as v1 calls them (cases.md, "Cases v1").</summary>
public sealed class CaseButtonEndpoints(Endpoints endpoints, CaseActionRequests actions)
{
    private const string All = "api/v1/cases/{id:long}/buttons";
    private const string One = All + "/{buttonId:long}";

    /// <summary>Makes a button.</summary>
    [Function("CaseButtonsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.CreateAsync(call, CaseActionRequests.Buttons, PageParameters.ReadButton(call.Parameters), id));

    /// <summary>Deletes a button.</summary>
    [Function("CaseButtonsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long buttonId)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.DeleteAsync(call, id, buttonId));

    /// <summary>Answers a button.</summary>
    [Function("CaseButtonsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long buttonId)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.GetAsync(call, CaseActionRequests.Buttons, id, buttonId));

    /// <summary>Lists the buttons of a case.</summary>
    [Function("CaseButtonsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.ListAsync(call, CaseActionRequests.Buttons, id));

    /// <summary>Changes a button.</summary>
    [Function("CaseButtonsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id, long buttonId)
        => endpoints.RunAsync(request, RateClass.Default, call => actions.UpdateAsync(
            call, CaseActionRequests.Buttons, PageParameters.ReadButtonChanges(call.Parameters), id, buttonId));
}
