using Azure.Data.Tables;

namespace Casefile.Core.Storage;

/// <summary>Rows as the SDK's entities and back.</summary>
internal static class TableRows
{
    public static TableTransactionAction ToTransactionAction(RowAction action) => action.Kind switch
    {
        RowActionKind.Insert => new(TableTransactionActionType.Add, Entity(action.Row)),
        RowActionKind.Put => new(TableTransactionActionType.UpsertReplace, Entity(action.Row)),
        RowActionKind.Replace => new(TableTransactionActionType.UpdateReplace, Entity(action.Row), new(action.ETag!)),
        _ => new(TableTransactionActionType.Delete, Entity(action.Row), new(action.ETag!)),
    };

    public static Row Row(TableEntity entity)
    {
        var properties = new Dictionary<string, object>(entity.Count, StringComparer.Ordinal);
        foreach (var (name, value) in entity)
            if (value is not null && !IsSystem(name))
                properties[name] = Value(value);
        return new Row(entity.PartitionKey, entity.RowKey, properties, entity.ETag.ToString());
    }

    private static TableEntity Entity(Row row)
    {
        var entity = new TableEntity(row.PartitionKey, row.RowKey);
        foreach (var (name, value) in row.Properties.Each())
            entity[name] = value;
        return entity;
    }

    private static bool IsSystem(string name) => name is "PartitionKey" or "RowKey" or "Timestamp" || name.StartsWith("odata.", StringComparison.Ordinal);

    // A number without a fraction comes back as a 32-bit integer where the service leaves out its type; the wrapper writes no such integers.
    private static object Value(object value) => value switch
    {
        int number => (double)number,
        BinaryData binary => binary.ToArray(),
        DateTime date => new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc)),
        _ => value,
    };
}
