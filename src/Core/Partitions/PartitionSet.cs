namespace Casefile.Core.Partitions;

/// <summary>The partitions that this process works on; a singleton.</summary>
public sealed class PartitionSet
{
    /// <summary>The partition of this address, whether it exists in storage or not.</summary>
    public Partition this[PartitionAddress address] => throw new NotImplementedException();
}
