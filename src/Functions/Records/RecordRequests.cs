using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Records;

/// <summary>From a call to the records and back: what is read of the request, and what its answer shows.</summary>
public sealed class RecordRequests(RecordStore store)
{
    private const int DefaultChanges = 100;
    private const int MostChanges = 500;

    internal async Task<IResult> CreateAsync(Call call)
    {
        var record = RecordParameters.ReadNew(call.Parameters);
        var resolve = call.Parameters.Flag("resolve_artifacts") ?? true;
        var once = call.Once($"records/{record.RecordTypeId}");
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        var result = await store.CreateAsync(call.Caller, record, once, call.Cancelled);
        if (!result.Try(out var created, out var problem)) return call.Refuse(problem);

        if (!call.Caller.CanRead(created.Record.Type.TeamId))
            return call.Created(json => RecordJson.WriteReceipt(json, created.Record, record), created.Record.Revision, created.Replayed);

        var contents = resolve ? await WrittenContentsAsync(created.Record, created.Contents, call.Cancelled) : null;
        return call.Created(json => RecordJson.WriteCreated(json, created.Record, contents), created.Record.Revision, created.Replayed);
    }

    internal async Task<IResult> GetAsync(Call call, long id)
    {
        var parameters = call.Parameters;
        var typeId = parameters.Id("record_type_id");
        var fieldIds = RecordParameters.ReadFieldIds(parameters);
        var resolve = parameters.Flag("resolve_artifacts") ?? false;
        var includeChildren = parameters.Flag("include_children");
        if (parameters.Problem is { } malformed) return call.Refuse(malformed);

        if (!(await store.GetAsync(call.Caller, id, call.Cancelled)).Try(out var record, out var problem)) return call.Refuse(problem);
        if (typeId is { } asked && asked != record.Type.Id)
            return call.Refuse(Core.Problem.NotFound("Record", $"Record {id} is not of record type {asked}"));
        if (!(await store.FieldsAsync(call.Caller, record.Type, fieldIds, call.Cancelled)).Try(out var fields, out problem)) return call.Refuse(problem);

        Dictionary<long, ReadOnlyMemory<byte>>? contents = null;
        if (resolve && !(await store.ContentsAsync(record, null, call.Cancelled)).Try(out contents, out problem)) return call.Refuse(problem);
        return await AnswerAsync(call, record, fields, contents, includeChildren);
    }

    internal async Task<IResult> UpdateAsync(Call call, long id)
    {
        var changes = RecordParameters.ReadChanges(call.Parameters);
        var resolve = call.Parameters.Flag("resolve_artifacts") ?? true;
        var includeChildren = call.Parameters.Flag("include_children") ?? true;
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        if (!(await store.UpdateAsync(call.Caller, id, changes, guard, call.Cancelled)).Try(out var updated, out var problem)) return call.Refuse(problem);

        var contents = resolve ? await WrittenContentsAsync(updated.Record, updated.Contents, call.Cancelled) : null;
        return await AnswerAsync(call, updated.Record, RecordJson.AllFields(updated.Record.Type), contents, includeChildren);
    }

    internal async Task<IResult> UpsertAsync(Call call)
    {
        var record = RecordParameters.ReadNew(call.Parameters);
        var match = RecordParameters.ReadMatch(call.Parameters);
        var resolve = call.Parameters.Flag("resolve_artifacts") ?? true;
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        if (!(await store.UpsertAsync(call.Caller, record, match, call.Cancelled)).Try(out var upserted, out var problem)) return call.Refuse(problem);

        var contents = resolve ? await WrittenContentsAsync(upserted.Record, upserted.Contents, call.Cancelled) : null;
        void Write(Utf8JsonWriter json) => RecordJson.WriteCreated(json, upserted.Record, contents);
        return upserted.IsNew ? call.Created(Write, upserted.Record.Revision) : call.Ok(Write, upserted.Record.Revision);
    }

    internal async Task<IResult> ChangesAsync(Call call)
    {
        var parameters = call.Parameters;
        var typeId = parameters.RequiredId("record_type_id");
        var since = RecordParameters.ReadSince(parameters);
        var limit = (int)Math.Min(parameters.PositiveInteger("limit") ?? DefaultChanges, MostChanges);
        if (parameters.Problem is { } malformed) return call.Refuse(malformed);

        var result = await store.ChangesAsync(call.Caller, typeId, since, limit, call.Cancelled);
        return call.Answer(result, page => call.Ok(json => RecordJson.WriteChanges(json, page)));
    }

    internal async Task<IResult> DeleteAsync(Call call, long id)
    {
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await store.DeleteAsync(call.Caller, id, guard, call.Cancelled), _ => call.NoContent());
    }

    internal async Task<IResult> ArtifactAsync(Call call, long id, long artifactId)
        => call.Answer(
            await store.ArtifactAsync(call.Caller, id, artifactId, call.Cancelled),
            artifact => call.Ok(json => RecordJson.WriteArtifact(json, artifact)));

    internal async Task<IResult> QueryAsync(Call call)
    {
        var typeId = call.Parameters.RequiredId("record_type_id");
        var question = AggregateParameters.Read(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        AggregateQuestion? asked = null;
        var result = await store.AggregateAsync(
            call.Caller,
            typeId,
            type => question.Resolve(type).Map(resolved =>
            {
                asked = resolved;
                return (resolved.Aggregation, resolved.Selection);
            }),
            call.Cancelled);
        return call.Answer(result, found => call.Ok(json => AggregateParameters.Write(json, asked!, found)));
    }

    private async Task<IResult> AnswerAsync(
        Call call,
        RecordSnapshot record,
        IReadOnlyList<RecordField> fields,
        IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? contents,
        bool? includeChildren)
    {
        IReadOnlyList<RecordSnapshot> children = includeChildren == true ? await store.ChildrenAsync(call.Caller, record, call.Cancelled) : [];
        var childIds = includeChildren == false ? [] : await store.ChildIdsAsync(call.Caller, record, call.Cancelled);
        var parentId = await store.ParentAsync(call.Caller, record, call.Cancelled);

        // The ETag is the record's own: an answer also shows its children and the names of its fields, so it is never "not modified".
        call.Request.Headers.Remove(HeaderNames.IfNoneMatch);
        var answer = new RecordAnswer(record, fields, contents, parentId, childIds, children);
        return call.Ok(json => RecordJson.WriteRecord(json, answer), record.Revision);
    }

    /// <summary>What an answer to a write inlines. The write has happened, so what is too large for an answer is no reason for a refusal: it has references then.</summary>
    private async Task<Dictionary<long, ReadOnlyMemory<byte>>?> WrittenContentsAsync(
        RecordSnapshot record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>> known, CancellationToken cancellationToken)
        => (await store.ContentsAsync(record, known, cancellationToken)).Value;
}
