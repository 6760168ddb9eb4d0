using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Operations;

/// <summary>Whether the process is up, for whoever starts it.</summary>
public static class Liveness
{
    /// <summary>Answers 200 once the process takes requests; whether storage answers too is what api/health says.</summary>
    [Function("Live")]
    public static IResult Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/live")] HttpRequest request) =>
        Results.Ok();
}
