using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Casefile.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Http;

/// <summary>A request and how it is answered: ids, links, the shape of errors.</summary>
[SuppressMessage("Performance", "CA1822", Justification = "Endpoints make every answer in the same way.")]
internal class Exchange(HttpRequest request, string requestId, ErrorShape errors, HttpOptions options)
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(5);

    /// <summary>The request.</summary>
    public HttpRequest Request { get; } = request;

    /// <summary>How refusals are written.</summary>
    public ErrorShape Errors { get; } = errors;

    /// <summary>Its id, also in the log and in the header <c>x-request-id</c>.</summary>
    public string RequestId { get; } = requestId;

    /// <summary>Cancelled when the client has gone away.</summary>
    public CancellationToken Cancelled => Request.HttpContext.RequestAborted;

    /// <summary>Whether the request may have a body. Where the server cannot tell, it may.</summary>
    public bool MayHaveBody => RequestBody.MayBe(Request);

    /// <summary>The request's address as the client sees it.</summary>
    public Address Address => new(
        Forwarded("X-Forwarded-Proto") ?? Request.Scheme,
        Forwarded("X-Forwarded-Host") ?? Request.Host.ToUriComponent(),
        Request.PathBase.ToUriComponent(),
        Request.Path.ToUriComponent(),
        Request.QueryString.Value ?? "");

    /// <summary>The client's address, for counting.</summary>
    public string ClientAddress => Forwarded("X-Forwarded-For") is { } forwarded
        ? WithoutPort(forwarded)
        : Request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <summary>200.</summary>
    /// <param name="write">Writes exactly one JSON value, at once.</param>
    /// <param name="version">The resource's version for its ETag, or null.</param>
    /// <param name="replayed">Whether this is what the first request with the idempotency key was answered.</param>
    public IResult Ok(Action<Utf8JsonWriter> write, long? version = null, bool replayed = false) => Json(StatusCodes.Status200OK, write, version, replayed);

    /// <summary>201.</summary>
    /// <param name="write">Writes exactly one JSON value, at once.</param>
    /// <param name="version">The resource's version for its ETag, or null.</param>
    /// <param name="replayed">Whether this is what the first request with the idempotency key was answered.</param>
    public IResult Created(Action<Utf8JsonWriter> write, long? version = null, bool replayed = false)
        => Json(StatusCodes.Status201Created, write, version, replayed);

    /// <summary>204 without a body.</summary>
    public IResult NoContent() => Results.NoContent();

    /// <summary>A refusal in the shape of the endpoint's family.</summary>
    public IResult Refuse(Problem problem)
    {
        var headers = Request.HttpContext.Response.Headers;
        if (problem.Kind == ProblemKind.Unauthenticated) headers[HeaderNames.WWWAuthenticate] = "Bearer";
        if (problem.Kind is ProblemKind.RateLimited or ProblemKind.Unavailable)
        {
            var wait = Math.Max(1, Math.Ceiling((problem.RetryAfter ?? DefaultWait).TotalSeconds));
            headers[HeaderNames.RetryAfter] = wait.ToString(CultureInfo.InvariantCulture);
        }

        return Refuse(StatusOf(problem.Kind), problem);
    }

    /// <summary>A refusal with a status that no kind of problem stands for.</summary>
    public IResult Refuse(int status, Problem problem)
        => new JsonAnswer(status, json => Errors.Write(json, problem, status, status >= 500 ? RequestId : null), contentType: Errors.ContentType);

    /// <summary>What a success is answered with, or its refusal.</summary>
    public IResult Answer<T>(Result<T> result, Func<T, IResult> answer)
        => result.Try(out var value, out var problem) ? answer(value) : Refuse(problem);

    /// <summary>200 with an entity tag.</summary>
    /// <param name="write">Writes exactly one JSON value, at once.</param>
    /// <param name="etag">The entity tag with its quotes, or null.</param>
    public JsonAnswer Ok(Action<Utf8JsonWriter> write, string? etag)
        => new(StatusCodes.Status200OK, write, etag, Errors.AnswerTypeFor(Request));

    private JsonAnswer Json(int status, Action<Utf8JsonWriter> write, long? version, bool replayed)
    {
        if (replayed) Request.HttpContext.Response.Headers[IdempotencyKeyHeader.Replayed] = "true";
        return new JsonAnswer(status, write, version is { } known ? EntityTags.Of(known) : null, Errors.AnswerTypeFor(Request));
    }

    /// <summary>The status that a kind of problem is answered with (common.md, "Status codes").</summary>
    internal static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Malformed => 400,
        ProblemKind.Unauthenticated => 401,
        ProblemKind.Forbidden => 403,
        ProblemKind.NotFound => 404,
        ProblemKind.Conflict => 409,
        ProblemKind.Gone => 410,
        ProblemKind.Changed => 412,
        ProblemKind.TooLarge => 413,
        ProblemKind.UnsupportedMediaType => 415,
        ProblemKind.Invalid => 422,
        ProblemKind.RateLimited => 429,
        ProblemKind.Unavailable => 503,
        ProblemKind.TimedOut => 504,
        _ => 500,
    };

    // The last value is the one that the nearest proxy, the trusted one, has added.
    private string? Forwarded(string header)
    {
        if (!options.ForwardedHeaders || Request.Headers[header] is not [.., { Length: > 0 } values]) return null;
        var last = values[(values.LastIndexOf(',') + 1)..].Trim();
        return last.Length == 0 ? null : last;
    }

    private static string WithoutPort(string address)
        => System.Net.IPEndPoint.TryParse(address, out var endpoint) ? endpoint.Address.ToString() : address;
}
