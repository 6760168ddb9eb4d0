namespace Casefile.Core.Partitions;

/// <summary>Where a partition is kept: its table and its key.</summary>
/// <param name="Table">One of <see cref="Storage.TableNames"/>.</param>
/// <param name="Key">The PartitionKey: for a record type its id in decimal.</param>
public readonly record struct PartitionAddress(string Table, string Key)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Table}/{Key}";
}
