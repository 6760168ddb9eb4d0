using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Records of a case (cases.md, "records").</summary>
public sealed class CaseRecordEndpoints(Endpoints endpoints, CaseRecordRequests records)
{
    private const string All = "api/v2/cases/{id:long}/records";
    private const string One = All + "/{recordId:long}";

    /// <summary>Links a record.</summary>
    [Function("CaseRecordsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => records.LinkAsync(call, id, v1: false));

    /// <summary>Takes a record from the case.</summary>
    [Function("CaseRecordsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long recordId)
        => endpoints.RunAsync(request, RateClass.Default, call => records.UnlinkAsync(call, id, recordId));

    /// <summary>Answers a record of the case.</summary>
    [Function("CaseRecordsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long recordId)
        => endpoints.RunAsync(request, RateClass.Default, call => records.GetAsync(call, id, recordId));

    /// <summary>Lists the records of the case.</summary>
    [Function("CaseRecordsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => records.ListAsync(call, id));
}
