using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>
/// The reactions to a comment as its row keeps them: a JSON array of <c>["heart",[[user,milliseconds],…]]</c>, in the order in which each was first given. A user gives
/// one of a kind.
/// </summary>
internal static class ReactionList
{
    /// <summary>What one may react with (cases.md, "reactions").</summary>
    public static IReadOnlyList<string> Names { get; } = ["+1", "-1", "eyes", "heart", "white_check_mark"];

    /// <summary>The reactions of a row: by name, who gave them and when.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<(long UserId, long At)> Reactants)> Read(IReadOnlyDictionary<string, object> image)
    {
        if (LongText.Read(image, ActivityRow.Reactions) is not { } text) return [];
        using var json = JsonDocument.Parse(text);
        return
        [
            .. json.RootElement.EnumerateArray().Select(each => (
                each[0].GetString()!,
                (IReadOnlyList<(long, long)>)[.. each[1].EnumerateArray().Select(reactant => (reactant[0].GetInt64(), reactant[1].GetInt64()))])),
        ];
    }

    /// <summary>Whether a user has reacted so.</summary>
    public static bool Has(CasePart comment, string name, long userId)
        => Read(comment.Image).Any(reaction => reaction.Name == name && reaction.Reactants.Any(reactant => reactant.UserId == userId));

    /// <summary>Adds a reaction that the user has not given yet.</summary>
    public static void Add(Dictionary<string, object> image, string name, long userId, long at)
    {
        var reactions = Read(image).ToList();
        var index = reactions.FindIndex(reaction => reaction.Name == name);
        if (index < 0) reactions.Add((name, [(userId, at)]));
        else reactions[index] = (name, [.. reactions[index].Reactants, (userId, at)]);
        Write(image, reactions);
    }

    /// <summary>Takes a user's reaction back.</summary>
    public static void Remove(Dictionary<string, object> image, string name, long userId)
        => Write(image, Read(image)
            .Select(reaction => reaction.Name == name
                ? (reaction.Name, (IReadOnlyList<(long UserId, long At)>)[.. reaction.Reactants.Where(reactant => reactant.UserId != userId)])
                : reaction)
            .Where(reaction => reaction.Item2.Count > 0));

    private static void Write(Dictionary<string, object> image, IEnumerable<(string Name, IReadOnlyList<(long UserId, long At)> Reactants)> reactions)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var any = false;
        using (var json = new Utf8JsonWriter(buffer, JsonText.Compact))
        {
            json.WriteStartArray();
            foreach (var (name, reactants) in reactions)
            {
                any = true;
                json.WriteStartArray();
                json.WriteStringValue(name);
                json.WriteStartArray();
                foreach (var (userId, at) in reactants)
                {
                    json.WriteStartArray();
                    json.WriteNumberValue(userId);
                    json.WriteNumberValue(at);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        LongText.Write(image, ActivityRow.Reactions, any ? Encoding.UTF8.GetString(buffer.WrittenSpan) : null);
    }
}
