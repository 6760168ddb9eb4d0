using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tracy;

/// <summary>Datasets: record types as this door shows them (tracy.md, "Enough around it to be usable").</summary>
public sealed class DatasetEndpoints(Endpoints endpoints, DatasetRequests datasets)
{
    private const string All = "v1/datasets";
    private const string One = All + "/{id:long}";

    /// <summary>Makes a dataset.</summary>
    [Function("DatasetsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, datasets.CreateAsync);

    /// <summary>Deletes a dataset.</summary>
    [Function("DatasetsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.DeleteAsync(call, id));

    /// <summary>Answers a dataset.</summary>
    [Function("DatasetsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.GetAsync(call, id));

    /// <summary>Lists the datasets that the caller may read.</summary>
    [Function("DatasetsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, datasets.ListAsync);

    /// <summary>Changes a dataset.</summary>
    [Function("DatasetsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.UpdateAsync(call, id));
}
