using System.Globalization;
using System.Text.Json;
using Casefile.Core;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases.Around;

/// <summary>How the endpoints of one kind of what is around cases answer: what is wrong with any parameter first, then what was asked for.</summary>
/// <param name="name">What a list calls them: "tags".</param>
/// <param name="write">Writes one of them, a JSON object.</param>
internal sealed class ThingAnswers(string name, Action<Utf8JsonWriter, ThingView> write)
{
    /// <summary>What the answer of the one that was made is wrapped in; null for nothing.</summary>
    public string? MadeWithin { get; init; }

    /// <summary>What the answer of one that was found is wrapped in; null for nothing.</summary>
    public string? FoundWithin { get; init; }

    /// <summary>201 with what was made.</summary>
    public async Task<IResult> CreatedAsync<T>(Call call, T input, Func<T, Once?, Task<Result<Made<ThingView>>>> make)
    {
        var once = call.Once(name);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await make(input, once), made => call.Created(json => Write(json, MadeWithin, made.Value), made.Value.Thing.Revision, made.Replayed));
    }

    /// <summary>200 with one.</summary>
    public async Task<IResult> FoundAsync(Call call, Func<Task<Result<ThingView>>> find)
    {
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await find(), view => call.Ok(json => Write(json, FoundWithin, view), view.Thing.Revision));
    }

    /// <summary>200 with one as it is after a change.</summary>
    public async Task<IResult> ChangedAsync<T>(Call call, T input, Func<T, IfMatch?, Task<Result<ThingView>>> change)
    {
        var guard = call.IfMatch();
        return await FoundAsync(call, () => change(input, guard));
    }

    /// <summary>200 with a page: <c>{"tags":[…], "meta"}</c>.</summary>
    public async Task<IResult> ListedAsync(Call call, Func<Task<Result<IReadOnlyList<ThingView>>>> list)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await list(), all => call.Ok(json => ListJson.Write(json, name, all, write, paging, call)));
    }

    /// <summary>Writes a timestamp of milliseconds.</summary>
    public static void WriteTime(Utf8JsonWriter json, string member, CaseThing thing, string property)
        => json.WriteString(
            member,
            DateTimeOffset.FromUnixTimeMilliseconds((long)thing.Image[property]).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    private void Write(Utf8JsonWriter json, string? within, ThingView view)
    {
        if (within is null)
        {
            write(json, view);
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName(within);
        write(json, view);
        json.WriteEndObject();
    }
}
