using System.Globalization;
using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Replicas;

/// <summary>
/// A selection as an SQL condition over the replica's table. Every value is a parameter; the text holds nothing but what this class
/// wrote and field ids. Leaves drop empty values by SQL's own null, which every <c>NOT</c> turns back into a plain no.
/// The empty text is a value to EQUAL and the set operators, and is nothing to the operators of order, as it is nothing to sorting.
/// </summary>
/// <param name="type">The type of the records.</param>
/// <param name="unindexed">A column that is not to be looked up in an index, or null: a hint to SQLite, which knows no totals.</param>
internal sealed class RecordCondition(RecordType type, string? unindexed = null)
{
    /// <summary>How deep a filter may be nested: far under what SQLite's parser takes.</summary>
    public const int MaximumDepth = 64;

    /// <summary>How many comparisons a filter may have.</summary>
    public const int MaximumComparisons = 1_000;

    /// <summary>Sets up to this size are parameters of their own; larger ones are one parameter, as JSON.</summary>
    private const int InlineSet = 64;

    private readonly List<string> conditions = [];
    private readonly List<object> parameters = [];
    private int comparisons;

    public string Sql => conditions.Count == 0 ? "1" : Balanced(0, conditions.Count, "AND", index => conditions[index]);

    public List<object> Parameters => parameters;

    /// <summary>The columns of fields that top-level comparisons go by: an index on one helps.</summary>
    public List<string> Columns { get; } = [];

    /// <summary>Those among <see cref="Columns"/> that have one value in all that matches: behind them an index goes on in the order of its next column.</summary>
    public List<string> Equalities { get; } = [];

    /// <summary>Those among <see cref="Columns"/> that have one of a few values in all that matches.</summary>
    public List<string> Choices { get; } = [];

    /// <summary>Whether nothing but values of <see cref="Columns"/> decides.</summary>
    public bool IsOfColumns => conditions.Count == comparisons;

    /// <summary>Why a filter is more than can be asked at once, or null.</summary>
    public static Problem? Check(Filter? filter)
    {
        var comparisons = 0;
        return filter is null || Fits(filter, 1)
            ? null
            : Problem.Invalid("Filter is too large", $"At most {MaximumComparisons} comparisons, nested at most {MaximumDepth} deep.");

        bool Fits(Filter part, int depth) => depth <= MaximumDepth && part switch
        {
            Filter.Comparison => ++comparisons <= MaximumComparisons,
            Filter.Not not => Fits(not.Inner, depth + 1),
            Filter.All all => all.Filters.All(inner => Fits(inner, depth + 1)),
            Filter.Any any => any.Filters.All(inner => Fits(inner, depth + 1)),
            _ => false,
        };
    }

    /// <summary>Narrows by a condition of the caller's own, whose parameters it takes from <see cref="Parameter"/>.</summary>
    public void And(string condition) => conditions.Add(condition);

    public void And(Filter filter)
    {
        if (filter is Filter.All all)
        {
            foreach (var part in all.Filters) And(part);
            return;
        }

        if (filter is Filter.Comparison { Field: var field } comparison && !field.IsDefault && type.Field(field.Id) is not null)
        {
            var column = RecordReplicaSchema.Column(field.Id);
            if (IsEquality(comparison)) Equalities.Add(column);
            else if (comparison.Operator == FilterOperator.IsAnyOf) Choices.Add(column);
            if (comparison.Operator is not (FilterOperator.NotEqual or FilterOperator.IsNoneOf))
            {
                if (!Columns.Contains(column)) Columns.Add(column);
                comparisons++;
            }
        }

        And(Of(filter));
    }

    public void AndIn(string column, IReadOnlyList<long> ids) => And($"{column} IN {Set(ids)}");

    /// <summary>Narrows to a state of the type; its first one has also the records whose state is no more.</summary>
    public void AndState(long stateId)
    {
        var states = type.States.Select(state => state.IdIn(type.Id)).ToArray();
        var column = $"coalesce({RecordRow.State}, {Parameter(RecordState.Open.IdIn(type.Id))})";
        And(stateId == states[0] ? $"({column} NOT IN {Set(states[1..])})" : $"{column} = {Parameter(stateId)}");
    }

    public string Parameter(object value)
    {
        parameters.Add(value);
        return ReplicaReader.ParameterName(parameters.Count - 1);
    }

    private static bool IsEquality(Filter.Comparison comparison)
        => comparison.Operator is FilterOperator.Equal or FilterOperator.IsTrue or FilterOperator.IsFalse
            || (comparison.Operator == FilterOperator.IsAnyOf && comparison.Values.Count == 1);

