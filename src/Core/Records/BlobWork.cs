using System.Text.Json;
using Casefile.Core.Partitions;

namespace Casefile.Core.Records;

/// <summary>Deletes the blobs of values and files that were replaced or deleted, after the commit that did it.</summary>
public sealed class BlobWork(ArtifactBlobs blobs) : IOwedWorkHandler
{
    /// <summary>The kind of <see cref="OwedWork"/>; the payload is a JSON array of the blobs' names.</summary>
    public const string Kind = "blobs";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Kind];

    /// <summary>Owes the deletion of blobs, if there are any.</summary>
    internal static void Owe(OperationScope scope, IReadOnlyCollection<string> names)
    {
        if (names.Count > 0) scope.Owe(new OwedWork(Kind, JsonSerializer.Serialize(names)));
    }

    /// <inheritdoc/>
    public Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
        => blobs.DeleteAsync(JsonSerializer.Deserialize<string[]>(work.Payload)!, cancellationToken);
}
