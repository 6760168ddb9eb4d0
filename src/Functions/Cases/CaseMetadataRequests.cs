using System.Text.Json;
using Casefile.Core;
using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases;

/// <summary>Requests about the metadata of cases, the same in v1 and v2. A singleton.</summary>
public sealed class CaseMetadataRequests(CaseMetadata metadata)
{
    private const string Name = "metadata";

    internal async Task<IResult> AddAsync(Call call, long caseId)
    {
        var pairs = ReadPairs(call);
        var once = call.Once(call.Request.Path.Value!.TrimEnd('/'));
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(
            await metadata.AddAsync(call.Caller, caseId, pairs, once, call.Cancelled), made => call.Created(json => Write(json, made.Value), made.Value.Revision, made.Replayed));
    }

    internal async Task<IResult> GetAsync(Call call, long caseId) => Answer(call, await metadata.GetAsync(call.Caller, caseId, call.Cancelled));

    internal async Task<IResult> GetAsync(Call call, long caseId, string key) => Answer(call, await metadata.GetAsync(call.Caller, caseId, key, call.Cancelled));

    internal async Task<IResult> SetAsync(Call call, long caseId)
    {
        var pairs = ReadPairs(call);
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return Answer(call, await metadata.SetAsync(call.Caller, caseId, pairs, guard, call.Cancelled));
    }

    internal async Task<IResult> RemoveAsync(Call call, long caseId)
    {
        call.Parameters.Require(Name);
        var keys = call.Parameters.Texts(Name) ?? [];
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return Answer(call, await metadata.RemoveAsync(call.Caller, caseId, keys, guard, call.Cancelled));
    }

    private static JsonElement ReadPairs(Call call)
    {
        call.Parameters.Require(Name);
        return PageParameters.ReadObject(call.Parameters, Name) ?? default;
    }

    private static IResult Answer(Call call, Result<MetadataView> result) => call.Answer(result, view => call.Ok(json => Write(json, view), view.Revision));

    private static void Write(Utf8JsonWriter json, MetadataView view)
    {
        json.WriteStartObject();
        json.WriteNumber("case_id"u8, view.CaseId);
        CaseJson.WriteRaw(json, Name, view.Json);
        json.WriteEndObject();
    }
}
