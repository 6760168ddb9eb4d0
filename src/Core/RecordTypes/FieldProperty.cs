namespace Casefile.Core.RecordTypes;

/// <summary>What a field is beyond its name and field type (tracy.md, "Property").</summary>
/// <param name="Type">What it holds.</param>
public sealed record FieldProperty(PropertyType Type)
{
    /// <summary>Whether it names its records.</summary>
    public bool IsTitle { get; init; }

    /// <summary>Whether a record must have a value of it; an automatic one always has.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whatever a client keeps with it, or null.</summary>
    public string? Parameters { get; init; }

    /// <summary>Its place among the properties; null for that of its field.</summary>
    public int? Position { get; init; }

    /// <summary>Its options where they are more than a field's fixed values in their first order; else none.</summary>
    public IReadOnlyList<FieldOption> Options { get; init; } = [];

    /// <summary>How many options it has ever had, where <see cref="Options"/> says which it has: a number is given twice only when all have been given.</summary>
    public int OptionsGiven { get; init; }
}

/// <summary>A value that a property offers.</summary>
/// <param name="Ordinal">Which of the property's options it is: 0..1023, for good.</param>
/// <param name="Text">What is stored in records.</param>
/// <param name="Color">ARGB in 32 bits, or null.</param>
/// <param name="Former">Texts that it had before, which older records still have.</param>
public sealed record FieldOption(int Ordinal, string Text, long? Color, IReadOnlyList<string> Former)
{
    /// <summary>The id of a field's option, which names both.</summary>
    public long IdIn(long fieldId) => PartIds.Of(fieldId, Ordinal);

    /// <summary>Options of fixed values that nothing else was said of.</summary>
    public static IReadOnlyList<FieldOption> OfValues(IReadOnlyList<string> values)
        => [.. values.Select((value, index) => new FieldOption(index, value, null, []))];
}

/// <summary>
/// The ids of states and options: their owner's id and a number within it, so that an id alone finds the owner. They fit into 32 bits for the first two
/// million record types and fields.
/// </summary>
public static class PartIds
{
    /// <summary>How many numbers an owner has.</summary>
    public const int PerOwner = 1024;

    /// <summary>The id of a part.</summary>
    public static long Of(long ownerId, int ordinal) => (ownerId * PerOwner) + ordinal;

    /// <summary>The owner that an id names.</summary>
    public static long OwnerOf(long id) => id / PerOwner;

    /// <summary>The part that an id names.</summary>
    public static int OrdinalOf(long id) => (int)(id % PerOwner);
}
