using System.Globalization;
using System.Text.Json;

namespace Casefile.Core.Formulas;

/// <summary>What an expression comes to.</summary>
internal abstract record FormulaValue
{
    private FormulaValue()
    {
    }

    public static FormulaValue Null { get; } = new Nothing();

    public static FormulaValue True { get; } = new Truth(true);

    public static FormulaValue False { get; } = new Truth(false);

    /// <summary>Everything is true but null and false.</summary>
    public bool IsTrue => this is not (Nothing or Truth { Value: false });

    /// <summary>Null, the empty text, the empty list and the empty object.</summary>
    public bool IsEmpty => this is Nothing or Text { Value.Length: 0 } || Size == 0;

    /// <summary>Elements of a list, members of an object, UTF-16 units of a text; null for what has no size.</summary>
    public int? Size => this switch
    {
        Nothing => 0,
        Text text => text.Value.Length,
        Json { Element.ValueKind: JsonValueKind.Array } list => list.Element.GetArrayLength(),
        Json json => json.Element.EnumerateObject().Count(),
        _ => null,
    };

    public static FormulaValue Of(bool value) => value ? True : False;

    /// <summary>A value of the case.</summary>
    public static FormulaValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => Null,
        JsonValueKind.True => True,
        JsonValueKind.False => False,
        JsonValueKind.Number => new Number(element.GetDouble()),
        JsonValueKind.String => new Text(element.GetString()!),
        _ => new Json(element),
    };

    /// <summary>The same kind and the same value; a date and a text that reads as a date are compared as dates.</summary>
    public static bool AreEqual(FormulaValue one, FormulaValue other) => (one, other) switch
    {
        (Json left, Json right) => JsonElement.DeepEquals(left.Element, right.Element),
        (Date left, _) => AsDate(other) is { } right && left.Value == right,
        (_, Date right) => AsDate(one) is { } left && left == right.Value,
        _ => one == other,
    };

    /// <summary>How two values are ordered; null where they are not: nothing is less or greater than null.</summary>
    public static int? Order(FormulaValue one, FormulaValue other) => (one, other) switch
    {
        (Number left, Number right) => left.Value.CompareTo(right.Value),
        (Text left, Text right) => string.CompareOrdinal(left.Value, right.Value),
        (Date left, _) => AsDate(other) is { } right ? left.Value.CompareTo(right) : null,
        (_, Date right) => AsDate(one) is { } left ? left.CompareTo(right.Value) : null,
        _ => null,
    };

    /// <summary>A date, or a text that reads as one; UTC where it names no zone.</summary>
    public static DateTimeOffset? AsDate(FormulaValue value) => value switch
    {
        Date date => date.Value,
        Text text when DateTimeOffset.TryParse(
            text.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) => date,
        _ => null,
    };

    public sealed record Nothing : FormulaValue;

    public sealed record Truth(bool Value) : FormulaValue;

    public sealed record Number(double Value) : FormulaValue;

    public sealed record Text(string Value) : FormulaValue;

    public sealed record Date(DateTimeOffset Value) : FormulaValue;

    /// <summary>A list or an object of the case.</summary>
    public sealed record Json(JsonElement Element) : FormulaValue;
}
