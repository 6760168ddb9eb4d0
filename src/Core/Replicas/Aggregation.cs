using Casefile.Core.RecordTypes;

namespace Casefile.Core.Replicas;

/// <summary>What is computed over the values of a group (records.md, "Aggregate"). Empty values never count.</summary>
public enum AggregateFunction
{
    /// <summary>Records; with a field, those with a value in it.</summary>
    Count,

    /// <summary>Different values.</summary>
    CountDistinct,

    /// <summary>The sum of a NUMBER; 0 without values.</summary>
    Sum,

    /// <summary>The mean of a NUMBER.</summary>
    Avg,

    /// <summary>The lowest value, in the field's order.</summary>
    Min,

    /// <summary>The highest value, in the field's order.</summary>
    Max,
}

/// <summary>The stretch of time that timestamps are grouped by. It is named by its first moment.</summary>
public enum TimeInterval
{
    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A day.</summary>
    Day,

    /// <summary>A week, from Monday.</summary>
    Week,

    /// <summary>A month.</summary>
    Month,
}

/// <summary>A function over a field.</summary>
/// <param name="Function">The function.</param>
/// <param name="Field">A custom or default field; null only for the number of records.</param>
public sealed record AggregateColumn(AggregateFunction Function, RecordField? Field);

/// <summary>What records are grouped by.</summary>
/// <param name="Field">A custom or default field; the empty text and no value are one group.</param>
/// <param name="Interval">For a timestamp: the stretch of time that is one group.</param>
public sealed record GroupColumn(RecordField Field, TimeInterval? Interval = null);

/// <summary>Functions over groups of records.</summary>
/// <param name="Columns">1..5 functions.</param>
/// <param name="GroupBy">0..2 fields; without any, all records are one group.</param>
/// <param name="MaximumGroups">Groups beyond this number are left out.</param>
public sealed record Aggregation(IReadOnlyList<AggregateColumn> Columns, IReadOnlyList<GroupColumn> GroupBy, int MaximumGroups = 10_000);

/// <summary>What was computed.</summary>
/// <param name="Groups">The groups, ascending by their keys, the empty key first.</param>
/// <param name="Records">How many records went into them.</param>
/// <param name="Truncated">Whether groups were left out (<see cref="Aggregation.MaximumGroups"/>).</param>
public sealed record AggregateResult(IReadOnlyList<AggregateGroup> Groups, long Records, bool Truncated);

/// <summary>One group.</summary>
/// <param name="Keys">The values of <see cref="Aggregation.GroupBy"/>: string (a TIMESTAMP as <c>YYYY-MM-DD HH:MM:SS</c>), double, bool, long, or null for the empty one.</param>
/// <param name="Values">The values of <see cref="Aggregation.Columns"/>: long for counts, double for SUM and AVG, the field's own kind for MIN and MAX; null where no value went in.</param>
public sealed record AggregateGroup(IReadOnlyList<object?> Keys, IReadOnlyList<object?> Values);
