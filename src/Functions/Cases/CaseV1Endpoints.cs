using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Cases, v1 (cases.md, "Cases v1"): the same cases, answered in the older form.</summary>
public sealed class CaseV1Endpoints(Endpoints endpoints, CaseRequests cases)
{
    private const string All = "api/v1/cases";
    private const string One = All + "/{id:long}";

    /// <summary>Creates a case.</summary>
    [Function("CasesV1Create")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, cases.CreateAsync);

    /// <summary>Deletes a case with all that is inside.</summary>
    [Function("CasesV1Delete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => cases.DeleteAsync(call, id));

    /// <summary>Answers a case.</summary>
    [Function("CasesV1Get")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => cases.GetAsync(call, id));

    /// <summary>Lists cases.</summary>
    [Function("CasesV1List")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, cases.ListAsync);

    /// <summary>Changes a case.</summary>
    [Function("CasesV1Update")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => cases.UpdateAsync(call, id));
}
