using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;

namespace Casefile.Core.Records;

/// <summary>A record as it was at one version, with the definition that it is read by.</summary>
/// <param name="Type">The definition.</param>
/// <param name="Record">What it holds; its values are those of the type's custom fields, in their order.</param>
/// <param name="Revision">What its ETag says.</param>
/// <param name="ParentTypeId">The parent's record type, or null without a parent.</param>
/// <param name="HasChildren">Whether it has or had children.</param>
public sealed record RecordSnapshot(RecordType Type, StoredRecord Record, long Revision, long? ParentTypeId, bool HasChildren)
{
    /// <summary>How many rows of its history there are beyond its creation; not known of a record in a list.</summary>
    public long EventRows { get; init; }

    /// <summary>Reads a row's image.</summary>
    public static RecordSnapshot Read(RecordType type, string rowKey, IReadOnlyDictionary<string, object> image)
    {
        var parent = image.GetValueOrDefault(RecordRow.Parent) as long?;
        var values = new object?[type.Fields.Count];
        for (var i = 0; i < values.Length; i++) values[i] = image.GetValueOrDefault(type.Fields[i].RowProperty);
        var record = new StoredRecord(
            RowKeys.LastNumber(rowKey),
            (long)image[RecordRow.Created],
            (long)image[RecordRow.Updated],
            image.GetValueOrDefault(RecordRow.Version) as long? ?? 0,
            image.GetValueOrDefault(RecordRow.Test) is true,
            parent,
            image.GetValueOrDefault(RecordRow.Cases) as string,
            image.GetValueOrDefault(RecordRow.StoryId) as long?,
            image.GetValueOrDefault(RecordRow.StoryContainerId) as long?,
            image.GetValueOrDefault(RecordRow.StoryName) as string,
            image.GetValueOrDefault(RecordRow.StoryRun) as string,
            image.GetValueOrDefault(RecordRow.Artifacts) as string,
            values)
        {
            StateId = image.GetValueOrDefault(RecordRow.State) as long?,
            Archived = image.GetValueOrDefault(RecordRow.Archived) as long?,
            Traits = image.GetValueOrDefault(RecordRow.Traits) as string,
        };
        return new RecordSnapshot(
            type,
            record,
            image.GetValueOrDefault(RecordRow.Revision) as long? ?? 0,
            parent is null ? null : image.GetValueOrDefault(RecordRow.ParentType) as long? ?? type.Id,
            image.ContainsKey(RecordRow.HasChildren))
        {
            EventRows = image.GetValueOrDefault(RecordRow.Events) as long? ?? 0,
        };
    }
}
