using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Records;

/// <summary>Reads the filters of a list (records.md, "List"): every fault of all of them, each with its index.</summary>
public static class FilterReader
{
    private const string InvalidFilter = "Filter is invalid";
    private const int MostFilters = 100;
    private const int MostValues = 500;

    private static readonly FrozenDictionary<string, FilterOperator> Operators = new Dictionary<string, FilterOperator>(StringComparer.Ordinal)
    {
        ["EQUAL"] = FilterOperator.Equal,
        ["NOT_EQUAL"] = FilterOperator.NotEqual,
        ["GREATER_THAN"] = FilterOperator.GreaterThan,
        ["GREATER_THAN_OR_EQUAL_TO"] = FilterOperator.GreaterThanOrEqualTo,
        ["LESS_THAN"] = FilterOperator.LessThan,
        ["LESS_THAN_OR_EQUAL_TO"] = FilterOperator.LessThanOrEqualTo,
        ["IS_EMPTY"] = FilterOperator.IsEmpty,
        ["IS_NOT_EMPTY"] = FilterOperator.IsNotEmpty,
        ["IS_TRUE"] = FilterOperator.IsTrue,
        ["IS_FALSE"] = FilterOperator.IsFalse,
        ["IS_ANY_OF"] = FilterOperator.IsAnyOf,
        ["IS_NONE_OF"] = FilterOperator.IsNoneOf,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The condition that all filters together are, or null without any.</summary>
    public static Filter? Read(RecordType type, IReadOnlyList<JsonElement> filters, List<Fault> faults)
    {
        if (filters.Count > MostFilters)
        {
            faults.Add(new Fault(InvalidFilter, $"filters: at most {MostFilters} are allowed"));
            return null;
        }

        var conditions = new List<Filter>(filters.Count);
        for (var i = 0; i < filters.Count; i++)
        {
            if (ReadOne(type, filters[i], $"filters[{i}]", faults) is { } condition) conditions.Add(condition);
        }

        return conditions.Count switch { 0 => null, 1 => conditions[0], _ => new Filter.All(conditions) };
    }

    private static Filter.Comparison? ReadOne(RecordType type, JsonElement filter, string place, List<Fault> faults)
    {
        Filter.Comparison? Refuse(string reason)
        {
            faults.Add(new Fault(InvalidFilter, $"{place}{reason}"));
            return null;
        }

        if (filter.ValueKind != JsonValueKind.Object) return Refuse(": must be an object");

        var before = faults.Count;
        var field = Member(filter, "field_id") is { } id && FieldValues.Text(id) is { } text
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var fieldId) ? type.Field(fieldId) : null;
        if (field is null) Refuse($".field_id: must be the id of a field of record type {type.Id}");

        var named = Member(filter, "operator") is { ValueKind: JsonValueKind.String } given ? FieldValues.Text(given) : null;
        if (named is null || !Operators.TryGetValue(named, out var @operator))
            return Refuse($".operator: must be one of {string.Join(", ", Operators.Keys)}");
        if (field is null) return null;
        if (!Allows(field.Type, @operator)) return Refuse($".operator: {named} does not apply to a field of type {RecordTypeNames.Of(field.Type)}");

        var value = Member(filter, "value");
        switch (@operator)
        {
            case FilterOperator.IsEmpty or FilterOperator.IsNotEmpty or FilterOperator.IsTrue or FilterOperator.IsFalse:
                return new Filter.Comparison(field, @operator, []);
            case FilterOperator.IsAnyOf or FilterOperator.IsNoneOf when value is not { ValueKind: JsonValueKind.Array }:
                return Refuse($".value: {named} takes an array");
            case FilterOperator.IsAnyOf or FilterOperator.IsNoneOf when value.Value.GetArrayLength() > MostValues:
                return Refuse($".value: at most {MostValues} values are allowed");
            case FilterOperator.IsAnyOf or FilterOperator.IsNoneOf:
                var values = value.Value.EnumerateArray().Select((each, i) => ReadValue(field, each, $"{place}.value[{i}]", faults)).OfType<object>().ToArray();
                return faults.Count == before ? new Filter.Comparison(field, @operator, values) : null;
            default:
                if (value is not { ValueKind: JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } scalar)
                    return Refuse($".value: {named} takes a string or a number");
                return ReadValue(field, scalar, $"{place}.value", faults) is { } comparand ? new Filter.Comparison(field, @operator, [comparand]) : null;
        }
    }

    /// <summary>A comparand in the stored form of the field's type. A TEXT_ENUM is compared with any text: stored values may be older than the allowed ones.</summary>
    private static object? ReadValue(RecordField field, JsonElement value, string place, List<Fault> faults)
    {
        var before = faults.Count;
        var asked = field.Type is FieldType.TextEnum ? field with { Type = FieldType.Text } : field;
        var read = FieldValues.Read(asked, value, place, faults);
        if (read is null && faults.Count == before) faults.Add(new Fault(InvalidFilter, $"{place}: must not be null"));
        return read;
    }

    private static bool Allows(FieldType type, FilterOperator @operator) => @operator switch
    {
        FilterOperator.IsEmpty or FilterOperator.IsNotEmpty => true,
        FilterOperator.IsTrue or FilterOperator.IsFalse => type == FieldType.Boolean,
        FilterOperator.IsAnyOf or FilterOperator.IsNoneOf => type is FieldType.Text or FieldType.TextEnum or FieldType.Number,
        FilterOperator.Equal or FilterOperator.NotEqual => type is not (FieldType.Artifact or FieldType.Json),
        _ => type is FieldType.Text or FieldType.TextEnum or FieldType.Number or FieldType.Timestamp,
    };

    private static JsonElement? Member(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
