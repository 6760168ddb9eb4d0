using Casefile.Core.RecordTypes;

namespace Casefile.Core.Tracy;

/// <summary>Something that happened to a record (tracy.md, "Semantics" 4).</summary>
/// <param name="Id">The event's id (<see cref="InnerIds"/>).</param>
/// <param name="Kind">What.</param>
/// <param name="At">When, Unix milliseconds.</param>
/// <param name="UserId">Who did it, or null where that is not known.</param>
public sealed record RecordEvent(long Id, RecordEventKind Kind, long At, long? UserId)
{
    /// <summary>The state before, or null.</summary>
    public RecordState? OldState { get; init; }

    /// <summary>The state after, or null.</summary>
    public RecordState? NewState { get; init; }

    /// <summary>The value before, or null.</summary>
    public Datum? OldValue { get; init; }

    /// <summary>The value after, or null.</summary>
    public Datum? NewValue { get; init; }

    /// <summary>The property whose value changed, or null.</summary>
    public RecordField? Field => (NewValue ?? OldValue)?.Field;
}

/// <summary>What happened.</summary>
public enum RecordEventKind
{
    /// <summary>It was created.</summary>
    Created,

    /// <summary>It was created as a duplicate.</summary>
    Duplicated,

    /// <summary>A value of it changed.</summary>
    DatumChanged,

    /// <summary>It came into another state.</summary>
    StateChanged,
}
