namespace Casefile.Core.RecordTypes;

/// <summary>How the values of a definition are written on the wire and in storage (records.md, "Create").</summary>
public static class RecordTypeNames
{
    private static readonly (FieldType Value, string Name)[] FieldTypes =
    [
        (FieldType.Text, "TEXT"),
        (FieldType.Number, "NUMBER"),
        (FieldType.Timestamp, "TIMESTAMP"),
        (FieldType.Boolean, "BOOLEAN"),
        (FieldType.TextEnum, "TEXT_ENUM"),
        (FieldType.Artifact, "ARTIFACT"),
        (FieldType.Json, "JSON"),
    ];

    private static readonly (RetentionColumn Value, string Name)[] RetentionColumns =
    [
        (RetentionColumn.CreatedAt, "CREATED_AT"),
        (RetentionColumn.UpdatedAt, "UPDATED_AT"),
    ];

    private static readonly (LimitBehaviour Value, string Name)[] LimitBehaviours =
    [
        (LimitBehaviour.Reject, "REJECT"),
        (LimitBehaviour.EvictOldest, "EVICT_OLDEST"),
    ];

    /// <summary>The <c>result_type</c>.</summary>
    public static string Of(FieldType value) => Array.Find(FieldTypes, each => each.Value == value).Name;

    /// <summary>The <c>retention_column_name</c>.</summary>
    public static string Of(RetentionColumn value) => Array.Find(RetentionColumns, each => each.Value == value).Name;

    /// <summary>The <c>on_limit_reached</c>.</summary>
    public static string Of(LimitBehaviour value) => Array.Find(LimitBehaviours, each => each.Value == value).Name;

    /// <summary>The field type of this <c>result_type</c>, or null.</summary>
    public static FieldType? FieldTypeOf(string? name) => Find(FieldTypes, name);

    /// <summary>The column of this <c>retention_column_name</c>, or null.</summary>
    public static RetentionColumn? RetentionOf(string? name) => Find(RetentionColumns, name);

    /// <summary>The behaviour of this <c>on_limit_reached</c>, or null.</summary>
    public static LimitBehaviour? LimitOf(string? name) => Find(LimitBehaviours, name);

    private static T? Find<T>((T Value, string Name)[] names, string? name) where T : struct
    {
        foreach (var each in names)
        {
            if (each.Name == name) return each.Value;
        }

        return null;
    }
}
