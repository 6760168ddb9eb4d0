using System.Text.Json;
using Casefile.Core;
using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases;

/// <summary>Requests about the blocks of cases. A singleton.</summary>
public sealed class CaseBlockRequests(CaseBlocks blocks)
{
    private static readonly PartAnswers Elements = new("elements", (json, view, style) => BlockJson.WriteElement(json, view.CaseId, view.Part, view.Tenant, style));

    internal async Task<IResult> CreateAsync(Call call, long caseId)
    {
        var block = PageParameters.ReadBlock(call.Parameters);
        var style = CaseParameters.ReadStyle(call);
        var once = call.Once(call.Request.Path.Value!.TrimEnd('/'));
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(
            await blocks.CreateAsync(call.Caller, caseId, block, once, call.Cancelled),
            made => call.Created(json => Write(json, made.Value, style), made.Value.Revision, made.Replayed));
    }

    internal Task<IResult> DeleteAsync(Call call, long caseId, string reference)
    {
        var includeChildren = call.Parameters.Flag("include_children") ?? false;
        return PartAnswers.DeletedAsync(call, guard => blocks.DeleteAsync(call.Caller, caseId, reference, includeChildren, guard, call.Cancelled));
    }

    internal async Task<IResult> GetAsync(Call call, long caseId, string reference)
    {
        var style = CaseParameters.ReadStyle(call);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return Answer(call, style, await blocks.GetAsync(call.Caller, caseId, reference, call.Cancelled));
    }

    internal async Task<IResult> ListAsync(Call call, long caseId)
    {
        var type = call.Parameters.OneOf("block_type", BlockType.All);
        var style = CaseParameters.ReadStyle(call);
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await blocks.ListAsync(call.Caller, caseId, type, call.Cancelled), list => call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("case_id"u8, list.CaseId);
            json.WriteStartArray("blocks"u8);
            foreach (var block in list.Blocks.Skip((int)Math.Min(int.MaxValue, paging.Skip)).Take(paging.PerPage)) BlockJson.Write(json, block, style);
            json.WriteEndArray();
            paging.WriteMeta(json, call, list.Blocks.Count);
            json.WriteEndObject();
        }));
    }

    internal async Task<IResult> UpdateAsync(Call call, long caseId, string reference)
    {
        var changes = PageParameters.ReadBlockChanges(call.Parameters);
        var style = CaseParameters.ReadStyle(call);
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return Answer(call, style, await blocks.UpdateAsync(call.Caller, caseId, reference, changes, guard, call.Cancelled));
    }

    internal Task<IResult> GetElementAsync(Call call, long caseId, string reference, long elementId)
        => Elements.FoundAsync(call, () => blocks.GetElementAsync(call.Caller, caseId, reference, elementId, call.Cancelled));

    internal Task<IResult> UpdateElementAsync(Call call, long caseId, string reference, long elementId)
        => Elements.ChangedAsync(
            call,
            PageParameters.ReadElementChanges(call.Parameters),
            (changes, guard) => blocks.UpdateElementAsync(call.Caller, caseId, reference, elementId, changes, guard, call.Cancelled));

    private static IResult Answer(Call call, CaseStyle style, Result<BlockView> result) => call.Answer(result, view => call.Ok(json => Write(json, view, style), view.Revision));

    private static void Write(Utf8JsonWriter json, BlockView view, CaseStyle style)
    {
        json.WriteStartObject();
        json.WritePropertyName("block"u8);
        BlockJson.Write(json, view, style);
        json.WriteEndObject();
    }
}
