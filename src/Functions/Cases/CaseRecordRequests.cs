using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases;

/// <summary>Reads requests about the records of a case, has them done, and writes the answers. A singleton.</summary>
public sealed class CaseRecordRequests(CaseRecords records)
{
    internal async Task<IResult> LinkAsync(Call call, long id, bool v1)
    {
        var recordId = call.Parameters.RequiredId("record_id");
        var once = call.Once(call.Request.Path.Value!.TrimEnd('/'));
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        var linked = await records.LinkAsync(call.Caller, id, recordId, once, call.Cancelled);
        return call.Answer(linked, made => call.Created(json => Write(json, id, made.Value, v1), replayed: made.Replayed));
    }

    internal async Task<IResult> GetAsync(Call call, long id, long recordId)
    {
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await records.GetAsync(call.Caller, id, recordId, call.Cancelled), record => call.Ok(json => Write(json, id, record, v1: false)));
    }

    internal async Task<IResult> ListAsync(Call call, long id)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        var found = await records.ListAsync(call.Caller, id, paging.Skip, paging.PerPage, call.Cancelled);
        return call.Answer(found, list => call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("case_id"u8, id);
            json.WriteStartArray("records"u8);
            foreach (var record in list.Records) CaseJson.WriteRecord(json, record);
            json.WriteEndArray();
            paging.WriteMeta(json, call, list.Total);
            json.WriteEndObject();
        }));
    }

    internal async Task<IResult> UnlinkAsync(Call call, long id, long recordId)
    {
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return await records.UnlinkAsync(call.Caller, id, recordId, call.Cancelled) is { } problem ? call.Refuse(problem) : call.NoContent();
    }

    private static void Write(Utf8JsonWriter json, long caseId, LinkedRecord record, bool v1)
    {
        json.WriteStartObject();
        json.WriteNumber("case_id"u8, caseId);
        if (v1)
        {
            json.WriteNumber("record_id"u8, record.Id);
        }
        else
        {
            json.WritePropertyName("record"u8);
            CaseJson.WriteRecord(json, record);
        }

        json.WriteEndObject();
    }
}