    private string Of(Filter filter) => filter switch
    {
        Filter.Comparison comparison when comparison.Field.Id == type.TimestampFieldId => OfCreated(comparison),
        Filter.Comparison comparison => OfColumn(comparison),
        Filter.Not not => $"(({Of(not.Inner)}) IS NOT TRUE)",
        Filter.All all => Join(all.Filters, "AND", "1"),
        Filter.Any any => Join(any.Filters, "OR", "0"),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private string Join(IReadOnlyList<Filter> filters, string with, string none)
        => filters.Count == 0 ? none : Balanced(0, filters.Count, with, index => Of(filters[index]));

    /// <summary>Joined as a balanced tree, since SQLite bounds the depth of an expression, and a plain chain is as deep as it is long.</summary>
    private static string Balanced(int start, int count, string with, Func<int, string> part) => count == 1
        ? part(start)
        : $"({Balanced(start, count / 2, with, part)} {with} {Balanced(start + count / 2, count - count / 2, with, part)})";

    private string OfColumn(Filter.Comparison comparison)
    {
        var column = ColumnOf(comparison.Field);
        // A plus sign keeps SQLite from using an index for a column, and means nothing else.
        if (column == unindexed) column = $"+{column}";
        var isText = IsText(comparison.Field.Type);
        return comparison.Operator switch
        {
            FilterOperator.Equal => $"{column} = {Value()}",
            FilterOperator.NotEqual => $"{column} IS NOT {Value()}",
            FilterOperator.GreaterThan => $"{column} > {Value()}",
            FilterOperator.GreaterThanOrEqualTo => isText ? $"({column} >= {Value()} AND {column} > '')" : $"{column} >= {Value()}",
            FilterOperator.LessThan => isText ? $"({column} < {Value()} AND {column} > '')" : $"{column} < {Value()}",
            FilterOperator.LessThanOrEqualTo => isText ? $"({column} <= {Value()} AND {column} > '')" : $"{column} <= {Value()}",
            FilterOperator.IsEmpty => isText ? $"({column} IS NULL OR {column} = '')" : $"{column} IS NULL",
            FilterOperator.IsNotEmpty => isText ? $"{column} > ''" : $"{column} IS NOT NULL",
            FilterOperator.IsTrue => $"{column} = 1",
            FilterOperator.IsFalse => $"{column} = 0",
            FilterOperator.IsAnyOf => $"{column} IN {Set(comparison.Values)}",
            FilterOperator.IsNoneOf => $"({column} IS NULL OR {column} NOT IN {Set(comparison.Values)})",
            _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
        };

        string Value() => Parameter(comparison.Values[0]);
    }

    /// <summary>The default field <c>Timestamp</c> is the creation time in whole seconds, which is never empty.</summary>
    private string OfCreated(Filter.Comparison comparison) => comparison.Operator switch
    {
        FilterOperator.Equal => Between(Second(comparison.Values[0])),
        FilterOperator.NotEqual => $"NOT {Between(Second(comparison.Values[0]))}",
        FilterOperator.GreaterThan => $"created >= {Parameter(Second(comparison.Values[0]) + 1_000)}",
        FilterOperator.GreaterThanOrEqualTo => $"created >= {Parameter(Second(comparison.Values[0]))}",
        FilterOperator.LessThan => $"created < {Parameter(Second(comparison.Values[0]))}",
        FilterOperator.LessThanOrEqualTo => $"created < {Parameter(Second(comparison.Values[0]) + 1_000)}",
        FilterOperator.IsEmpty => "0",
        FilterOperator.IsNotEmpty => "1",
        FilterOperator.IsAnyOf => $"created / 1000 IN {Set(Seconds(comparison.Values))}",
        FilterOperator.IsNoneOf => $"created / 1000 NOT IN {Set(Seconds(comparison.Values))}",
        _ => "0",
    };

    private string Between(long second) => $"(created BETWEEN {Parameter(second)} AND {Parameter(second + 999)})";

    private static long Second(object value)
        => new DateTimeOffset(DateTime.ParseExact((string)value, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static long[] Seconds(IReadOnlyList<object> values)
    {
        var seconds = new long[values.Count];
        for (var i = 0; i < seconds.Length; i++) seconds[i] = Second(values[i]) / 1_000;
        return seconds;
    }

    private string Set(IReadOnlyList<long> values)
        => values.Count <= InlineSet
            ? $"({string.Join(", ", values.Select(value => Parameter(value)))})"
            : $"(SELECT value FROM json_each({Parameter(JsonSerializer.Serialize(values))}))";

    private string Set(IReadOnlyList<object> values)
        => values.Count <= InlineSet || values.Any(value => value is string text && text.Contains('\0', StringComparison.Ordinal))
            ? $"({string.Join(", ", values.Select(Parameter))})"
            : $"(SELECT value FROM json_each({Parameter(JsonSerializer.Serialize(values))}))";

    /// <summary>A field that the type does not have at this version has no values.</summary>
    public string ColumnOf(RecordField field)
        => field.Id == type.StoryNameFieldId ? RecordRow.StoryName
            : type.Field(field.Id) is null ? "NULL"
            : RecordReplicaSchema.Column(field.Id);

    /// <summary>Whether an empty text may stand in the field.</summary>
    public static bool IsText(FieldType type) => type is FieldType.Text or FieldType.TextEnum;
}
