using System.Globalization;
using System.Text.RegularExpressions;
using Casefile.Core.Records;

namespace Casefile.Core.Cases;

/// <summary>Which values a case input takes. Several values in one are written <c>a|b</c>, and each is checked (cases.md, "field_values").</summary>
internal static class CaseInputRules
{
    /// <summary>UTF-16 units of a regular expression.</summary>
    public const int LongestPattern = 1_000;

    /// <summary>UTF-16 units of a value.</summary>
    public const int LongestValue = 10_000;

    private const char Separator = '|';

    // Without backtracking the time is linear in the value's length; the limit is for what that still leaves.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>A value in the form in which it is kept; null with the reason where the input does not take it.</summary>
    public static string? Accept(IReadOnlyDictionary<string, object> input, string value, out string reason)
    {
        reason = "";
        if (value.Length > LongestValue)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"has {value.Length} characters, at most {LongestValue} are kept");
            return null;
        }

        var type = CaseInputRow.TypeOf(input);
        if (type == CaseInputType.String) return Fits(input, value, out reason) ? value : null;

        var kept = new List<string>();
        foreach (var one in value.Split(Separator))
        {
            if (Read(type, one.Trim()) is { } read)
            {
                kept.Add(read);
                continue;
            }

            reason = $"is no {type.ToString().ToLowerInvariant()}";
            return null;
        }

        return string.Join(Separator, kept);
    }

    /// <summary>Reads a regular expression; null with the reason where it is none, or one that takes backtracking.</summary>
    public static Regex? ReadPattern(string pattern, out string reason)
    {
        reason = "";
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException fault)
        {
            reason = fault.Message;
        }
        catch (NotSupportedException)
        {
            reason = "look-arounds, back references, atomic groups and very large repetitions are not taken";
        }

        return null;
    }

    private static string? Read(CaseInputType type, string text) => type switch
    {
        CaseInputType.Number => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? text : null,
        CaseInputType.Boolean => bool.TryParse(text, out var flag) ? flag ? "true" : "false" : null,
        _ => Timestamps.ReadInstant(text) is { } instant ? Timestamps.Api(instant.ToUnixTimeMilliseconds()) : null,
    };

    private static bool Fits(IReadOnlyDictionary<string, object> input, string value, out string reason)
    {
        reason = "";
        if (CaseInputRow.OptionsOf(input) is { } options)
        {
            if (options.Contains(value, StringComparer.Ordinal)) return true;
            var other = value.Split(Separator).FirstOrDefault(one => !options.Contains(one, StringComparer.Ordinal));
            reason = $"is none of {string.Join(", ", options.Take(20))}{(options.Count > 20 ? "…" : "")}";
            return other is null;
        }

        if (CaseInputRow.RegexOf(input) is not { } pattern || ReadPattern(pattern, out _) is not { } regex) return true;
        reason = $"does not match {pattern}";
        try
        {
            return regex.IsMatch(value) || value.Split(Separator).All(regex.IsMatch);
        }
        catch (RegexMatchTimeoutException)
        {
            reason = $"took too long to match {pattern}";
            return false;
        }
    }
}
