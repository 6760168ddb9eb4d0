using System.Text.Json;
using System.Text.Json.Nodes;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>A right request, which others are made of.</summary>
/// <param name="Endpoint">Its function.</param>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path.</param>
/// <param name="Query">Its query, a parameter an element, without what stands between them.</param>
/// <param name="Body">Its body, in JSON.</param>
internal sealed record Sample(string Endpoint, string Method, string Path, IReadOnlyList<string> Query, string? Body)
{
    /// <summary>Whether it asks for something of the other team's, and nothing of it may be taken for a list of all that the caller may see.</summary>
    public bool IsForeign { get; init; }

    /// <summary>What the endpoint reads.</summary>
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>The numbers in its path and body, most of them ids.</summary>
    public IEnumerable<long> Ids()
    {
        foreach (var segment in Path.Split('/'))
        {
            if (long.TryParse(segment, out var id)) yield return id;
        }

        var nodes = new Queue<JsonNode?>([Members()]);
        while (nodes.TryDequeue(out var node))
        {
            switch (node)
            {
                case JsonObject members:
                    foreach (var (_, member) in members) nodes.Enqueue(member);
                    break;
                case JsonArray elements:
                    foreach (var element in elements) nodes.Enqueue(element);
                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<long>(out var id):
                    yield return id;
                    break;
            }
        }
    }

    /// <summary>Its body's members, a copy.</summary>
    public JsonObject Members() => Body is null ? [] : (JsonObject)JsonNode.Parse(Body)!;
}
