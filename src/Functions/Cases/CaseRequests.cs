using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Cases;

/// <summary>Reads requests about cases, has the store do them, and writes the answers. A singleton.</summary>
public sealed class CaseRequests
{
    private readonly CaseStore store;

    internal CaseRequests(CaseStore store) => this.store = store;

    internal async Task<IResult> CreateAsync(Call call)
    {
        var input = CaseParameters.ReadNew(call.Parameters);
        var style = CaseParameters.ReadStyle(call);
        var once = call.Once(style.V1 ? "v1/cases" : "cases");
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        var result = await store.CreateAsync(call.Caller, input, once, call.Cancelled);
        return call.Answer(result, made => call.Created(json => Write(json, made.Value, style), made.Value.Case.Revision, made.Replayed));
    }

    internal async Task<IResult> GetAsync(Call call, long id)
    {
        var style = CaseParameters.ReadStyle(call);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return Answer(call, style, await store.GetAsync(call.Caller, id, call.Cancelled));
    }

    internal async Task<IResult> ListAsync(Call call)
    {
        var paging = Paging.Read(call.Parameters);
        var request = CaseListParameters.Read(call.Parameters, paging);
        var style = CaseParameters.ReadStyle(call);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        var result = await store.ListAsync(call.Caller, request, call.Cancelled);
        return call.Answer(result, list => call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("cases"u8);
            foreach (var view in list.Cases) Write(json, view, style);
            json.WriteEndArray();
            paging.WriteMeta(json, call, list.Total);
            json.WriteEndObject();
        }));
    }

    internal async Task<IResult> UpdateAsync(Call call, long id)
    {
        var changes = CaseParameters.ReadChanges(call.Parameters);
        var style = CaseParameters.ReadStyle(call);
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return Answer(call, style, await store.UpdateAsync(call.Caller, id, changes, guard, call.Cancelled));
    }

    internal async Task<IResult> DeleteAsync(Call call, long id)
    {
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return await store.DeleteAsync(call.Caller, id, guard, call.Cancelled) is { } problem ? call.Refuse(problem) : call.NoContent();
    }

    private static IResult Answer(Call call, CaseStyle style, Core.Result<CaseView> result)
    {
        // The ETag is the case's own: an answer also shows linked records and cases, tags and users, so it is never "not modified".
        call.Request.Headers.Remove(HeaderNames.IfNoneMatch);
        return call.Answer(result, view => call.Ok(json => Write(json, view, style), view.Case.Revision));
    }

    private static void Write(Utf8JsonWriter json, CaseView view, CaseStyle style)
    {
        if (style.V1) CaseV1Json.Write(json, view, style);
        else CaseJson.Write(json, view, style);
    }
}
