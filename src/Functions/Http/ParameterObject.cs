using System.Globalization;
using System.Text.Json;

namespace Casefile.Functions.Http;

/// <summary>
/// The members of an object of the request, read by name and type. A reader never stops at what is wrong: it adds a fault that names the
/// place ("fields[0].name") and goes on with "absent". A member that is null counts as absent (common.md, "Base paths").
/// </summary>
internal class ParameterObject
{
    /// <summary>The highest id: integers up to here are exact in every JSON reader.</summary>
    public const long HighestId = 1L << 53;

    private const string InvalidMessage = "Parameter is invalid";
    private const string MissingMessage = "Parameter is missing";

    private readonly JsonElement element;
    private readonly string prefix;

    /// <param name="element">A JSON object.</param>
    /// <param name="place">Where it is in the request: "fields[0]"; empty for the request itself.</param>
    /// <param name="faults">Where faults go.</param>
    public ParameterObject(JsonElement element, string place, ParameterFaults faults)
    {
        this.element = element;
        prefix = place.Length == 0 ? "" : place + ".";
        Faults = faults;
    }

    /// <summary>What was found wrong so far, in the whole request.</summary>
    public ParameterFaults Faults { get; }

    /// <summary>Whether the member is there and not null.</summary>
    public bool Has(string name) => Find(name) is { ValueKind: not JsonValueKind.Null };

    /// <summary>Whether the member is there as an explicit null, for the members where that means something.</summary>
    public bool IsNull(string name) => Find(name) is { ValueKind: JsonValueKind.Null };

    /// <summary>Where a member is: "fields[0].name".</summary>
    public string Place(string name) => prefix + name;

    /// <summary>A positive integer within 2^53, written as a number or as a numeric string; null when absent or wrong.</summary>
    public long? Id(string name) => Value(name) is { } value ? PositiveInteger(value, Place(name)) : null;

    /// <summary>As <see cref="Id"/>, and a fault when absent; 0 when absent or wrong.</summary>
    public long RequiredId(string name)
    {
        Require(name);
        return Id(name) ?? 0;
    }

    /// <summary>A count: the same as <see cref="Id"/>.</summary>
    public long? PositiveInteger(string name) => Id(name);

