using System.Text.Json;
using Casefile.Core;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records.Bulk;

/// <summary>What became of one record of many.</summary>
/// <param name="Number">Its line, from 1, or its index in the body, from 0.</param>
/// <param name="Status">The status that a request of its own would have been answered with.</param>
/// <param name="Id">The record, where one was made.</param>
/// <param name="Replayed">Whether an earlier request with the same idempotency key made it.</param>
/// <param name="Problem">Why there is none.</param>
internal sealed record LineAnswer(long Number, int Status, long? Id, bool Replayed, Problem? Problem)
{
    public static LineAnswer Of(long number, Result<Made<long>> result)
        => result.Try(out var made, out var problem) ? new LineAnswer(number, 201, made.Value, made.Replayed, null) : Refused(number, problem);

    public static LineAnswer Refused(long number, Problem problem) => new(number, Exchange.StatusOf(problem.Kind), null, false, problem);

    /// <summary>Writes it as an object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="numbered">What its number is called: <c>line</c> or <c>index</c>.</param>
    public void Write(Utf8JsonWriter json, ReadOnlySpan<byte> numbered)
    {
        json.WriteStartObject();
        json.WriteNumber(numbered, Number);
        json.WriteNumber("status"u8, Status);
        if (Id is { } id) json.WriteNumber("id"u8, id);
        if (Replayed) json.WriteBoolean("replayed"u8, true);
        if (Problem is { } problem) ErrorShape.WriteErrors(json, problem);
        json.WriteEndObject();
    }
}
