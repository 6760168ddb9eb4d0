using System.Text.Json;
using System.Text.RegularExpressions;
using Casefile.Core;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Http;

/// <summary>How a family of endpoints writes a refusal (common.md, "Errors"), and of what type its other answers are.</summary>
internal abstract partial class ErrorShape
{
    /// <summary>v1 and cases: <c>{"errors":[{"message","details"}]}</c>, and <c>request_id</c> beside it in a 5xx.</summary>
    public static ErrorShape V1 { get; } = new V1Shape();

    /// <summary>Tracy: problem details (RFC 9457), what is wrong keyed by its JSON path.</summary>
    public static ErrorShape ProblemDetails { get; } = new ProblemDetailsShape();

    /// <summary>The Content-Type of a refusal.</summary>
    public virtual string ContentType => JsonAnswer.MediaType;

    /// <summary>The shape of the family that a path belongs to, whether an endpoint has it or not.</summary>
    public static ErrorShape Of(PathString path) => path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase) ? ProblemDetails : V1;

    /// <summary>The Content-Type of what is no refusal, by what the client takes.</summary>
    public virtual string AnswerTypeFor(HttpRequest request) => JsonAnswer.MediaType;

    /// <summary>Writes the body.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="problem">What was wrong.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="requestId">The request's id where the body carries it (5xx), else null.</param>
    public abstract void Write(Utf8JsonWriter json, Problem problem, int status, string? requestId);

    /// <summary>Writes the member <c>errors</c> of v1 and cases, also for a line of a stream.</summary>
    public static void WriteErrors(Utf8JsonWriter json, Problem problem)
    {
        json.WriteStartArray("errors"u8);
        foreach (var fault in problem.Faults.Take(ParameterFaults.Most))
        {
            json.WriteStartObject();
            json.WriteString("message"u8, fault.Message);
            if (fault.Details is { } details) json.WriteString("details"u8, details);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private sealed partial class ProblemDetailsShape : ErrorShape
    {
        private const string Whole = "$";

        public override string ContentType => "application/problem+json; charset=utf-8";

        public override string AnswerTypeFor(HttpRequest request) => AnswerTypes.For(request);

        public override void Write(Utf8JsonWriter json, Problem problem, int status, string? requestId)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "about:blank"u8);
            json.WriteString("title"u8, problem.Faults[0].Message);
            json.WriteNumber("status"u8, status);
            json.WriteString("detail"u8, problem.Faults[0].Details ?? problem.Faults[0].Message);
            json.WriteStartObject("errors"u8);
            foreach (var faults in problem.Faults.Take(ParameterFaults.Most).Select(fault => Place(fault, status)).GroupBy(fault => fault.Path, StringComparer.Ordinal))
            {
                json.WriteStartArray(faults.Key);
                foreach (var (_, reason) in faults) json.WriteStringValue(reason);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            if (requestId is not null) json.WriteString("request_id"u8, requestId);
            json.WriteEndObject();
        }

        /// <summary>A fault's place in the body as a JSON path, and the rest of it. What is of no member, or not of the body's content, is of the whole.</summary>
        private static (string Path, string Reason) Place(Fault fault, int status)
        {
            if (fault.Details is not { } details) return (Whole, fault.Message);
            if (status is not (StatusCodes.Status400BadRequest or StatusCodes.Status422UnprocessableEntity)) return (Whole, details);
            var member = Member().Match(details);
            if (!member.Success) return (Whole, details);
            return (member.Groups[1].Value == "body" ? Whole : $"{Whole}.{member.Groups[1].Value}", details[member.Length..]);
        }

        [GeneratedRegex(@"^([A-Za-z_]\w*(?:\[\d+\]|\.[A-Za-z_]\w*)*): ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
        private static partial Regex Member();
    }

    private sealed class V1Shape : ErrorShape
    {
        public override void Write(Utf8JsonWriter json, Problem problem, int status, string? requestId)
        {
            json.WriteStartObject();
            WriteErrors(json, problem);
            if (requestId is not null) json.WriteString("request_id"u8, requestId);
            json.WriteEndObject();
        }
    }
}
