using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>What an endpoint reads under a name, as its own refusals tell.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">What it has to be.</param>
/// <param name="IsArray">Whether it may be an array of that.</param>
/// <param name="Choices">The texts that it takes, where it takes these only.</param>
/// <param name="Members">What is read inside, where it is an object.</param>
internal sealed record Parameter(string Name, ParameterKind Kind, bool IsArray, IReadOnlyList<string> Choices, IReadOnlyList<Parameter> Members);

/// <summary>Kinds of parameters.</summary>
internal enum ParameterKind
{
    /// <summary>Its refusals do not tell.</summary>
    Other,

    /// <summary>An id, or a count.</summary>
    Id,

    /// <summary>Any other number.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,

    /// <summary>One of some texts.</summary>
    Choice,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A point in time.</summary>
    Instant,

    /// <summary>An object.</summary>
    Object,
}

/// <summary>
/// Learns an endpoint's parameters from its refusals: a request with every name of <see cref="Vocabulary"/>, each with a value that nothing takes, is refused
/// for all that the endpoint reads, with the place of each and what it should have been. So the grammar keeps itself: a new parameter is in it.
/// </summary>
/// <param name="refusals">Sends members beside, or in place of, those of a request that is right, and answers the details of the refusal.</param>
internal sealed partial class Grammar(Func<JsonObject, Task<IReadOnlyList<string>>> refusals)
{
    private const double Junk = -1.5;
    private const int Deepest = 3;
    private const int Rounds = 5;

    /// <summary>What is read at the top of the request, of these names beside all others in place of what they are.</summary>
    public async Task<IReadOnlyList<Parameter>> LearnAsync(IReadOnlyCollection<string> given)
    {
        var others = await LearnAsync(Vocabulary.Names.Except(given), members => members, "", 1);
        var same = await LearnAsync(given, members => members, "", 1);
        return [.. others, .. same];
    }

    /// <summary>
    /// Names are asked for again without those that have been learned, because some refusals come before others are looked for.
    /// </summary>
    private async Task<IReadOnlyList<Parameter>> LearnAsync(IEnumerable<string> among, Func<JsonObject, JsonObject> wrap, string prefix, int depth)
    {
        var names = among.ToHashSet(StringComparer.Ordinal);
        var learned = new List<Parameter>();
        for (var round = 0; round < Rounds && names.Count > 0; round++)
        {
            var found = Read(await refusals(wrap(Members(names))), prefix).Where(each => names.Contains(each.Name)).DistinctBy(each => each.Name).ToArray();
            if (found.Length == 0) break;
            foreach (var one in found)
            {
                names.Remove(one.Name);
                learned.Add(one.Kind == ParameterKind.Object && depth < Deepest ? await InsideAsync(one, wrap, prefix, depth) : one);
            }
        }

        return learned;
    }

    private async Task<Parameter> InsideAsync(Parameter one, Func<JsonObject, JsonObject> wrap, string prefix, int depth)
    {
        foreach (var isArray in one.IsArray ? [true] : new[] { false, true })
        {
            var inside = await LearnAsync(
                Vocabulary.Names,
                members => wrap(new JsonObject { [one.Name] = isArray ? new JsonArray(members) : members }),
                prefix + one.Name + (isArray ? "[0]." : "."),
                depth + 1);
            if (inside.Count > 0) return one with { IsArray = isArray, Members = inside };
        }

        return one;
    }

    private static JsonObject Members(IEnumerable<string> names) => new(names.Select(name => KeyValuePair.Create(name, (JsonNode?)JsonValue.Create(Junk))));

    private static IEnumerable<Parameter> Read(IReadOnlyList<string> details, string prefix)
    {
        foreach (var detail in details)
        {
            // Tracy's door writes places as JSON paths.
            var place = detail.StartsWith("$.", StringComparison.Ordinal) ? detail[2..] : detail;
            if (!place.StartsWith(prefix, StringComparison.Ordinal) || Place().Match(place[prefix.Length..]) is not { Success: true } match) continue;
            var reason = match.Groups["reason"].Value;
            if (reason.StartsWith("is not a member", StringComparison.Ordinal)) continue;
            var isArray = match.Groups["index"].Success || reason == "must be an array";
            var choices = reason.StartsWith("must be one of ", StringComparison.Ordinal) ? reason["must be one of ".Length..].Split(", ") : [];
            yield return new Parameter(match.Groups["name"].Value, KindOf(reason), isArray, choices, []);
        }
    }

    private static ParameterKind KindOf(string reason) => reason switch
    {
        "must be text" => ParameterKind.Text,
        "must be true or false" => ParameterKind.Flag,
        "must be an object" or "must be an array" => ParameterKind.Object,
        _ when reason.StartsWith("must be a positive integer", StringComparison.Ordinal) => ParameterKind.Id,
        _ when reason.StartsWith("must be one of ", StringComparison.Ordinal) => ParameterKind.Choice,
        _ when reason.StartsWith("must be an ISO 8601", StringComparison.Ordinal) => ParameterKind.Instant,
        _ when reason.Contains("integer", StringComparison.Ordinal) || reason.Contains("number", StringComparison.Ordinal) => ParameterKind.Number,
        _ => ParameterKind.Other,
    };

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9_]+)(?<index>\[\d+\])?(?:\.[^:]*)?: (?<reason>.*)$", RegexOptions.Singleline)]
    private static partial Regex Place();
}
