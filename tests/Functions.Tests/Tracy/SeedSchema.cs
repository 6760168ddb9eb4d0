using System.Text.Json.Nodes;
using NJsonSchema;

namespace Casefile.Functions.Tests.Tracy;

/// <summary>The schemas of the API's own OpenAPI document, which answers have to keep to.</summary>
internal static class SeedSchema
{
    private static readonly JsonNode Document = Read();

    /// <summary>The schema of this name.</summary>
    public static async Task<JsonSchema> OfAsync(string name)
    {
        var schemas = new JsonObject { ["definitions"] = Document["components"]!["schemas"]!.DeepClone() };
        var all = await JsonSchema.FromJsonAsync(schemas.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal));
        return all.Definitions[name];
    }

    /// <summary>Fails with everything that is wrong with a text.</summary>
    public static async Task HoldsAsync(string name, string json)
    {
        var schema = await OfAsync(name);
        var errors = schema.ActualSchema.Validate(json, SchemaType.OpenApi3);
        Assert.True(errors.Count == 0, $"{string.Join('\n', errors)}\n{json}");
    }

    private static JsonNode Read()
    {
        using var stream = typeof(SeedSchema).Assembly.GetManifestResourceStream("records-openapi.json")!;
        return JsonNode.Parse(stream)!;
    }
}
