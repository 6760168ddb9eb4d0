using System.Globalization;
using System.Text.Json;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>Values in JSON, or in what is not quite JSON.</summary>
/// <param name="random">Decides.</param>
/// <param name="ids">Ids of things that are there, that are gone, and that are another team's.</param>
internal sealed class Values(Random random, IReadOnlyList<long> ids)
{
    private const int MostElements = 1_200;

    private static readonly int[] Lengths = [300, 300, 300, 32_100, 110_000];

    private static readonly string[] Words =
    [
        "a", "open text", "open", "", " ", "' or 1 eq 1", "\\", "\"", "%", "%_!", "\"* OR NEAR(", "😀", "null", "true", "2026-01-02T03:04:05Z", "2026-02-30", "1e400", "-0", "0x1", "NaN", "\u0001",
        "/#?", "a[]", "=[", "====", "YQ==", "unassigned", "9999-12-31", "0001-01-01", "9999-12-31T23:59:59-14:00", "<@user-1> <@user-9007199254740993> <@user-", "javascript:alert(1)", "http://[::1]/",
        "../../etc/passwd", "=team_case.tasks[0].completed = TRUE", "=((((", "\u202e\u0000", "e\u0301", "ß", "İ", "\ufeff", "\ufffd", "-1", "1.5", "blk_", "high", "closed", "EQUAL", "TEXT_ENUM", "editor",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "2", "20", "500", "501", "1.5", "1e2", "1e400", "-1e308", "1e-400", "2147483647", "2147483648", "9007199254740992", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "99999999999999999999999", "-0", "01", "0.1e", "+1", "\"3\"", "\"007\"", "\" 1\"", "\"1e2\"",
    ];

    private static readonly string[] Odd =
    [
        "null", "{}", "[]", "[[]]", "[null]", "[{}]", "{\"\":{}}", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}", "[1,\"2\",3.5]", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"a\\u0000b\"", "{\"id\":1}",
        "[{\"id\":-1}]", "'x'", "undefined", "NaN", "//", "\"", "{\"a\":1,\"a\":2}", "\"\\x\"", "\"\t\"", "{\"id\":null}", "true", "false",
    ];

    /// <summary>Something that the parameter takes, more often than not.</summary>
    public string Of(Parameter parameter) => random.Next(4) == 0 ? Any() : Right(parameter, 0);

    /// <summary>Anything.</summary>
    public string Any() => random.Next(14) switch
    {
        0 or 1 => Id(),
        2 => $"[{Id()},{Id()}]",
        3 => $"\"{string.Concat(Enumerable.Repeat(One("a", "é", "<", "=", "\\\\"), random.Next(Lengths[random.Next(Lengths.Length)])))}\"",
        4 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4) == 0 ? random.Next(MostElements) : random.Next(20)).Select(number => $"\"{number}\""))}]",
        5 => Nested(random.Next(2, 70)),
        6 or 7 => One(Numbers),
        8 or 9 or 10 => Text(),
        _ => One(Odd),
    };

    /// <summary>The id of something.</summary>
    public string Id() => random.Next(10) == 0 ? One(Numbers) : ids[random.Next(ids.Count)].ToString(CultureInfo.InvariantCulture);

    /// <summary>One of these.</summary>
    public string One(params IReadOnlyList<string> choices) => choices[random.Next(choices.Count)];

    private string Text() => JsonSerializer.Serialize(One(Words));

    private string Right(Parameter parameter, int depth)
    {
        if (!parameter.IsArray) return Single(parameter, depth);
        return $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Single(parameter, depth)))}]";
    }

    private string Single(Parameter parameter, int depth) => parameter.Kind switch
    {
        ParameterKind.Id => Id(),
        ParameterKind.Number => One(Numbers),
        ParameterKind.Text => Text(),
        ParameterKind.Choice => JsonSerializer.Serialize(One(parameter.Choices)),
        ParameterKind.Flag => One("true", "false", "\"true\""),
        ParameterKind.Instant => One("\"2026-01-02T03:04:05Z\"", "\"2030-01-01\"", "\"2026-01-02T03:04:05+02:00\"", Text()),
        ParameterKind.Object when depth < 3 => $"{{{string.Join(',', parameter.Members.Where(_ => random.Next(3) != 0).Select(member => $"\"{member.Name}\":{(random.Next(8) == 0 ? Any() : Right(member, depth + 1))}"))}}}",
        _ => Any(),
    };

    private string Nested(int depth) => random.Next(2) == 0
        ? new string('[', depth) + new string(']', depth)
        : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
}
