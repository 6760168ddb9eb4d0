using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>A request in the making: a sample, and what has been done to it.</summary>
internal sealed class Draft
{
    /// <summary>Bytes of a query; servers stop at some 8 KiB.</summary>
    private const int LongestQuery = 6_000;

    private readonly Sample sample;
    private readonly List<string> raws = [];

    public Draft(Sample sample, string key)
    {
        this.sample = sample;
        (Method, Path, Members, Authorization, IsForeign) = (sample.Method, sample.Path, sample.Members(), "Bearer " + key, sample.IsForeign);
        Query = [.. sample.Query];
        HasBody = sample.Body is not null;
        ContentType = sample.Endpoint == "RecordsImport" ? "application/x-ndjson" : "application/json";
    }

    public string Method { get; set; }

    public string Path { get; set; }

    public List<string> Query { get; }

    /// <summary>The body's members. Whoever puts one in sets <see cref="HasBody"/>.</summary>
    public JsonObject Members { get; }

    public bool HasBody { get; set; }

    public string? ContentType { get; set; }

    public string? Authorization { get; set; }

    public List<(string Name, string Value)> Headers { get; } = [];

    /// <summary>What is done to the body's bytes at last, in this order.</summary>
    public List<Func<byte[], byte[]>> Bytes { get; } = [];

    public bool OnTheWire { get; set; }

    /// <summary>Whether all that it names is still of the other team.</summary>
    public bool IsForeign { get; set; }

    /// <summary>What the endpoint reads.</summary>
    public IReadOnlyList<Parameter> Parameters => sample.Parameters;

    /// <summary>A node that stands for a value of any text, JSON or not, which takes its place at last.</summary>
    public JsonNode Raw(string value)
    {
        raws.Add(value);
        return JsonValue.Create(Mark(raws.Count - 1));
    }

    /// <summary>Adds a parameter, if there is still room for it.</summary>
    public void Ask(string name, string value)
    {
        var parameter = $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
        if (Query.Sum(each => each.Length + 1) + parameter.Length <= LongestQuery) Query.Add(parameter);
    }

    public FuzzRequest Finish()
    {
        byte[]? body = null;
        if (HasBody || Bytes.Count > 0)
        {
            var text = Members.ToJsonString();
            for (var i = raws.Count - 1; i >= 0; i--) text = text.Replace($"\"{Mark(i)}\"", raws[i], StringComparison.Ordinal);
            body = Bytes.Aggregate(Encoding.UTF8.GetBytes(text), (bytes, change) => change(bytes));
        }

        List<(string, string)> headers = [];
        if (Authorization is not null) headers.Add(("Authorization", Authorization));
        if (body is not null && ContentType is not null) headers.Add(("Content-Type", ContentType));
        headers.AddRange(Headers);
        var target = Query.Count == 0 ? Path : $"{Path}?{string.Join('&', Query)}";
        return new FuzzRequest(sample.Endpoint, Method, target, headers, body) { IsForeign = IsForeign, OnTheWire = OnTheWire };
    }

    private static string Mark(int index) => string.Create(CultureInfo.InvariantCulture, $"@raw {index}@");
}
