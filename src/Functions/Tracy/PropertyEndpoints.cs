using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tracy;

/// <summary>Properties of datasets (tracy.md, "Enough around it to be usable").</summary>
public sealed class PropertyEndpoints(Endpoints endpoints, DatasetRequests datasets)
{
    private const string All = "v1/properties";
    private const string One = All + "/{id:long}";

    /// <summary>Makes a property.</summary>
    [Function("PropertiesCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, datasets.CreatePropertyAsync);

    /// <summary>Deletes a property.</summary>
    [Function("PropertiesDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.DeletePropertyAsync(call, id));

    /// <summary>Answers a property.</summary>
    [Function("PropertiesGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.GetPropertyAsync(call, id));

    /// <summary>Lists the properties that the caller may read.</summary>
    [Function("PropertiesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, datasets.ListPropertiesAsync);

    /// <summary>Changes a property.</summary>
    [Function("PropertiesUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.UpdatePropertyAsync(call, id));
}
