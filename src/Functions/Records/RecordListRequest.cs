using Casefile.Core.Records;
using Casefile.Core.Tenancy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Records;

/// <summary>One request for a list, from the look at what is kept to the answer that is kept for the next.</summary>
internal sealed class RecordListRequest(RecordLists lists)
{
    private const int MostPerPageWithArtifacts = 100;

    private TypeHead? newest;

    /// <summary>
    /// The answer where it is known without the question being asked again: of those that are kept, or that the client has it still. The caller's right and the
    /// type's head are looked at first, in this order, and when the head cannot be read there is no answer.
    /// </summary>
    public async Task<IResult?> TryKnownAsync(Exchange exchange, Caller caller)
    {
        var address = exchange.Address;
        var given = exchange.Request.Headers.IfNoneMatch is [{ } only] ? only : null;
        if (lists.Kept.TryFind(new ListQuestion(address, caller.IsOwner), out var kept))
        {
            if (!await HoldsAsync(exchange, caller, kept.Ground)) return null;
            var isFresh = given == kept.ETag || EntityTags.IsFresh(exchange.Request, kept.ETag);
            return new KnownAnswer(kept.ETag, isFresh ? null : kept.Body);
        }

        return given is not null && lists.Tags.Read(address, given) is { } ground && await HoldsAsync(exchange, caller, ground)
            ? new KnownAnswer(lists.Tags.Of(address, ground), body: null)
            : null;
    }

    /// <summary>The answer by asking the question.</summary>
    public async Task<IResult> AnswerAsync(Call call)
    {
        var parameters = call.Parameters;
        var resolve = parameters.Flag("resolve_artifacts") ?? false;
        var paging = resolve ? Paging.Read(parameters, MostPerPageWithArtifacts) : Paging.Read(parameters);
        var request = RecordParameters.ReadList(parameters) with { Skip = paging.Skip, Take = paging.PerPage };
        if (parameters.Problem is { } malformed) return call.Refuse(malformed);

        if (!(await lists.Store.ListAsync(call.Caller, request, newest, call.Cancelled)).Try(out var list, out var problem)) return call.Refuse(problem);

        var contents = new Dictionary<long, ReadOnlyMemory<byte>>?[list.Records.Count];
        if (resolve)
        {
            var bytes = list.Records.Sum(record => ArtifactReferences.Decode(record.Record.Artifacts).Sum(reference => reference.Bytes));
            if (bytes > lists.Store.InlinedBytes) return call.Refuse(lists.Store.TooMuchToInline());
            for (var i = 0; i < contents.Length; i++)
            {
                if (!(await lists.Store.ContentsAsync(list.Records[i], null, call.Cancelled)).Try(out contents[i], out problem)) return call.Refuse(problem);
            }
        }

        // Parameters of a body are no part of the address that the tag and the kept answer go by.
        var ground = call.MayHaveBody ? null : list.Ground;
        var address = call.Address;
        var etag = ground is null ? null : lists.Tags.Of(address, ground);
        if (etag is not null) call.Request.HttpContext.Response.Headers[HeaderNames.CacheControl] = KnownAnswer.CacheControl;
        var answer = call.Ok(
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("record_results"u8);
                for (var i = 0; i < contents.Length; i++) RecordJson.WriteRow(json, list.Records[i], list.Fields, contents[i]);
                json.WriteEndArray();
                paging.WriteMeta(json, call, list.Total, list.Next);
                json.WriteEndObject();
            },
            etag);
        if (ground is not null && lists.Kept.Takes(answer.Body.Length))
            lists.Kept.Keep(new ListQuestion(address, call.Caller.IsOwner), new KeptList(ground, etag!, answer.Body.ToArray()));
        return answer;
    }

    private async Task<bool> HoldsAsync(Exchange exchange, Caller caller, ListGround ground)
    {
        var look = await lists.Store.LookAsync(caller, ground, exchange.Cancelled);
        newest = look.Newest;
        return look.Holds;
    }
}
