using System.Diagnostics;
using Casefile.Core;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Http;

/// <summary>Finds the caller that a key stands for; null when there is none.</summary>
internal delegate ValueTask<Caller?> Authenticate(string key, CancellationToken cancellationToken);

/// <summary>
/// What every endpoint does, once: request id, key, rate limit, body and parameters before its own work; errors, log and metrics after it.
/// A singleton that the function classes are given.
/// </summary>
public sealed class Endpoints
{
    private const int ClientClosedRequest = 499;
    private static readonly string[] KeyHeaders = ["X-User-Token", "X-Api-Key"];

    private readonly Authenticate authenticate;
    private readonly RateLimits limits;
    private readonly HttpOptions options;
    private readonly ILogger log;

    internal Endpoints(Authenticate authenticate, RateLimits limits, HttpOptions options, ILogger<Endpoints> log)
        => (this.authenticate, this.limits, this.options, this.log) = (authenticate, limits, options, log);

    /// <summary>Runs an endpoint that needs a key.</summary>
    /// <param name="request">The request, its body not yet read.</param>
    /// <param name="rate">Which rate limit it counts against.</param>
    /// <param name="handle">The endpoint's own work. It is not called when key, limit or body are wrong; what it throws is answered and logged.</param>
    internal Task<IResult> RunAsync(HttpRequest request, RateClass rate, Func<Call, Task<IResult>> handle) => RunAsync(request, rate, options.BodyLimit, handle);

    /// <summary>As the other, with a limit of its own to the body, in bytes, in place of <see cref="HttpOptions.BodyLimit"/>.</summary>
    internal Task<IResult> RunAsync(HttpRequest request, RateClass rate, long bodyLimit, Func<Call, Task<IResult>> handle)
    {
        var requestId = RequestId.Of(request);
        var exchange = new Exchange(request, requestId, ErrorShape.Of(request.Path), options);
        return GuardAsync(exchange, () => AdmitAsync(exchange, rate, caller => ReadAsync(exchange, caller, bodyLimit, handle)));
    }

    /// <summary>As the other, for an endpoint that may know its answer before the request is read any further.</summary>
    /// <param name="request">The request, its body not yet read.</param>
    /// <param name="rate">Which rate limit it counts against.</param>
    /// <param name="known">The answer for this caller, or null where it is not known. Not asked about a request that may have a body.</param>
    /// <param name="handle">The endpoint's own work otherwise.</param>
    internal Task<IResult> RunAsync(HttpRequest request, RateClass rate, Func<Exchange, Caller, Task<IResult?>> known, Func<Call, Task<IResult>> handle)
    {
        var exchange = new Exchange(request, RequestId.Of(request), ErrorShape.Of(request.Path), options);
        return GuardAsync(exchange, () => AdmitAsync(exchange, rate, async caller =>
            (exchange.MayHaveBody ? null : await known(exchange, caller)) ?? await ReadAsync(exchange, caller, options.BodyLimit, handle)));
    }

    /// <summary>
    /// Runs an endpoint that needs a key and reads the body itself, as it comes: its parameters are those of the query alone, and no limit
    /// is set to the body's length.
    /// </summary>
    /// <param name="request">The request, its body not yet read.</param>
    /// <param name="rate">Which rate limit it counts against.</param>
    /// <param name="handle">The endpoint's own work. It is not called when key or limit are wrong; what it throws is answered and logged.</param>
    internal Task<IResult> RunStreamedAsync(HttpRequest request, RateClass rate, Func<Call, Task<IResult>> handle)
    {
        var exchange = new Exchange(request, RequestId.Of(request), ErrorShape.Of(request.Path), options);
        return GuardAsync(exchange, () => AdmitAsync(exchange, rate, caller =>
        {
            RequestBody.TakeAnyLength(request);
            return handle(new Call(request, exchange.RequestId, exchange.Errors, options, caller, new Parameters(request.QueryString, null)));
        }));
    }

    /// <summary>Runs an endpoint that anyone may call. The body is not read.</summary>
    internal Task<IResult> RunOpenAsync(HttpRequest request, Func<Exchange, Task<IResult>> handle)
    {
        var exchange = new Exchange(request, RequestId.Of(request), ErrorShape.Of(request.Path), options);
        return GuardAsync(exchange, () => RateLimited(exchange, RateClass.Default, keyId: null) is { } problem
            ? Task.FromResult(exchange.Refuse(problem))
            : handle(exchange));
    }

