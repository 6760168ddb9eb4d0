using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tests.LocalHost;

/// <summary>Functions in the ways that LocalHost has to serve them.</summary>
public sealed class SampleFunctions(SampleState state)
{
    [Function("ThingByName")]
    public static IResult ByName([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{name}")] HttpRequest request, string name)
        => Results.Text($"name {name}");

    [Function("ThingById")]
    public static Task<IResult> ById([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{id:long}")] HttpRequest request, long id)
        => Task.FromResult(Results.Text($"id {id}"));

    [Function("AThingAnywhere")]
    public static IResult Any([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{kind}/special")] HttpRequest request, string kind)
        => Results.Text($"special {kind}");

    [Function("Written")]
    public static Task Written([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "written")] HttpRequest request, CancellationToken cancellationToken)
        => request.Body.CopyToAsync(request.HttpContext.Response.Body, cancellationToken);

    [Function("Context")]
    public static IResult Context([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "context")] HttpRequest request, FunctionContext context)
        => Results.Text($"{context.FunctionId} {context.InvocationId.Length}");

    [Function("Broken")]
    public static IResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "broken")] HttpRequest request)
        => throw new InvalidOperationException("a secret");

    [Function("ZLast")]
    public static IResult Last([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request, string? path)
        => Results.Text($"last {request.Method} {path}", statusCode: 404);

    [Function("Ticking")]
    public Task Ticking([TimerTrigger("%TickingSchedule%")] TimerInfo timer) => state.TickAsync(timer);

    [Function("Unset")]
    public static Task Unset([TimerTrigger("%NobodySetsThis%")] TimerInfo timer) => throw new InvalidOperationException("It is off.");
}

/// <summary>What the sample's timer tells the tests.</summary>
public sealed class SampleState(TimeProvider time)
{
    /// <summary>When it ran.</summary>
    public List<DateTimeOffset> Ticks { get; } = [];

    /// <summary>Whether the next run fails.</summary>
    public bool FailsOnce { get; set; }

    /// <summary>A run.</summary>
    public Task TickAsync(TimerInfo timer)
    {
        ArgumentNullException.ThrowIfNull(timer);
        Ticks.Add(time.GetUtcNow());
        if (!FailsOnce)
        {
            return Task.CompletedTask;
        }

        FailsOnce = false;
        throw new InvalidOperationException("This run fails.");
    }
}
