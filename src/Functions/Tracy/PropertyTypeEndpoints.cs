using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tracy;

/// <summary>What properties may hold (tracy.md, "Property types").</summary>
public sealed class PropertyTypeEndpoints(Endpoints endpoints)
{
    /// <summary>Lists the property types.</summary>
    [Function("PropertyTypesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/property-types")] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, call => Task.FromResult(DatasetRequests.ListPropertyTypes(call)));
}
