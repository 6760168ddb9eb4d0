using Casefile.Core;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tracy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Tracy;

/// <summary>From a call to the records of a dataset and back.</summary>
public sealed class TracyRecordRequests(DatasetRecords records)
{
    private const int UsualPerPage = 20;
    private const int MostPerPage = 100;

    internal async Task<IResult> CreateAsync(Call call)
    {
        var parameters = call.Parameters;
        var content = TracyParameters.ReadContent(parameters);
        var originalId = TracyParameters.Reference(parameters, "original");
        var originalDataset = parameters.Object("original") is { } original ? TracyParameters.Reference(original, "dataset") : null;
        if (originalId is null) parameters.Require("dataset");
        var datasetId = TracyParameters.Reference(parameters, "dataset");
        if (datasetId is { } given && originalDataset is { } other && given != other)
            parameters.Malformed("original.dataset.id", "is another dataset than dataset.id");
        _ = call.Once("v1/records");
        if (parameters.Problem is { } malformed) return call.Refuse(malformed);

        var result = await records.CreateAsync(
            call.Caller, datasetId ?? originalDataset, originalId, content, typeId => call.Once($"v1/records/{typeId}"), call.Cancelled);
        if (!result.Try(out var created, out var problem)) return call.Refuse(problem);

        var record = await records.ShowAsync(call.Caller, created.Record, created.Contents, call.Cancelled);
        return call.Ok(
            json =>
            {
                if (call.Caller.CanRead(record.Type.TeamId)) TracyRecordJson.Write(json, record);
                else TracyRecordJson.WriteReceipt(json, record, content);
            },
            created.Record.Revision,
            created.Replayed);
    }

    internal async Task<IResult> GetAsync(Call call, long id)
        => call.Answer(await records.GetAsync(call.Caller, id, call.Cancelled), record => Ok(call, record));

    internal async Task<IResult> ListAsync(Call call)
    {
        var stateId = call.Parameters.Id("stateId");
        var datasetId = call.Parameters.Id("datasetId") ?? (stateId is { } state ? PartIds.OwnerOf(state) : null);
        if (datasetId is null) call.Parameters.Require("datasetId");
        var paging = TracyPaging.Read(call.Parameters, UsualPerPage, MostPerPage);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        var list = await records.ListAsync(call.Caller, datasetId!.Value, stateId, paging.Skip, paging.PerPage, call.Cancelled);
        return call.Answer(list, page => TracyPaging.Answer(call, page.Records, page.Total, TracyRecordJson.Write));
    }

    internal async Task<IResult> UpdateAsync(Call call, long id)
    {
        var content = TracyParameters.ReadContent(call.Parameters);
        var datasetId = TracyParameters.Reference(call.Parameters, "dataset");
        var ifMatch = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        var result = await records.UpdateAsync(call.Caller, id, datasetId, content, ifMatch, call.Cancelled);
        return result.Try(out var updated, out var problem)
            ? Ok(call, await records.ShowAsync(call.Caller, updated.Record, updated.Contents, call.Cancelled))
            : call.Refuse(problem);
    }

    internal async Task<IResult> DeleteAsync(Call call, long id)
    {
        var ifMatch = call.IfMatch();
        return call.Parameters.Problem is { } malformed
            ? call.Refuse(malformed)
            : call.Answer(await records.DeleteAsync(call.Caller, id, ifMatch, call.Cancelled), _ => call.NoContent());
    }

    internal async Task<IResult> ListEventsAsync(Call call)
    {
        var id = call.Parameters.RequiredId("recordId");
        var paging = TracyPaging.Read(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        if (!(await records.GetAsync(call.Caller, id, call.Cancelled)).Try(out var record, out var problem))
            return call.Refuse(problem.Kind == ProblemKind.NotFound ? Problem.Malformed("Record not found", $"recordId: there is no record {id}") : problem);
        return paging.Answer(call, record.Events!, (json, each) => TracyRecordJson.Write(json, each, record));
    }

    private static IResult Ok(Call call, DatasetRecord record)
    {
        // The ETag is the record's own: an answer also shows its dataset and users, so it is never "not modified".
        call.Request.Headers.Remove(HeaderNames.IfNoneMatch);
        return call.Ok(json => TracyRecordJson.Write(json, record), record.Snapshot.Revision);
    }
}
