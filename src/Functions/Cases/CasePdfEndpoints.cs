using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>A case as a PDF, v2 and v1 (cases.md, "PDF").</summary>
public sealed class CasePdfEndpoints(Endpoints endpoints, CasePdfRequests pdf)
{
    /// <summary>Answers the case as a PDF.</summary>
    [Function("CasesPdf")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v2/cases/{id:long}/pdf")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => pdf.GetAsync(call, id));

    /// <summary>The same under its older path.</summary>
    [Function("CasesPdfV1")]
    public Task<IResult> GetV1([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/cases/{id:long}/pdf")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => pdf.GetAsync(call, id));
}
