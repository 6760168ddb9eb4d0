using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Replicas;

/// <summary>An aggregation as one SQL query. Empty values, the empty text among them, are null to it.</summary>
internal sealed class RecordAggregate(RecordType type, Aggregation aggregation)
{
    public AggregateResult Run(ReplicaReader reader, RecordCondition where, long records)
    {
        var keys = aggregation.GroupBy;
        var columns = aggregation.Columns;
        var names = new StringBuilder();
        for (var i = 0; i < keys.Count; i++) names.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"k{i}");

        var sql = new StringBuilder("SELECT ");
        for (var i = 0; i < keys.Count; i++) sql.Append(CultureInfo.InvariantCulture, $"{KeyOf(keys[i], where)} AS k{i}, ");
        sql.AppendJoin(", ", columns.Select(column => FunctionOf(column, where)));
        sql.Append(CultureInfo.InvariantCulture, $" FROM {RecordReplicaSchema.Table} WHERE {where.Sql}");
        if (keys.Count > 0) sql.Append(CultureInfo.InvariantCulture, $" GROUP BY {names} ORDER BY {names}");
        sql.Append(CultureInfo.InvariantCulture, $" LIMIT {where.Parameter(aggregation.MaximumGroups + 1L)}");

        var groups = new List<AggregateGroup>();
        using var found = reader.Command(sql.ToString(), CollectionsMarshal.AsSpan(where.Parameters)).ExecuteReader();
        while (found.Read())
        {
            if (groups.Count == aggregation.MaximumGroups) return new AggregateResult(groups, records, Truncated: true);
            var key = new object?[keys.Count];
            for (var i = 0; i < key.Length; i++) key[i] = ReplicaValue.Read(found, i, keys[i].Field.Type);
            var values = new object?[columns.Count];
            for (var i = 0; i < values.Length; i++) values[i] = ReplicaValue.Read(found, keys.Count + i, TypeOf(columns[i]));
            groups.Add(new AggregateGroup(key, values));
        }

        return new AggregateResult(groups, records, Truncated: false);
    }

    private string KeyOf(GroupColumn group, RecordCondition where)
    {
        var value = ValueOf(group.Field, where);
        return group.Interval switch
        {
            null => value,
            TimeInterval.Hour => $"strftime('%Y-%m-%d %H:00:00', {value})",
            TimeInterval.Day => $"strftime('%Y-%m-%d 00:00:00', {value})",
            TimeInterval.Week => $"strftime('%Y-%m-%d 00:00:00', {value}, 'weekday 0', '-6 days')",
            TimeInterval.Month => $"strftime('%Y-%m-01 00:00:00', {value})",
            _ => throw new ArgumentOutOfRangeException(nameof(group)),
        };
    }

    private string FunctionOf(AggregateColumn column, RecordCondition where)
    {
        if (column.Field is not { } field)
        {
            return column.Function == AggregateFunction.Count
                ? "count(*)"
                : throw new ArgumentException($"{column.Function} needs a field.", nameof(column));
        }

        var value = ValueOf(field, where);
        return column.Function switch
        {
            AggregateFunction.Count => $"count({value})",
            AggregateFunction.CountDistinct => $"count(DISTINCT {value})",
            AggregateFunction.Sum => $"total({value})",
            AggregateFunction.Avg => $"avg({value})",
            AggregateFunction.Min => $"min({value})",
            AggregateFunction.Max => $"max({value})",
            _ => throw new ArgumentOutOfRangeException(nameof(column)),
        };
    }

    private string ValueOf(RecordField field, RecordCondition where)
    {
        if (field.Id == type.TimestampFieldId) return "strftime('%Y-%m-%d %H:%M:%S', created / 1000, 'unixepoch')";
        var column = where.ColumnOf(field);
        return RecordCondition.IsText(field.Type) ? $"nullif({column}, '')" : column;
    }

    /// <summary>How a function's value is read: counts as the integers that artifacts' ids are too.</summary>
    private static FieldType TypeOf(AggregateColumn column) => column.Function switch
    {
        AggregateFunction.Count or AggregateFunction.CountDistinct => FieldType.Artifact,
        AggregateFunction.Sum or AggregateFunction.Avg => FieldType.Number,
        _ => column.Field!.Type,
    };
}
