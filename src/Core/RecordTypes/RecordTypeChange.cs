namespace Casefile.Core.RecordTypes;

/// <summary>What a create or an update says of a record type; a create says it of the defaults (records.md, "Create" and "Update").</summary>
public sealed record RecordTypeChange
{
    /// <summary>The new name, or null to leave it.</summary>
    public string? Name { get; init; }

    /// <summary>The new description; one that is given as null clears it.</summary>
    public Setting<string?> Description { get; init; }

    /// <summary>The team: required in a create; in an update it may only repeat what is.</summary>
    public long? TeamId { get; init; }

    /// <summary>Whether values of existing records may be changed, or null to leave it.</summary>
    public bool? Editable { get; init; }

    /// <summary>The days that records live; given as null, for ever.</summary>
    public Setting<double?> TtlDays { get; init; }

    /// <summary>The age to go by; given as null, the default, which a TTL forbids in an update.</summary>
    public Setting<RetentionColumn?> Retention { get; init; }

    /// <summary>What happens at the limit, or null to leave it.</summary>
    public LimitBehaviour? OnLimit { get; init; }

    /// <summary>The type's own limit; given as null, the tenant's.</summary>
    public Setting<long?> MaxRecords { get; init; }

    /// <summary>Fields to add (without an id) and to change (with one), in order.</summary>
    public IReadOnlyList<FieldChange> Fields { get; init; } = [];

    /// <summary>The ids of fields to delete.</summary>
    public IReadOnlyList<long> FieldIdsToDelete { get; init; } = [];

    /// <summary>What is said of the type as a dataset; null for nothing.</summary>
    public DatasetChange? Dataset { get; init; }
}

/// <summary>What a request says of one field.</summary>
/// <param name="Place">Where in the request its members are: "fields[0].".</param>
/// <param name="Id">The field to change; null for a new one.</param>
/// <param name="Name">Its name; required for a new one.</param>
/// <param name="Type">Its <c>result_type</c>; required for a new one.</param>
/// <param name="FixedValues">Its allowed values, or null where none are named.</param>
public sealed record FieldChange(string Place, long? Id, string? Name, FieldType? Type, IReadOnlyList<string>? FixedValues)
{
    /// <summary>What is said of the field as a property; its fixed values are then its options. Null for nothing.</summary>
    public PropertyChange? Property { get; init; }
}

/// <summary>What a request says of a record type as a dataset (tracy.md, "Dataset").</summary>
public sealed record DatasetChange
{
    /// <summary>Whether records can no longer be created in it, or null to leave it.</summary>
    public bool? IsDisabled { get; init; }

    /// <summary>Its place among the datasets; given as null, that of its id.</summary>
    public Setting<int?> Position { get; init; }

    /// <summary>Whatever a client keeps as its path.</summary>
    public Setting<string?> Path { get; init; }

    /// <summary>States to add (without an id) and to change (with one), in order.</summary>
    public IReadOnlyList<StateChange> States { get; init; } = [];

    /// <summary>The id of a state to delete, or null.</summary>
    public long? StateIdToDelete { get; init; }
}

/// <summary>What a request says of one state.</summary>
/// <param name="Place">Where in the request its members are: "states[0].".</param>
/// <param name="Id">The state to change; null for a new one.</param>
/// <param name="Name">Its name; required for a new one.</param>
/// <param name="Color">ARGB in 32 bits, or null to leave it.</param>
/// <param name="Position">Its place, or null to leave it; a new one comes last.</param>
public sealed record StateChange(string Place, long? Id, string? Name, long? Color, int? Position);

/// <summary>What a request says of one field as a property.</summary>
public sealed record PropertyChange
{
    /// <summary>What it holds; required for a new one.</summary>
    public PropertyType? Type { get; init; }

    /// <summary>Whether it names its records, or null to leave it.</summary>
    public bool? IsTitle { get; init; }

    /// <summary>Whether a record must have a value of it, or null to leave it.</summary>
    public bool? IsRequired { get; init; }

    /// <summary>Whatever a client keeps with it.</summary>
    public Setting<string?> Parameters { get; init; }

    /// <summary>Its place among the properties; given as null, that of its field.</summary>
    public Setting<int?> Position { get; init; }

    /// <summary>Options to add (without an id) and to change (with one), in order.</summary>
    public IReadOnlyList<OptionChange> Options { get; init; } = [];

    /// <summary>The id of an option to delete, or null.</summary>
    public long? OptionIdToDelete { get; init; }
}

/// <summary>What a request says of one option.</summary>
/// <param name="Place">Where in the request its members are: "options[0].".</param>
/// <param name="Id">The option to change; null for a new one.</param>
/// <param name="Text">Its text; required for a new one.</param>
/// <param name="Color">ARGB in 32 bits; given as null, none.</param>
public sealed record OptionChange(string Place, long? Id, string? Text, Setting<long?> Color);

/// <summary>A member of a request that may be left out, and where null means something else than that.</summary>
/// <param name="Value">What was given.</param>
/// <param name="IsGiven">False when the request does not name the member.</param>
public readonly record struct Setting<T>(T Value, bool IsGiven = true)
{
    /// <summary>What was given, or else what is.</summary>
    public T Or(T present) => IsGiven ? Value : present;
}