    /// <summary>A position, counted from 0, written as a number or as a numeric string; null when absent or wrong.</summary>
    public int? Position(string name)
    {
        if (Value(name) is not { } value) return null;
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString(),
            _ => null,
        };
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : Refuse<int>(name, "must be an integer from 0");
    }

    /// <summary>One of several texts; null when absent or wrong.</summary>
    public string? OneOf(string name, IReadOnlyList<string> choices)
    {
        if (Value(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && choices.FirstOrDefault(value.ValueEquals) is { } choice) return choice;
        Malformed(name, $"must be one of {string.Join(", ", choices)}");
        return null;
    }

    /// <summary>As <see cref="OneOf"/>, and a fault when absent; empty when absent or wrong.</summary>
    public string RequiredOneOf(string name, IReadOnlyList<string> choices)
    {
        Require(name);
        return OneOf(name, choices) ?? "";
    }

    /// <summary>An array of ids, or a single id; null when absent. Wrong elements are left out, each with its fault.</summary>
    public IReadOnlyList<long>? Ids(string name)
    {
        if (Elements(name) is not { } elements) return null;
        var ids = new List<long>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            if (PositiveInteger(elements[i], Indexed(name, i)) is { } id) ids.Add(id);
        }

        return ids;
    }

    /// <summary>A string; null when absent or wrong. Control characters are kept, U+0000 is refused.</summary>
    public string? Text(string name) => Value(name) is { } value ? Text(value, Place(name)) : null;

    /// <summary>As <see cref="Text(string)"/>, and a fault when absent; empty when absent or wrong.</summary>
    public string RequiredText(string name)
    {
        Require(name);
        return Text(name) ?? "";
    }

    /// <summary>An array of strings, or a single string; null when absent. Wrong elements are left out, each with its fault.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Elements(name) is not { } elements) return null;
        var texts = new List<string>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            if (Text(elements[i], Indexed(name, i)) is { } text) texts.Add(text);
        }

        return texts;
    }

    /// <summary>True or false, also as the strings "true" and "false"; null when absent or wrong.</summary>
    public bool? Flag(string name)
    {
        switch (Value(name))
        {
            case null: return null;
            case { ValueKind: JsonValueKind.True }: return true;
            case { ValueKind: JsonValueKind.False }: return false;
            case { ValueKind: JsonValueKind.String } text when text.ValueEquals("true"u8): return true;
            case { ValueKind: JsonValueKind.String } text when text.ValueEquals("false"u8): return false;
            default: return Refuse<bool>(name, "must be true or false");
        }
    }

    /// <summary>One of an enumeration's members by its wire name (<see cref="WireNames{TEnum}"/>); null when absent or wrong.</summary>
    public TEnum? Choice<TEnum>(string name) where TEnum : struct, Enum
        => Choice(name, WireNames<TEnum>.ByName);

    /// <summary>One of several values by its name; null when absent or wrong.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices) where T : struct
    {
        if (Value(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && choices.TryGetValue(value.GetString()!, out var choice)) return choice;
        return Refuse<T>(name, $"must be one of {string.Join(", ", choices.Keys)}");
    }

    /// <summary>A finite number above 0, also as a numeric string; null when absent or wrong.</summary>
    public double? PositiveNumber(string name)
    {
        if (Value(name) is not { } value) return null;
        var number = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var given) ? given : double.NaN,
            JsonValueKind.String => double.TryParse(value.GetString(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var read) ? read : double.NaN,
            _ => double.NaN,
        };
        return number > 0 && double.IsFinite(number) ? number : Refuse<double>(name, "must be a positive number");
    }

    /// <summary>A point in time in ISO 8601, a date or a date with time; without an offset it is UTC. Null when absent or wrong.</summary>
    public DateTimeOffset? Instant(string name)
    {
        if (Value(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.String && IsoInstant.TryParse(value.GetString()!, out var instant)
            ? instant
            : Refuse<DateTimeOffset>(name, "must be an ISO 8601 date or date and time, for example 2026-01-02T03:04:05Z");
    }

    /// <summary>An object; null when absent or wrong.</summary>
    public ParameterObject? Object(string name)
    {
        if (Structured(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return new ParameterObject(value, Place(name), Faults);
        Malformed(name, "must be an object");
        return null;
    }

    /// <summary>An array of objects; null when absent. Wrong elements are left out, each with its fault.</summary>
    public IReadOnlyList<ParameterObject>? Objects(string name)
    {
        if (Array(name) is not { } elements) return null;
        var objects = new List<ParameterObject>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            if (elements[i].ValueKind == JsonValueKind.Object)
                objects.Add(new ParameterObject(elements[i], Indexed(name, i), Faults));
            else
                Faults.Malformed(InvalidMessage, $"{Indexed(name, i)}: must be an object");
        }

        return objects;
    }

    /// <summary>The elements of an array; null when absent or wrong.</summary>
    public IReadOnlyList<JsonElement>? Array(string name)
    {
        if (Structured(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array) return [.. value.EnumerateArray()];
        Malformed(name, "must be an array");
        return null;
    }

    /// <summary>Any JSON value as it was given, of a query string its text read as JSON; null when absent or wrong.</summary>
    public virtual JsonElement? Json(string name) => Value(name);

    /// <summary>Adds a fault: the member cannot be understood (400).</summary>
    public void Malformed(string name, string reason) => Faults.Malformed(InvalidMessage, $"{Place(name)}: {reason}");

    /// <summary>Adds a fault: the member is understood and against a rule (422).</summary>
    public void Invalid(string name, string reason) => Faults.Invalid(InvalidMessage, $"{Place(name)}: {reason}");

    /// <summary>Adds a fault for every member of the body's object that is none of these (400).</summary>
    public void Only(params IReadOnlyList<string> names)
    {
        foreach (var name in MemberNames.Where(name => !names.Contains(name))) Malformed(name, "is not a member that is known here");
    }

    /// <summary>A finite number; null when absent or wrong.</summary>
    public double? Number(string name)
    {
        if (Value(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : Refuse<double>(name, "must be a number");
    }

    /// <summary>An integer within bounds, as a number or a numeric string; null when absent or wrong.</summary>
    public long? Integer(string name, long least, long most)
    {
        if (Value(name) is not { } value) return null;
        var isInteger = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out var given) && given >= least && given <= most,
            JsonValueKind.String => long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read) && read >= least && read <= most,
            _ => false,
        };
        if (!isInteger) return Refuse<long>(name, string.Create(CultureInfo.InvariantCulture, $"must be an integer from {least} to {most}"));
        return value.ValueKind == JsonValueKind.Number ? value.GetInt64() : long.Parse(value.GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Adds a fault when the member is absent (400).</summary>
    public void Require(string name)
    {
        if (!Has(name)) Faults.Malformed(MissingMessage, $"{Place(name)}: is required");
    }

    /// <summary>The names of the members of the body's object.</summary>
    protected virtual IEnumerable<string> MemberNames => element.EnumerateObject().Select(member => member.Name);

    /// <summary>The member as it was given, null included; nothing when it is not there.</summary>
    protected virtual JsonElement? Find(string name) => element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The member as it was given, unless absent or null; a query string gives text or arrays of text.</summary>
    public JsonElement? Value(string name) => Find(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    /// <summary>Text that stands for an object or an array, read as JSON, as query strings carry it; a leading <c>=</c> is ignored.</summary>
    protected JsonElement? ParseText(string name, string text)
    {
        if (StrictJson.TryParse(text.StartsWith('=') ? text[1..] : text, out var parsed, out var reason)) return parsed;
        Malformed(name, $"is not JSON: {reason}");
        return null;
    }

    private JsonElement? Structured(string name) => Value(name) is { ValueKind: JsonValueKind.String } text
        ? ParseText(name, text.GetString()!)
        : Value(name);

    private IReadOnlyList<JsonElement>? Elements(string name)
    {
        if (Value(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.AsSpan().TrimStart("= ") is ['[', ..])
        {
            if (ParseText(name, value.GetString()!) is not { } parsed) return null;
            value = parsed;
        }

        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
    }

    private long? PositiveInteger(JsonElement value, string place)
    {
        var number = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out var given) => given,
            JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var read) => read,
            _ => 0,
        };
        if (number is > 0 and <= HighestId) return number;
        Faults.Malformed(InvalidMessage, $"{place}: must be a positive integer, at most 2^53");
        return null;
    }

    private string? Text(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Faults.Malformed(InvalidMessage, $"{place}: must be text");
            return null;
        }

        var text = value.GetString()!;
        if (!text.Contains('\0', StringComparison.Ordinal)) return text;
        Faults.Malformed(InvalidMessage, $"{place}: must not contain U+0000");
        return null;
    }

    private string Indexed(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{name}[{index}]");

    private T? Refuse<T>(string name, string reason) where T : struct
    {
        Malformed(name, reason);
        return null;
    }
}
