using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Blocks of a case and their elements (cases.md, "blocks"). A block goes by its id or by its slug.</summary>
public sealed class CaseBlockEndpoints(Endpoints endpoints, CaseBlockRequests blocks)
{
    private const string All = "api/v2/cases/{id:long}/blocks";
    private const string One = All + "/{block}";
    private const string Element = One + "/elements/{elementId:long}";

    /// <summary>Makes a block.</summary>
    [Function("CaseBlocksCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => blocks.CreateAsync(call, id));

    /// <summary>Deletes a block.</summary>
    [Function("CaseBlocksDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, string block)
        => endpoints.RunAsync(request, RateClass.Default, call => blocks.DeleteAsync(call, id, block));

    /// <summary>Answers a block.</summary>
    [Function("CaseBlocksGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, string block)
        => endpoints.RunAsync(request, RateClass.Default, call => blocks.GetAsync(call, id, block));

    /// <summary>Lists the blocks of a case.</summary>
    [Function("CaseBlocksList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => blocks.ListAsync(call, id));

    /// <summary>Changes a block.</summary>
    [Function("CaseBlocksUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id, string block)
        => endpoints.RunAsync(request, RateClass.Default, call => blocks.UpdateAsync(call, id, block));

    /// <summary>Answers an element of a block.</summary>
    [Function("CaseElementsGet")]
    public Task<IResult> GetElement([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Element)] HttpRequest request, long id, string block, long elementId)
        => endpoints.RunAsync(request, RateClass.Default, call => blocks.GetElementAsync(call, id, block, elementId));

    /// <summary>Changes an element of a block.</summary>
    [Function("CaseElementsUpdate")]
    public Task<IResult> UpdateElement([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Element)] HttpRequest request, long id, string block, long elementId)
        => endpoints.RunAsync(request, RateClass.Default, call => blocks.UpdateElementAsync(call, id, block, elementId));
}
