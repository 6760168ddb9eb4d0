using System.Text.Json;

namespace Casefile.Functions.Tests;

/// <summary>Compares an answer with a published sample: the same members with values of the same types, whatever the values.</summary>
internal static class SampleShape
{
    /// <summary>Fails where the answer lacks a member of the sample, has one that is not in it, or has a value of another type.</summary>
    /// <param name="sample">The sample, in JSON.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="beyond">Places of members that the contract adds to the sample: "team_id".</param>
    public static void AssertSame(string sample, JsonElement answer, params string[] beyond)
        => Assert.Equal(Describe(JsonElement.Parse(sample), []), Describe(answer, beyond));

    private static IEnumerable<string> Describe(JsonElement element, string[] beyond)
        => Describe("", element).Where(line => !beyond.Any(place => line.StartsWith(place + ":", StringComparison.Ordinal))).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Describe(string place, JsonElement element)
    {
        var itself = $"{place}: {element.ValueKind}";
        return element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Describe(place.Length == 0 ? member.Name : $"{place}.{member.Name}", member.Value)).Prepend(itself),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Describe(place + "[]", item)).Prepend(itself),
            JsonValueKind.True or JsonValueKind.False => [$"{place}: Boolean"],
            _ => [itself],
        };
    }
}
