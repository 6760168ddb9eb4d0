namespace Casefile.Core.RecordTypes;

/// <summary>What a record type is beyond its fields (tracy.md, "Dataset"); a type made without has none of it.</summary>
public sealed record DatasetSettings
{
    /// <summary>What a type has that nothing was said of.</summary>
    public static readonly DatasetSettings Default = new();

    /// <summary>Whether records can no longer be created in it.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Its place among the datasets; null for that of its id.</summary>
    public int? Position { get; init; }

    /// <summary>Whatever a client keeps as its path, or null.</summary>
    public string? Path { get; init; }

    /// <summary>Its states; none stands for <see cref="RecordState.Open"/> alone.</summary>
    public IReadOnlyList<RecordState> States { get; init; } = [];

    /// <summary>How many states it has ever had: the number of one that was deleted, which records may still have, is not given again.</summary>
    public int StatesGiven { get; init; }
}

/// <summary>A state that records may be in. A record is always in exactly one.</summary>
/// <param name="Ordinal">Which of the type's states it is: 0..1023, for good.</param>
/// <param name="Name">1..255 characters, unique within the type.</param>
/// <param name="Color">ARGB in 32 bits.</param>
/// <param name="Position">Its place in the order of states; ties by id.</param>
public sealed record RecordState(int Ordinal, string Name, long Color, int Position)
{
    /// <summary>The only state of a type that none were made for.</summary>
    public static readonly RecordState Open = new(0, "Open", 0xFF2196F3, 1);

    /// <summary>The id of a type's state, which names both.</summary>
    public long IdIn(long typeId) => PartIds.Of(typeId, Ordinal);
}
