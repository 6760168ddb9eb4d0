using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases;

/// <summary>Reads requests about linked cases, has them done, and writes the answers. A singleton.</summary>
public sealed class LinkedCaseRequests(LinkedCases linked)
{
    internal async Task<IResult> LinkAsync(Call call, long id)
    {
        // Linking again what is linked changes nothing, so that a repeat under one key answers the same.
        var other = call.Parameters.RequiredId("id");
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        var result = await linked.LinkAsync(call.Caller, id, [other], static _ => "id", call.Cancelled);
        return call.Answer(result, list => call.Created(json =>
        {
            WriteCase(json, list.CaseId, list.Name, close: false);
            json.WritePropertyName("linked_case"u8);
            foreach (var one in list.Linked) WriteCase(json, one.CaseId, one.Name);
            json.WriteEndObject();
        }));
    }

    internal async Task<IResult> LinkAllAsync(Call call, long id)
    {
        var others = call.Parameters.Ids("ids") ?? [];
        if (others.Count == 0) call.Parameters.Malformed("ids", "must be an array of case ids");
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        var result = await linked.LinkAsync(call.Caller, id, others, static i => string.Create(CultureInfo.InvariantCulture, $"ids[{i}]"), call.Cancelled);
        return call.Answer(result, list => call.Created(json =>
        {
            WriteCase(json, list.CaseId, list.Name, close: false);
            WriteAll(json, list.Linked);
            json.WriteEndObject();
        }));
    }

    internal async Task<IResult> ListAsync(Call call, long id)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await linked.ListAsync(call.Caller, id, call.Cancelled), list => call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("case_id"u8, list.CaseId);
            WriteAll(json, list.Linked.Skip((int)Math.Min(int.MaxValue, paging.Skip)).Take(paging.PerPage));
            paging.WriteMeta(json, call, list.Linked.Count);
            json.WriteEndObject();
        }));
    }

    internal async Task<IResult> UnlinkAsync(Call call, long id, long linkedId)
    {
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return await linked.UnlinkAsync(call.Caller, id, linkedId, call.Cancelled) is { } problem ? call.Refuse(problem) : call.NoContent();
    }

    private static void WriteAll(Utf8JsonWriter json, IEnumerable<LinkedCase> cases)
    {
        json.WriteStartArray("linked_cases"u8);
        foreach (var one in cases) WriteCase(json, one.CaseId, one.Name);
        json.WriteEndArray();
    }

    private static void WriteCase(Utf8JsonWriter json, long id, string name, bool close = true)
    {
        json.WriteStartObject();
        json.WriteNumber("case_id"u8, id);
        json.WriteString("name"u8, name);
        if (close) json.WriteEndObject();
    }
}
