using System.Text.Json;

namespace Casefile.Functions.Http;

/// <summary>A page of a list that is in memory as a whole.</summary>
internal static class ListJson
{
    /// <summary>Writes <c>{"name":[…],"meta":{…}}</c>.</summary>
    public static void Write<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> all, Action<Utf8JsonWriter, T> write, Paging paging, Call call)
    {
        json.WriteStartObject();
        json.WriteStartArray(name);
        var start = (int)Math.Min(all.Count, paging.Skip);
        var end = start + Math.Min(all.Count - start, paging.PerPage);
        for (var i = start; i < end; i++) write(json, all[i]);
        json.WriteEndArray();
        paging.WriteMeta(json, call, all.Count);
        json.WriteEndObject();
    }
}
