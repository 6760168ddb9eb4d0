using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tracy;

/// <summary>States of datasets (tracy.md, "Enough around it to be usable").</summary>
public sealed class StateEndpoints(Endpoints endpoints, DatasetRequests datasets)
{
    private const string All = "v1/states";
    private const string One = All + "/{id:long}";

    /// <summary>Makes a state.</summary>
    [Function("StatesCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, datasets.CreateStateAsync);

    /// <summary>Deletes a state.</summary>
    [Function("StatesDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.DeleteStateAsync(call, id));

    /// <summary>Answers a state.</summary>
    [Function("StatesGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.GetStateAsync(call, id));

    /// <summary>Lists the states that the caller may read.</summary>
    [Function("StatesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, datasets.ListStatesAsync);

    /// <summary>Changes a state.</summary>
    [Function("StatesUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.UpdateStateAsync(call, id));
}
