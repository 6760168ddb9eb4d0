using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Casefile.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Casefile.Functions.Http;

/// <summary>
/// The parameters of a request: those of its query string and of its JSON body together; the body wins, and its nulls do not
/// (common.md, "Base paths"). Path parameters are arguments of the function and never looked up here. Names are case-sensitive.
/// </summary>
internal sealed class Parameters : ParameterObject
{
    private readonly JsonElement? body;
    private readonly int queryLength;
    private readonly Dictionary<string, QueryParameter> query;

    /// <param name="queryString">The query string as it was sent.</param>
    /// <param name="body">The body, an object, or nothing.</param>
    public Parameters(QueryString queryString, JsonElement? body) : base(default, "", new ParameterFaults())
    {
        this.body = body;
        queryLength = queryString.Value?.Length ?? 0;
        query = ReadQuery(queryString);
    }

    /// <summary>The refusal for all that was found wrong, or null.</summary>
    public Problem? Problem => Faults.Problem;

    /// <summary>How much was sent: characters of the query string and bytes of the body.</summary>
    public long Length => (long)queryLength + (body is { } root ? JsonMarshal.GetRawUtf8Value(root).Length : 0);

    /// <inheritdoc/>
    public override JsonElement? Json(string name)
        => FromBody(name) is null && query.TryGetValue(name, out var parameter) && parameter is { IsArray: false, Values: [var text] }
            ? ParseText(name, text)
            : base.Json(name);

    /// <summary>
    /// The same bytes for the same parameters, whatever the order of members and the white space between them: what an idempotency key is
    /// remembered with.
    /// </summary>
    public byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in query.Keys.Order(StringComparer.Ordinal))
        {
            if (FromBody(name) is not null) continue;
            Append(hash, JsonSerializer.SerializeToUtf8Bytes(name));
            Append(hash, query[name].Element);
        }

        if (body is { } root) Append(hash, root);
        return hash.GetHashAndReset();
    }

    /// <summary>Every parameter in effect but those named, as a query string would carry them, in the order of the request.</summary>
    /// <param name="but">Names that are left out.</param>
    public IEnumerable<(string Name, string Value)> AsQuery(params IReadOnlyList<string> but)
    {
        foreach (var (name, parameter) in query)
        {
            if (but.Contains(name) || FromBody(name) is not null) continue;
            foreach (var value in parameter.Values) yield return (parameter.IsArray ? name + "[]" : name, value);
        }

        if (body is not { } root) yield break;
        foreach (var member in root.EnumerateObject())
        {
            if (but.Contains(member.Name) || member.Value.ValueKind == JsonValueKind.Null) continue;
            if (member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0 && member.Value.EnumerateArray().All(IsScalar))
            {
                foreach (var element in member.Value.EnumerateArray()) yield return (member.Name + "[]", AsText(element));
            }
            else
            {
                yield return (member.Name, AsText(member.Value));
            }
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> MemberNames => body is { } root ? root.EnumerateObject().Select(member => member.Name) : [];

    /// <inheritdoc/>
    protected override JsonElement? Find(string name)
    {
        if (FromBody(name) is { } value) return value;
        if (query.TryGetValue(name, out var parameter)) return parameter.Element;
        return body is { } root && root.TryGetProperty(name, out var absent) ? absent : null;
    }

    private JsonElement? FromBody(string name)
        => body is { } root && root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static Dictionary<string, QueryParameter> ReadQuery(QueryString queryString)
    {
        var query = new Dictionary<string, QueryParameter>(StringComparer.Ordinal);
        if (!queryString.HasValue) return query;
        foreach (var pair in new QueryStringEnumerable(queryString.Value))
        {
            var name = pair.DecodeName().ToString();
            var isArray = name.EndsWith("[]", StringComparison.Ordinal);
            if (isArray) name = name[..^2];
            if (!query.TryGetValue(name, out var parameter)) query.Add(name, parameter = new QueryParameter());
            parameter.Add(pair.DecodeValue().ToString(), isArray);
        }

        return query;
    }

    private static bool IsScalar(JsonElement element)
        => element.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    private static string AsText(JsonElement element)
        => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();

    private static void Append(IncrementalHash hash, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                hash.AppendData("{"u8);
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    Append(hash, JsonMarshal.GetRawUtf8PropertyName(member));
                    Append(hash, member.Value);
                }

                hash.AppendData("}"u8);
                break;
            case JsonValueKind.Array:
                hash.AppendData("["u8);
                foreach (var item in element.EnumerateArray()) Append(hash, item);
                hash.AppendData("]"u8);
                break;
            default:
                Append(hash, JsonMarshal.GetRawUtf8Value(element));
                break;
        }
    }

    // A raw value or name holds no raw control character, so a line feed ends it beyond doubt.
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> raw)
    {
        hash.AppendData(raw);
        hash.AppendData("\n"u8);
    }

    /// <summary>What a query string gives under one name: <c>name=a</c> is text, <c>name[]=a</c> and a repeated name are arrays.</summary>
    private sealed class QueryParameter
    {
        private readonly List<string> values = [];
        private JsonElement? element;

        public bool IsArray { get; private set; }

        public IReadOnlyList<string> Values => values;

        public JsonElement Element => element ??= IsArray
            ? JsonSerializer.SerializeToElement(values)
            : JsonSerializer.SerializeToElement(values[0]);

        public void Add(string value, bool asArray)
        {
            values.Add(value);
            IsArray |= asArray || values.Count > 1;
        }
    }
}
