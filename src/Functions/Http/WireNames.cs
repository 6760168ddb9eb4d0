using System.Collections.Frozen;
using System.Text;

namespace Casefile.Functions.Http;

/// <summary>How the members of an enumeration are called on the wire: <c>TextEnum</c> is <c>TEXT_ENUM</c>.</summary>
internal static class WireNames<TEnum> where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<TEnum, string> Names =
        Enum.GetValues<TEnum>().ToFrozenDictionary(value => value, value => UpperSnake(value.ToString()));

    /// <summary>The members by their wire names, in the order of their declaration.</summary>
    public static IReadOnlyDictionary<string, TEnum> ByName { get; } =
        new Dictionary<string, TEnum>(Enum.GetValues<TEnum>().Select(value => KeyValuePair.Create(Names[value], value)), StringComparer.Ordinal);

    /// <summary>The wire name of a member.</summary>
    public static string Of(TEnum value) => Names[value];

    private static string UpperSnake(string name)
    {
        var snake = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && snake.Length > 0) snake.Append('_');
            snake.Append(char.ToUpperInvariant(letter));
        }

        return snake.ToString();
    }
}
