namespace Casefile.Functions.Records;

/// <summary>How answers of lists are kept, in each process; the configuration section <c>KeptLists</c>.</summary>
public sealed class KeptListOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "KeptLists";

    /// <summary>Bytes of all kept answers together; above it those least recently used go. 0 keeps none.</summary>
    public long Bytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Bytes of the largest answer that is kept.</summary>
    public long LargestBytes { get; set; } = 1024 * 1024;
}
