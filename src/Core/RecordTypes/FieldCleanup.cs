using Casefile.Core.Partitions;

namespace Casefile.Core.RecordTypes;

/// <summary>
/// What is left of deleted fields in the records of a type: their values are in no answer from the commit on that deletes the field; their artifacts
/// are deleted by a walk through the records, as owed work.
/// </summary>
public static class FieldCleanup
{
    /// <summary>The kind of <see cref="OwedWork"/> that does the walk. It has no payload: what the definition does not name, goes.</summary>
    public const string Work = "field-cleanup";

    /// <summary>Counter: the walk goes on from this record id; 0 when there is nothing to do.</summary>
    public const string From = "cleanfrom";

    /// <summary>Counter: 1 once the type has lost a field with artifacts, whose blobs a request that died may have left behind.</summary>
    public const string HadArtifacts = "hadartifacts";

    internal static bool IsNeeded(RecordType before, RecordType after)
        => before.Fields.Any(field => field.Type is FieldType.Artifact or FieldType.Json && after.Field(field.Id) is null);
}
