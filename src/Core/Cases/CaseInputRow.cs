using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>What the value of a case input is.</summary>
public enum CaseInputType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>A finite number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An ISO 8601 date or date and time.</summary>
    Timestamp,
}

/// <summary>The properties of a case input's row, beside <see cref="CaseRow.Name"/>. A case input never changes.</summary>
public static class CaseInputRow
{
    /// <summary>The name as programs look it up.</summary>
    public const string Key = "key";

    /// <summary>A <see cref="CaseInputType"/>.</summary>
    public const string Type = "type";

    /// <summary>True where only those who may write see values.</summary>
    public const string Sensitive = "sensitive";

    /// <summary>The texts that a value may be, a JSON array (<see cref="LongText"/>); absent where it may be others.</summary>
    public const string Options = "options";

    /// <summary>The regular expression that a value has to match; absent where it has not.</summary>
    public const string Regex = "regex";

    /// <summary>The group that the input is shown in; absent where it is in none.</summary>
    public const string Group = "group";

    /// <summary>The type of an input.</summary>
    public static CaseInputType TypeOf(IReadOnlyDictionary<string, object> input) => (CaseInputType)(long)input[Type];

    /// <summary>Whether only those who may write see values.</summary>
    public static bool IsSensitive(IReadOnlyDictionary<string, object> input) => input.GetValueOrDefault(Sensitive) is true;

    /// <summary>The texts that a value may be, or null.</summary>
    public static IReadOnlyList<string>? OptionsOf(IReadOnlyDictionary<string, object> input)
        => LongText.Read(input, Options) is { } options ? JsonSerializer.Deserialize<string[]>(options) : null;

    /// <summary>The regular expression that a value has to match, or null.</summary>
    public static string? RegexOf(IReadOnlyDictionary<string, object> input) => input.GetValueOrDefault(Regex) as string;
}
