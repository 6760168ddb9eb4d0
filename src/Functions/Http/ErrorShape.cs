using System.Text.Json;
using Casefile.Core;

namespace Casefile.Functions.Http;

/// <summary>How a family of endpoints writes a refusal (common.md, "Errors").</summary>
internal abstract class ErrorShape
{
    /// <summary>v1 and cases: <c>{"errors":[{"message","details"}]}</c>, and <c>request_id</c> beside it in a 5xx.</summary>
    public static ErrorShape V1 { get; } = new V1Shape();

    /// <summary>The answer's Content-Type.</summary>
    public virtual string ContentType => JsonAnswer.MediaType;

    /// <summary>Writes the body.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="problem">What was wrong.</param>
    /// <param name="requestId">The request's id where the body carries it (5xx), else null.</param>
    public abstract void Write(Utf8JsonWriter json, Problem problem, string? requestId);

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

    private sealed class V1Shape : ErrorShape
    {
        public override void Write(Utf8JsonWriter json, Problem problem, string? requestId)
        {
            json.WriteStartObject();
            WriteErrors(json, problem);
            if (requestId is not null) json.WriteString("request_id"u8, requestId);
            json.WriteEndObject();
        }
    }
}
