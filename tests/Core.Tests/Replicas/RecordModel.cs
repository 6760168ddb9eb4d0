using System.Globalization;
using System.Text;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Tests.Replicas;

/// <summary>The rules of records.md said as plainly as possible over rows in memory, to hold the replica's answers against.</summary>
internal static class RecordModel
{
    public static IEnumerable<long> Ids(
        RecordType type, IReadOnlyDictionary<long, IReadOnlyDictionary<string, object>> rows, RecordSelection selection, RecordOrder order, DateTimeOffset? expiredBefore)
    {
        var matching = rows.Where(row => IsSelected(type, row.Key, row.Value, selection) && !IsExpired(type, row.Value, expiredBefore)).ToList();
        var field = order.Field;
        var filled = matching.Where(row => field is null || !IsEmpty(Value(type, row.Value, field))).ToList();
        var empty = matching.Except(filled);
        filled.Sort((a, b) =>
        {
            var byValue = field is null ? 0 : Compare(Value(type, a.Value, field)!, Value(type, b.Value, field)!);
            return (byValue != 0 ? byValue : a.Key.CompareTo(b.Key)) * (order.Descending ? -1 : 1);
        });
        var emptyIds = empty.Select(row => row.Key).Order().ToList();
        if (order.Descending) emptyIds.Reverse();
        return filled.Select(row => row.Key).Concat(emptyIds);
    }

    public static object? Value(RecordType type, IReadOnlyDictionary<string, object> row, RecordField field)
        => field.Id == type.TimestampFieldId
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)row[RecordRow.Created]).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : row.GetValueOrDefault(field.Id == type.StoryNameFieldId ? RecordRow.StoryName : RecordRow.Field(field.Id));

    public static bool IsEmpty(object? value) => value is null or "";

    public static int Compare(object a, object b) => (a, b) switch
    {
        (string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)),
        (double left, double right) => left.CompareTo(right),
        (bool left, bool right) => left.CompareTo(right),
        (long left, long right) => left.CompareTo(right),
        _ => throw new ArgumentException($"{a} and {b} do not compare."),
    };

    public static bool IsSelected(RecordType type, long id, IReadOnlyDictionary<string, object> row, RecordSelection selection)
    {
        var created = (long)row[RecordRow.Created] / 1000;
        return (selection.TestMode is not { } test || test == row.ContainsKey(RecordRow.Test))
            && (selection.CreatedFrom is not { } from || created >= from.ToUnixTimeSeconds())
            && (selection.CreatedTo is not { } to || created <= to.ToUnixTimeSeconds())
            && In(selection.Ids, id)
            && In(selection.ParentIds, row.GetValueOrDefault(RecordRow.Parent))
            && In(selection.StoryIds, row.GetValueOrDefault(RecordRow.StoryId))
            && In(selection.StoryContainerIds, row.GetValueOrDefault(RecordRow.StoryContainerId))
            && (selection.Filter is not { } filter || Holds(type, row, filter));
    }

    public static bool IsExpired(RecordType type, IReadOnlyDictionary<string, object> row, DateTimeOffset? expiredBefore)
        => expiredBefore is { } time
            && (long)row[type.Retention == RetentionColumn.CreatedAt ? RecordRow.Created : RecordRow.Updated] <= time.ToUnixTimeMilliseconds();

    public static LogEntry Entry(long version, params RowChange[] changes) => new(version, Guid.NewGuid(), version, changes);

    private static bool In(IReadOnlyList<long>? set, object? id) => set is null || (id is long number && set.Contains(number));

    private static bool Holds(RecordType type, IReadOnlyDictionary<string, object> row, Filter filter) => filter switch
    {
        Filter.All all => all.Filters.All(inner => Holds(type, row, inner)),
        Filter.Any any => any.Filters.Any(inner => Holds(type, row, inner)),
        Filter.Not not => !Holds(type, row, not.Inner),
        Filter.Comparison comparison => Holds(Value(type, row, comparison.Field), comparison.Operator, comparison.Values),
        _ => throw new ArgumentException("Unknown filter."),
    };

    private static bool Holds(object? value, FilterOperator wanted, IReadOnlyList<object> values) => wanted switch
    {
        FilterOperator.Equal => value is not null && value.Equals(values[0]),
        FilterOperator.NotEqual => value is null || !value.Equals(values[0]),
        FilterOperator.GreaterThan => !IsEmpty(value) && Compare(value!, values[0]) > 0,
        FilterOperator.GreaterThanOrEqualTo => !IsEmpty(value) && Compare(value!, values[0]) >= 0,
        FilterOperator.LessThan => !IsEmpty(value) && Compare(value!, values[0]) < 0,
        FilterOperator.LessThanOrEqualTo => !IsEmpty(value) && Compare(value!, values[0]) <= 0,
        FilterOperator.IsEmpty => IsEmpty(value),
        FilterOperator.IsNotEmpty => !IsEmpty(value),
        FilterOperator.IsTrue => value is true,
        FilterOperator.IsFalse => value is false,
        FilterOperator.IsAnyOf => value is not null && values.Contains(value),
        FilterOperator.IsNoneOf => value is null || !values.Contains(value),
        _ => throw new ArgumentException("Unknown operator."),
    };
}
