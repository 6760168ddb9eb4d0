namespace Casefile.Core.RecordTypes;

/// <summary>A record type's definition (records.md, "Record types").</summary>
/// <param name="Id">The id, which is also its partition's key.</param>
/// <param name="TeamId">The team it belongs to, for good.</param>
/// <param name="Name">1..255 characters.</param>
/// <param name="Description">Free text, or null.</param>
/// <param name="Editable">Whether the values of existing records may be changed.</param>
/// <param name="TtlDays">Days that a record lives, or null for ever.</param>
/// <param name="Retention">The age that TTL and eviction go by.</param>
/// <param name="OnLimit">What happens to a create at the limit.</param>
/// <param name="MaxRecords">The type's own limit, or null for the tenant's default.</param>
/// <param name="Fields">The custom fields, in their order.</param>
/// <param name="StoryNameFieldId">The id of the default field <c>Story name</c>.</param>
/// <param name="TimestampFieldId">The id of the default field <c>Timestamp</c>.</param>
/// <param name="SchemaVersion">The version of the commit that wrote this definition: higher is newer.</param>
public sealed record RecordType(
    long Id,
    long TeamId,
    string Name,
    string? Description,
    bool Editable,
    double? TtlDays,
    RetentionColumn Retention,
    LimitBehaviour OnLimit,
    long? MaxRecords,
    IReadOnlyList<RecordField> Fields,
    long StoryNameFieldId,
    long TimestampFieldId,
    long SchemaVersion)
{
    /// <summary>How the default field <c>Story name</c> is called.</summary>
    public const string StoryNameField = "Story name";

    /// <summary>How the default field <c>Timestamp</c> is called.</summary>
    public const string TimestampField = "Timestamp";

    /// <summary>What it is as a dataset; null where nobody has said anything of that.</summary>
    public DatasetSettings? Dataset { get; init; }

    /// <summary>The states that its records may be in, in their order; at least one.</summary>
    public IReadOnlyList<RecordState> States => Dataset is { States: { Count: > 0 } states }
        ? [.. states.OrderBy(state => state.Position).ThenBy(state => state.Ordinal)]
        : [RecordState.Open];

    /// <summary>The state that a record is in: that of the stored id, and the first one where there is none of it (any more).</summary>
    /// <param name="stateId">What the record's row says; null counts as the type's very first state.</param>
    public RecordState StateOf(long? stateId)
    {
        var states = States;
        return states.FirstOrDefault(state => state.IdIn(Id) == (stateId ?? RecordState.Open.IdIn(Id))) ?? states[0];
    }

    /// <summary>The custom or default field of this id, or null.</summary>
    public RecordField? Field(long id)
    {
        for (var i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Id == id) return Fields[i];
        }

        return id == StoryNameFieldId ? new RecordField(id, StoryNameField, FieldType.Text, [], IsDefault: true)
            : id == TimestampFieldId ? new RecordField(id, TimestampField, FieldType.Timestamp, [], IsDefault: true)
            : null;
    }

    /// <summary>How long a record lives, or null for ever.</summary>
    public TimeSpan? Ttl => TtlDays is { } days ? TimeSpan.FromDays(days) : null;
}

/// <summary>A field of a record type.</summary>
/// <param name="Id">Unique over all record types.</param>
/// <param name="Name">Unique within the type.</param>
/// <param name="Type">What its values are.</param>
/// <param name="FixedValues">The allowed values of a TEXT_ENUM, empty for other types.</param>
/// <param name="IsDefault">True for <c>Story name</c> and <c>Timestamp</c>, which cannot be written.</param>
public sealed record RecordField(long Id, string Name, FieldType Type, IReadOnlyList<string> FixedValues, bool IsDefault = false)
{
    /// <summary>Unique over all record types.</summary>
    public long Id { get; init => (field, RowProperty) = (value, Records.RecordRow.Field(value)); } = Id;

    /// <summary>The property of its values in the rows of records (<see cref="Records.RecordRow.Field"/>).</summary>
    internal string RowProperty { get; private init; } = Records.RecordRow.Field(Id);

    /// <summary>What it is beyond that; null where nobody has said anything of it.</summary>
    public FieldProperty? Property { get; init; }

    /// <summary>Which of its type's fields it is: a small number, for good, that ids of its values are made of.</summary>
    public int Slot { get; init; }

    /// <summary>What it holds, in finer grain than <see cref="Type"/>.</summary>
    public PropertyType PropertyType => Property?.Type ?? PropertyType.Of(Type);

    /// <summary>Whether a record has to have a value of it.</summary>
    public bool MustHaveValue => Property is { IsRequired: true, Type.IsAutomatic: false };

    /// <summary>The values that it offers, with their ids; none for a type without options.</summary>
    public IReadOnlyList<FieldOption> Options => Property is { Options: { Count: > 0 } options } ? options : FieldOption.OfValues(FixedValues);

    /// <summary>The option that a stored text stands for, also by a text that it had before; null where there is none.</summary>
    public FieldOption? OptionOf(string text)
    {
        var options = Options;
        return options.FirstOrDefault(option => option.Text == text)
            ?? options.FirstOrDefault(option => option.Former.Contains(text, StringComparer.Ordinal));
    }
}

/// <summary>What a field's values are (records.md, "result_type").</summary>
public enum FieldType
{
    /// <summary>Text of up to 32,000 UTF-16 units.</summary>
    Text,

    /// <summary>A number: exact for integers within 2^53 and up to 15 significant digits.</summary>
    Number,

    /// <summary>A date and time without a zone, whole seconds.</summary>
    Timestamp,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>One of the field's fixed values.</summary>
    TextEnum,

    /// <summary>Text of up to 50 MiB, kept in Blob Storage.</summary>
    Artifact,

    /// <summary>Any JSON value, kept in Blob Storage in canonical form.</summary>
    Json,
}

/// <summary>Which timestamp makes a record's age.</summary>
public enum RetentionColumn
{
    /// <summary>When it was created.</summary>
    CreatedAt,

    /// <summary>When it was last updated.</summary>
    UpdatedAt,
}

/// <summary>What happens to a create when the type is full.</summary>
public enum LimitBehaviour
{
    /// <summary>It is refused.</summary>
    Reject,

    /// <summary>The oldest record makes room, in the same commit.</summary>
    EvictOldest,
}
