using System.Text.Json;
using Casefile.Core;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases;

/// <summary>
/// How the endpoints of one kind of part answer: the parameters were read before, so what is wrong with any of them is answered first; then the work is done and the part
/// written.
/// </summary>
/// <param name="name">What a list calls them: "tasks".</param>
/// <param name="write">Writes one of them, a JSON object.</param>
internal sealed class PartAnswers(string name, Action<Utf8JsonWriter, PartView, CaseStyle> write)
{
    /// <summary>What an answer of one of them wraps it in, beside the case's id: "field" for <c>{"case_id", "field": {…}}</c>; null for nothing.</summary>
    public string? Within { get; init; }

    /// <summary>Pages of these have this many at most.</summary>
    public int MostPerPage { get; init; } = 500;

    /// <summary>201 with the part.</summary>
    /// <param name="call">The request.</param>
    /// <param name="input">What was read of it.</param>
    /// <param name="make">Makes the part.</param>
    public async Task<IResult> CreatedAsync<T>(Call call, T input, Func<T, Once?, Task<Result<Made<PartView>>>> make)
    {
        var style = CaseParameters.ReadStyle(call);
        var once = call.Once(call.Request.Path.Value!.TrimEnd('/'));
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await make(input, once), made => call.Created(json => WriteOne(json, made.Value, style), made.Value.Part.Revision, made.Replayed));
    }

    /// <summary>As <see cref="CreatedAsync"/>, of a POST that changes what is there: 200.</summary>
    public async Task<IResult> DoneAsync<T>(Call call, T input, Func<T, Once?, Task<Result<Made<PartView>>>> make)
    {
        var style = CaseParameters.ReadStyle(call);
        var once = call.Once(call.Request.Path.Value!.TrimEnd('/'));
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await make(input, once), made => call.Ok(json => WriteOne(json, made.Value, style), made.Value.Part.Revision, made.Replayed));
    }

    /// <summary>200 with the part.</summary>
    public async Task<IResult> FoundAsync(Call call, Func<Task<Result<PartView>>> find)
    {
        var style = CaseParameters.ReadStyle(call);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await find(), view => call.Ok(json => WriteOne(json, view, style), view.Part.Revision));
    }

    /// <summary>200 with the part as it is after a change.</summary>
    public async Task<IResult> ChangedAsync<T>(Call call, T input, Func<T, IfMatch?, Task<Result<PartView>>> change)
    {
        var guard = call.IfMatch();
        return await FoundAsync(call, () => change(input, guard));
    }

    /// <summary>204.</summary>
    public static async Task<IResult> DeletedAsync(Call call, Func<IfMatch?, Task<Problem?>> delete)
    {
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return await delete(guard) is { } problem ? call.Refuse(problem) : call.NoContent();
    }

    /// <summary>200 with a page: <c>{"case_id", "tasks":[…], "meta"}</c>.</summary>
    public async Task<IResult> ListedAsync(Call call, Func<Task<Result<PartList>>> list)
    {
        var style = CaseParameters.ReadStyle(call);
        var paging = Paging.Read(call.Parameters, MostPerPage);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await list(), found => call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("case_id"u8, found.Case.Id);
            json.WriteStartArray(name);
            foreach (var part in found.Parts.Skip((int)Math.Min(int.MaxValue, paging.Skip)).Take(paging.PerPage))
                write(json, new PartView(found.Case.Id, part, found.Tenant) { TeamId = found.Case.TeamId, Things = found.Things }, style);
            json.WriteEndArray();
            paging.WriteMeta(json, call, found.Parts.Count);
            json.WriteEndObject();
        }));
    }

    /// <summary>As <see cref="ListedAsync"/>, of a list that is not in memory as a whole.</summary>
    public async Task<IResult> PagedAsync<T>(Call call, T input, Func<T, Paging, Task<Result<PartPage>>> list)
    {
        var style = CaseParameters.ReadStyle(call);
        var paging = Paging.Read(call.Parameters, MostPerPage);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await list(input, paging), page => call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("case_id"u8, page.CaseId);
            json.WriteStartArray(name);
            foreach (var part in page.Parts) write(json, new PartView(page.CaseId, part, page.Tenant) { TeamId = page.TeamId, Things = page.Things }, style);
            json.WriteEndArray();
            paging.WriteMeta(json, call, page.Total);
            json.WriteEndObject();
        }));
    }

    private void WriteOne(Utf8JsonWriter json, PartView view, CaseStyle style)
    {
        if (Within is not { } member)
        {
            write(json, view, style);
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("case_id"u8, view.CaseId);
        json.WritePropertyName(member);
        write(json, view, style);
        json.WriteEndObject();
    }
}
