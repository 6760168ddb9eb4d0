using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tracy;

/// <summary>Options of properties (tracy.md, "Enough around it to be usable").</summary>
public sealed class OptionEndpoints(Endpoints endpoints, DatasetRequests datasets)
{
    private const string All = "v1/options";
    private const string One = All + "/{id:long}";

    /// <summary>Makes an option.</summary>
    [Function("OptionsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, datasets.CreateOptionAsync);

    /// <summary>Deletes an option.</summary>
    [Function("OptionsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.DeleteOptionAsync(call, id));

    /// <summary>Answers an option.</summary>
    [Function("OptionsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.GetOptionAsync(call, id));

    /// <summary>Lists the options that the caller may read.</summary>
    [Function("OptionsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, datasets.ListOptionsAsync);

    /// <summary>Changes an option.</summary>
    [Function("OptionsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => datasets.UpdateOptionAsync(call, id));
}