    private async Task<IResult> AdmitAsync(Exchange exchange, RateClass rate, Func<Caller, Task<IResult>> run)
    {
        var request = exchange.Request;
        var caller = KeyOf(request) is { } key ? await authenticate(key, exchange.Cancelled) : null;
        if (RateLimited(exchange, rate, caller?.KeyId) is { } exceeded) return exchange.Refuse(exceeded);
        return caller is null
            ? exchange.Refuse(Problem.Of(ProblemKind.Unauthenticated, "Key is missing or not valid", "authorization: send 'Authorization: Bearer <key>'"))
            : await run(caller);
    }

    private async Task<IResult> ReadAsync(Exchange exchange, Caller caller, long bodyLimit, Func<Call, Task<IResult>> handle)
    {
        var request = exchange.Request;
        if (!(await RequestBody.ReadAsync(request, bodyLimit, exchange.Cancelled)).Try(out var body, out var problem))
            return exchange.Refuse(problem);

        request.HttpContext.Response.RegisterForDispose(body);
        var settled = false;
        try
        {
            var call = new Call(request, exchange.RequestId, exchange.Errors, options, caller, new Parameters(request.QueryString, body.Root));
            var answer = await handle(call);
            settled = (answer as IStatusCodeHttpResult)?.StatusCode is not >= 500;
            return answer;
        }
        finally
        {
            if (!settled) body.Keep();
        }
    }

    private async Task<IResult> GuardAsync(Exchange exchange, Func<Task<IResult>> run)
    {
        var (request, requestId) = (exchange.Request, exchange.RequestId);
        var started = Stopwatch.GetTimestamp();
        request.HttpContext.Response.Headers[RequestId.Header] = requestId;
        using var scope = log.BeginScope(new RequestScope(requestId));
        using var activity = Diagnostics.Activities.StartActivity("casefile.request", ActivityKind.Internal);
        activity?.SetTag("casefile.request_id", requestId);

        var answer = await AnswerAsync(exchange, run);
        var status = (answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        activity?.SetTag("http.response.status_code", status);
        if (status >= 500) activity?.SetStatus(ActivityStatusCode.Error);
        HttpDiagnostics.Requested(request.Method, status, Stopwatch.GetElapsedTime(started));
        return answer;
    }

    private async Task<IResult> AnswerAsync(Exchange exchange, Func<Task<IResult>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException) when (exchange.Cancelled.IsCancellationRequested)
        {
            return Results.StatusCode(ClientClosedRequest);
        }
        catch (StorageUnavailableException fault)
        {
            log.StorageUnavailable(exchange.Request.Method, exchange.Request.Path, exchange.RequestId, fault.Message);
            return exchange.Refuse(Problem.Of(ProblemKind.Unavailable, "Storage is unavailable", "try again later"));
        }
        catch (BadHttpRequestException fault)
        {
            return exchange.Refuse(fault.StatusCode, Problem.Malformed("Request is broken", "body: ended early or was sent against HTTP's rules"));
        }
        catch (IOException) when (exchange.Cancelled.IsCancellationRequested)
        {
            return Results.StatusCode(ClientClosedRequest);
        }
#pragma warning disable CA1031 // Nothing may leave here: the host would answer an empty 500.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.Unforeseen(exchange.Request.Method, exchange.Request.Path, exchange.RequestId, Trace(fault));
            return exchange.Refuse(StatusCodes.Status500InternalServerError, Problem.Malformed("Something went wrong here", "the log has more under the request_id"));
        }
    }

    private Problem? RateLimited(Exchange exchange, RateClass rate, long? keyId)
        => limits.Exceeded(rate, keyId, exchange.ClientAddress) is { } wait
            ? Problem.Of(ProblemKind.RateLimited, "Too many requests", $"at most {limits.Describe(rate)}", wait)
            : null;

    private static string? KeyOf(HttpRequest request)
    {
        const string scheme = "Bearer ";
        if (request.Headers[HeaderNames.Authorization] is [{ } given] && given.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return given[scheme.Length..].Trim();
        foreach (var header in KeyHeaders)
        {
            if (request.Headers[header] is [{ Length: > 0 } key]) return key.Trim();
        }

        return null;
    }

    // Types and places only: an exception's message may quote a value.
    private static string Trace(Exception fault)
    {
        var trace = $"{fault.GetType()}\n{fault.StackTrace}";
        return fault.InnerException is { } inner ? $"{trace}\n---> {Trace(inner)}" : trace;
    }
}
