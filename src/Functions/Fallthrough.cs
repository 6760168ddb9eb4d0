using Casefile.Core;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions;

/// <summary>
/// Answers what no other function takes, in the contract's shape: 405 with <c>Allow</c> on a path that is known, 404 elsewhere. The host tries
/// routes in the order of the functions' names, so this one has to be the last.
/// </summary>
public sealed class Fallthrough(Endpoints endpoints)
{
    /// <summary>Sorts behind every other function.</summary>
    public const string Name = "ZFallthrough";

    private static readonly RouteTable Routes = RouteTable.Of(typeof(Fallthrough).Assembly, except: Name);

    /// <summary>Any path, any method.</summary>
    [Function(Name)]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")] HttpRequest request)
        => endpoints.RunOpenAsync(request, exchange => Task.FromResult(Answer(exchange)));

    private static IResult Answer(Exchange exchange)
    {
        var request = exchange.Request;
        var allowed = Routes.MethodsOf(request.Path.Value ?? "");

        // A method that the path takes comes here where the host saw another path than this table: slashes doubled, say.
        if (allowed.Count == 0 || allowed.Contains(request.Method)) return exchange.Refuse(Problem.NotFound("Path", "path: no endpoint has it"));

        request.HttpContext.Response.Headers[HeaderNames.Allow] = string.Join(", ", allowed);
        return HttpMethods.IsOptions(request.Method)
            ? exchange.NoContent()
            : exchange.Refuse(
                StatusCodes.Status405MethodNotAllowed,
                Problem.Malformed("Method is not allowed", $"method: this path takes {string.Join(", ", allowed)}"));
    }
}
