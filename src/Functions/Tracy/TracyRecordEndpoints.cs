using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tracy;

/// <summary>Records of datasets (tracy.md).</summary>
public sealed class TracyRecordEndpoints(Endpoints endpoints, TracyRecordRequests records)
{
    private const string Records = "v1/records";
    private const string Record = Records + "/{id:long}";

    /// <summary>Creates a record, or a duplicate of one.</summary>
    [Function("TracyRecordsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Records)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Records, records.CreateAsync);

    /// <summary>Answers a record.</summary>
    [Function("TracyRecordsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Record)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Records, call => records.GetAsync(call, id));

    /// <summary>Lists the records of a dataset, or of one of its states.</summary>
    [Function("TracyRecordsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Records)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Records, records.ListAsync);

    /// <summary>Changes a record.</summary>
    [Function("TracyRecordsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Record)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Records, call => records.UpdateAsync(call, id));

    /// <summary>Deletes a record.</summary>
    [Function("TracyRecordsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Record)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Records, call => records.DeleteAsync(call, id));

    /// <summary>Lists what happened to a record.</summary>
    [Function("TracyEventsList")]
    public Task<IResult> ListEvents([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/events")] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Records, records.ListEventsAsync);
}
