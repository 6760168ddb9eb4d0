using Casefile.Core.RecordTypes;

namespace Casefile.Core.Records;

/// <summary>What a filter asks of a value (records.md, "List").</summary>
public enum FilterOperator
{
    /// <summary>The same value.</summary>
    Equal,

    /// <summary>Another value, or none.</summary>
    NotEqual,

    /// <summary>A higher value.</summary>
    GreaterThan,

    /// <summary>A higher value or the same.</summary>
    GreaterThanOrEqualTo,

    /// <summary>A lower value.</summary>
    LessThan,

    /// <summary>A lower value or the same.</summary>
    LessThanOrEqualTo,

    /// <summary>No value, or the empty text.</summary>
    IsEmpty,

    /// <summary>A value other than the empty text.</summary>
    IsNotEmpty,

    /// <summary>True.</summary>
    IsTrue,

    /// <summary>False.</summary>
    IsFalse,

    /// <summary>One of several values.</summary>
    IsAnyOf,

    /// <summary>None of several values, or no value.</summary>
    IsNoneOf,
}

/// <summary>A condition on a record: a comparison, or several joined. Every value has its field's stored form already.</summary>
public abstract record Filter
{
    private Filter()
    {
    }

    /// <summary>A condition on one field.</summary>
    /// <param name="Field">A custom or default field of the type.</param>
    /// <param name="Operator">The operator, allowed for the field's type.</param>
    /// <param name="Values">None, one, or for the set operators several: string (TEXT, TEXT_ENUM, TIMESTAMP as <c>YYYY-MM-DD HH:MM:SS</c>), double or bool.</param>
    public sealed record Comparison(RecordField Field, FilterOperator Operator, IReadOnlyList<object> Values) : Filter;

    /// <summary>All of these; with none it holds.</summary>
    public sealed record All(IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>Any of these; with none it does not hold.</summary>
    public sealed record Any(IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>The opposite.</summary>
    public sealed record Not(Filter Inner) : Filter;
}

/// <summary>Which records of a type to read, and in what order.</summary>
/// <param name="Filter">The condition, or null for all.</param>
/// <param name="TestMode">True: test records only; false: live ones only; null: both.</param>
/// <param name="CreatedFrom">Created at or after this whole second.</param>
/// <param name="CreatedTo">Created at or before this whole second, all of it.</param>
/// <param name="StoryIds">Of these stories; null for any.</param>
/// <param name="StoryContainerIds">Of these story containers; null for any.</param>
/// <param name="ParentIds">Children of these records; null for any.</param>
/// <param name="Ids">These records; null for any.</param>
/// <param name="StateId">In this state of the type; null for any.</param>
public sealed record RecordSelection(
    Filter? Filter = null,
    bool? TestMode = false,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IReadOnlyList<long>? StoryIds = null,
    IReadOnlyList<long>? StoryContainerIds = null,
    IReadOnlyList<long>? ParentIds = null,
    IReadOnlyList<long>? Ids = null,
    long? StateId = null);

/// <summary>By what records are ordered; ties by id in the same direction, empty values last in both directions.</summary>
/// <param name="Field">The field, or null for the order of creation.</param>
/// <param name="Descending">Whether the highest comes first.</param>
public sealed record RecordOrder(RecordField? Field = null, bool Descending = true);
