using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>Something that is done to a request. It depends on its seed alone, so that those that a failure does not need can be left out.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Weight">How often it is chosen, beside others.</param>
/// <param name="Apply">Does it.</param>
internal sealed record Mutation(string Name, int Weight, Action<Draft, Random, Values> Apply)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get"];

    private static readonly string[] ContentTypes =
    [
        "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/json; charset=\"utf-8\"", "application/problem+json", "text/csv",
        "application/x-ndjson", "json", ";", "application/json, text/plain", "application/JSON;;;", "application/octet-stream",
    ];

    /// <summary>All there are.</summary>
    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("an id elsewhere", 14, Elsewhere),
        new("a member", 24, Member),
        new("a spoiled value", 18, Spoil),
        new("a parameter of the query", 12, Ask),
        new("a member less", 4, Drop),
        new("an odd path", 3, OddPath),
        new("a body cut short", 3, (draft, random, _) => draft.Bytes.Add(bytes => bytes[..random.Next(bytes.Length + 1)])),
        new("a member twice", 2, (draft, _, values) => draft.Bytes.Add(bytes => Doubled(bytes, values))),
        new("a byte changed", 2, (draft, random, _) => draft.Bytes.Add(bytes => Flipped(bytes, random))),
        new("another encoding", 2, Encode),
        new("a huge body", 1, (draft, random, _) => draft.Bytes.Add(bytes => [.. "{\"description\":\""u8, .. Enumerable.Repeat((byte)'x', random.Next(1_100_000)), .. "\","u8, .. bytes.Skip(1)])),
        new("another content type", 3, (draft, _, values) => (draft.ContentType, draft.HasBody) = (values.One(ContentTypes), true)),
        new("a content encoding", 1, (draft, _, values) => draft.Headers.Add(("Content-Encoding", values.One("gzip", "identity", "br, gzip", "x")))),
        new("a condition", 6, Condition),
        new("an idempotency key", 5, (draft, random, values) => draft.Headers.Add(("Idempotency-Key", values.One("a", "a", "b", "", " ", new string('k', 255), new string('k', 256), "é", "😀", $"{random.Next(100)}")))),
        new("a wish for an answer", 4, (draft, _, values) => draft.Headers.Add((
            values.One("Accept", "Accept-Encoding", "Accept-Language", "Accept-Charset", "Range"), values.One("*/*;q=0", "text/html", "application/xml;q=1.5", "application/problem+json", ";;;,,", "bytes=0-0", "gzip;q=0", "text/csv")))),
        new("another method", 3, Otherwise),
        new("a method in a header", 2, (draft, _, values) => draft.Headers.Add((values.One("X-Http-Method-Override", "X-Method-Override", "X-HTTP-Method", "_method"), values.One(Methods)))),
        new("another place in a header", 2, (draft, _, values) => draft.Headers.Add((
            values.One("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "Forwarded", "X-Forwarded-Prefix"), values.One("/api/v1/teams", "evil.example", "::1", "for=_x;host=\"", "a,b,,", "javascript")))),
        new("another key beside", 3, (draft, _, values) => draft.Headers.Add((values.One("X-User-Token", "X-Api-Key", "X-User-Email", "Cookie"), values.One("wrong", "", " ", "owner", "rk_" + new string('A', 43), "admin@example.com")))),
        new("another scheme", 2, (draft, _, values) => draft.Authorization = values.One("Basic b3duZXI6b3duZXI=", "bearer", "Bearer", "Bearer  ", "Bearer null", "Digest x", "Bearer a b") is var given && draft.Authorization is { } key && values.One("0", "1") == "0" ? key.Replace("Bearer", "bEARER ", StringComparison.Ordinal) : given),
        new("a request id", 1, (draft, _, values) => draft.Headers.Add(("x-request-id", values.One("mine", "a b", new string('r', 300), "<script>", "%0d%0a", "é")))),
        new("what no client sends", 3, Wire),
    ];

    /// <summary>Another endpoint of the same path need not read the member of the body that names the other team; an id in the path it does.</summary>
    private static void Otherwise(Draft draft, Random random, Values values)
    {
        draft.Method = values.One(Methods);
        draft.IsForeign &= Numbers(draft.Path.Split('/')).Length > 0;
    }

    private static int[] Numbers(string[] segments)
        => [.. segments.Index().Where(segment => segment.Item.Length > 0 && segment.Item.All(char.IsAsciiDigit)).Select(segment => segment.Index)];

    private static void Elsewhere(Draft draft, Random random, Values values)
    {
        var segments = draft.Path.Split('/');
        var numbers = Numbers(segments);
        if (numbers.Length == 0) return;
        draft.IsForeign = false;
        segments[numbers[random.Next(numbers.Length)]] = random.Next(5) == 0
            ? values.One("0", "-1", "9007199254740993", "9223372036854775807", "99999999999999999999", "x", "%20", "%00", "1%2f2", "..", "1.0", "%31", "+1", "١", "null", "1;a=b")
            : values.Id().Trim('"', ' ');
        draft.Path = Ascii(string.Join('/', segments));
    }

    private static void Member(Draft draft, Random random, Values values)
    {
        var (name, value) = Named(draft, random, values);
        (draft.IsForeign, draft.HasBody) = (false, true);
        draft.Members[name] = draft.Raw(value);
    }

    private static void Ask(Draft draft, Random random, Values values)
    {
        var (name, value) = Named(draft, random, values);
        draft.IsForeign = false;
        draft.Ask(name + values.One("", "", "", "[]"), value is ['"', .., '"'] && !value.Contains('\\', StringComparison.Ordinal) ? value[1..^1] : value);
    }

    private static (string Name, string Value) Named(Draft draft, Random random, Values values)
    {
        if (draft.Parameters.Count == 0 || random.Next(10) == 0) return (values.One(Vocabulary.Names), values.Any());
        var parameter = draft.Parameters[random.Next(draft.Parameters.Count)];
        return (parameter.Name, values.Of(parameter));
    }

    private static void Spoil(Draft draft, Random random, Values values)
    {
        var places = new List<JsonNode>();
        Collect(draft.Members, places);
        if (places.Count == 0) return;
        draft.IsForeign = false;
        places[random.Next(places.Count)].ReplaceWith(draft.Raw(values.Any()));
    }

    private static void Drop(Draft draft, Random random, Values values)
    {
        if (draft.Members.Count == 0) return;
        draft.IsForeign = false;
        draft.Members.Remove(draft.Members.ElementAt(random.Next(draft.Members.Count)).Key);
    }

    private static void OddPath(Draft draft, Random random, Values values)
    {
        draft.IsForeign = false;
        draft.Path = values.One(
            draft.Path + "/", draft.Path + "//", "/" + draft.Path, draft.Path.Replace("/", "//", StringComparison.Ordinal), draft.Path.ToUpperInvariant(), draft.Path + "/%2e%2e", draft.Path + "/..", draft.Path + "%00", draft.Path + ";x",
            draft.Path + "/" + new string('a', 3_000), draft.Path.Replace("/v", "/./v", StringComparison.Ordinal), draft.Path.Replace("/api", "/%61pi", StringComparison.Ordinal), draft.Path + "%", draft.Path + "/%ff%fe", draft.Path[..random.Next(1, draft.Path.Length)], "/", "/api", "*");
        if (!draft.Path.StartsWith('/')) draft.OnTheWire = true;
    }

    private static void Encode(Draft draft, Random random, Values values)
    {
        Encoding[] encodings = [Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, Encoding.Latin1];
        var encoding = encodings[random.Next(encodings.Length)];
        var mark = random.Next(2) == 0 ? Encoding.UTF8.GetPreamble() : encoding.GetPreamble();
        draft.Bytes.Add(random.Next(2) == 0 ? bytes => [.. mark, .. bytes] : bytes => [.. mark, .. encoding.GetBytes(Encoding.UTF8.GetString(bytes))]);
    }

    private static void Condition(Draft draft, Random random, Values values) => draft.Headers.Add((
        values.One("If-Match", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"),
        values.One("*", "\"1\"", "\"2\"", "W/\"1\"", "1", "\"", "\"1\",\"2\"", "\"99999999999999999999\"", "\"-1\"", "\"é\"", ",", "*, \"1\"", "W/*", "Thu, 01 Jan 1970 00:00:00 GMT", string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"{i}\"")))));

    private static void Wire(Draft draft, Random random, Values values)
    {
        draft.OnTheWire = true;
        switch (random.Next(8))
        {
            case 0: draft.Headers.Add(("Authorization", "Bearer wrong")); break;
            case 1: draft.Headers.Add(("Authorization", draft.Authorization ?? "Bearer wrong")); break;
            case 2: draft.Headers.Add(("Content-Length", values.One("-1", "5", "99999999", "x", "0", "1e3", ""))); break;
            case 3: draft.Headers.Add(("Transfer-Encoding", values.One("chunked", "gzip", "chunked, chunked", "identity"))); break;
            case 4: draft.Headers.Add((values.One("A\u0001", "A B", ":", "", "Ä", new string('H', 9_000)), "x")); break;
            case 5: draft.Headers.Add(("X", values.One("\u0000", "\u0007", "a\rb", new string('v', 40_000), "\ufffd"))); break;
            case 6: draft.Headers.Add(("Expect", values.One("100-continue", "200-ok"))); break;
            default: draft.Headers.Add(("Idempotency-Key", "one")); draft.Headers.Add(("Idempotency-Key", "two")); break;
        }
    }

    private static byte[] Doubled(byte[] bytes, Values values)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.LastIndexOf('}');
        var name = text.IndexOf('"', StringComparison.Ordinal);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return end < 0 || name < 0 || colon < name ? bytes : Encoding.UTF8.GetBytes($"{text[..end]},{text[name..colon]}:{values.Any()}}}");
    }

    private static byte[] Flipped(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return bytes;
        byte[] changed = [.. bytes];
        changed[random.Next(changed.Length)] = (byte)random.Next(256);
        return changed;
    }

    private static void Collect(JsonNode node, List<JsonNode> places)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray elements => elements,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>())
        {
            places.Add(child);
            Collect(child, places);
        }
    }

    private static string Ascii(string path) => string.Concat(path.Select(each => each is > ' ' and <= '~' ? each.ToString(CultureInfo.InvariantCulture) : Uri.EscapeDataString(each.ToString())));
}
