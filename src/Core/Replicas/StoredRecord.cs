using Casefile.Core.Records;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Replicas;

/// <summary>A record as a replica holds it at one version of its partition.</summary>
/// <param name="Id">The record's id.</param>
/// <param name="Created">When it was created, Unix milliseconds; it never runs backwards with growing ids.</param>
/// <param name="Updated">When it was last updated, Unix milliseconds.</param>
/// <param name="Version">The version of the commit that wrote it.</param>
/// <param name="IsTest">Whether it is a test record.</param>
/// <param name="ParentId">Its parent, or null.</param>
/// <param name="CaseIds">The ids of its cases as a JSON array, or null without any (<see cref="RecordRow.Cases"/>).</param>
/// <param name="StoryId">The story (the deprecated id), or null.</param>
/// <param name="StoryContainerId">The story container, or null.</param>
/// <param name="StoryName">The value of the default field <c>Story name</c>, or null.</param>
/// <param name="StoryRun">The run that made it, or null.</param>
/// <param name="Artifacts">What its artifact ids stand for, as JSON, or null without any (<see cref="RecordRow.Artifacts"/>).</param>
/// <param name="Values">
/// The values of <see cref="RecordPage.Fields"/>, in that order: string, double, bool, or the artifact's id as long; null where empty.
/// </param>
public sealed record StoredRecord(
    long Id,
    long Created,
    long Updated,
    long Version,
    bool IsTest,
    long? ParentId,
    string? CaseIds,
    long? StoryId,
    long? StoryContainerId,
    string? StoryName,
    string? StoryRun,
    string? Artifacts,
    object?[] Values)
{
    /// <summary>The id of its state, or null for its type's very first one.</summary>
    public long? StateId { get; init; }

    /// <summary>When it was archived, Unix milliseconds, or null.</summary>
    public long? Archived { get; init; }

    /// <summary>What else it has as a record of a dataset, as JSON (<see cref="RecordTraits"/>), or null.</summary>
    public string? Traits { get; init; }
}

/// <summary>Records of one version of a type, in the order asked for.</summary>
/// <param name="Fields">The custom fields that the rows' values stand for, in their order.</param>
/// <param name="Rows">The records.</param>
/// <param name="Total">How many records match, on this page or not.</param>
public sealed record RecordPage(IReadOnlyList<RecordField> Fields, IReadOnlyList<StoredRecord> Rows, long Total);

/// <summary>Records that follow a position, of one version of a type.</summary>
/// <param name="Fields">The custom fields that the rows' values stand for, in their order.</param>
/// <param name="Rows">The records.</param>
/// <param name="Next">The position of the last of them, to go on from; null when nothing follows.</param>
public sealed record RecordRun(IReadOnlyList<RecordField> Fields, IReadOnlyList<StoredRecord> Rows, RecordPosition? Next);

/// <summary>A place in an order of records: behind the record of this id, which had this value of the field ordered by.</summary>
/// <param name="Value">String, double or bool, or long for an artifact's id; null where it was empty, and in the orders by creation and by <c>Timestamp</c>.</param>
/// <param name="Id">The record's id. The record need not exist any more.</param>
public readonly record struct RecordPosition(object? Value, long Id);
