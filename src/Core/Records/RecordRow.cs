using Casefile.Core.Partitions;

namespace Casefile.Core.Records;

/// <summary>
/// How a record is laid out as a row <c>rec-{id:D19}</c> of its type's partition. A value is the property <c>f{fieldId}</c>: string for TEXT, TEXT_ENUM
/// and TIMESTAMP (<c>YYYY-MM-DD HH:MM:SS</c>), double for NUMBER, bool for BOOLEAN, and long for ARTIFACT and JSON: the artifact's id, whose
/// blob is described in <see cref="Artifacts"/>. An empty value is an absent property.
/// </summary>
public static class RecordRow
{
    /// <summary>Begins the rows of records.</summary>
    public const string Prefix = "rec-";

    /// <summary>long: when it was created, Unix milliseconds.</summary>
    public const string Created = "created";

    /// <summary>long: when it was last updated, Unix milliseconds.</summary>
    public const string Updated = "updated";

    /// <summary>long: the version of the commit that wrote this row.</summary>
    public const string Version = "version";

    /// <summary>bool: a test record; absent when it is live.</summary>
    public const string Test = "test";

    /// <summary>long: 1 at first, one more with every change. What the record's ETag says: several changes may share a commit.</summary>
    public const string Revision = "rev";

    /// <summary>long: the parent record's id; absent without one.</summary>
    public const string Parent = "parent";

    /// <summary>long: the parent's record type, where it is another than this record's.</summary>
    public const string ParentType = "parenttype";

    /// <summary>long: how often the parent was changed, so that late news of an earlier parent is known for such; absent where it never was.</summary>
    public const string ParentVersion = "parentversion";

    /// <summary>bool: the record has or had children, so its partition has to be looked through for them; absent where it never had.</summary>
    public const string HasChildren = "kids";

    /// <summary>string: the ids of the cases it is linked to, ascending as they were linked, as a JSON array; absent without any.</summary>
    public const string Cases = "cases";

    /// <summary>long: how often its cases were changed, so that a late copy of its links is known for such; absent where they never were.</summary>
    public const string CasesVersion = "casesversion";

    /// <summary>long: the story's id (the deprecated story_ids of the list).</summary>
    public const string StoryId = "story";

    /// <summary>long: the story container's id.</summary>
    public const string StoryContainerId = "container";

    /// <summary>string: the story's name, the value of the default field <c>Story name</c>.</summary>
    public const string StoryName = "storyname";

    /// <summary>string: the run that made the record.</summary>
    public const string StoryRun = "storyrun";

    /// <summary>string: a JSON array of what the row's artifact ids stand for (<see cref="ArtifactReference"/>); absent without any.</summary>
    public const string Artifacts = "artifacts";

    /// <summary>long: the id of its state (<see cref="RecordTypes.RecordState"/>); absent for its type's very first one.</summary>
    public const string State = "state";

    /// <summary>long: when it was archived, Unix milliseconds; absent while it is not.</summary>
    public const string Archived = "archived";

    /// <summary>string: what else it has as a record of a dataset, as JSON (<see cref="RecordTraits"/>); absent without any.</summary>
    public const string Traits = "traits";

    /// <summary>long: how many rows of its history were written; absent while its creation is all that happened to it.</summary>
    public const string Events = "events";

    /// <summary>The row key of a record.</summary>
    public static string Key(long id) => Prefix + RowKeys.Number(id);

    /// <summary>The field whose value a property is; null for the row's own properties.</summary>
    public static long? FieldOf(string property)
        => property is ['f', .. var id] && long.TryParse(id, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var fieldId)
            ? fieldId
            : null;

    /// <summary>The property of a field's value.</summary>
    public static string Field(long fieldId) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"f{fieldId}");
}

/// <summary>Where a large value is kept.</summary>
/// <param name="Id">The artifact's id, unique within its record type.</param>
/// <param name="FieldId">The field whose value it is.</param>
/// <param name="Blob">The blob's name.</param>
/// <param name="Bytes">Its size in UTF-8 bytes, uncompressed.</param>
/// <param name="Sha256">The SHA-256 of those bytes, in hexadecimal.</param>
/// <param name="Gzip">Whether the blob is compressed.</param>
/// <param name="Created">When it was first written, Unix milliseconds.</param>
/// <param name="Updated">When it was last replaced, Unix milliseconds.</param>
public sealed record ArtifactReference(long Id, long FieldId, string Blob, long Bytes, string Sha256, bool Gzip, long Created, long Updated);

/// <summary>The counters of a record type's head row.</summary>
public static class RecordCounters
{
    /// <summary>Live records.</summary>
    public const string Live = "live";

    /// <summary>Test records.</summary>
    public const string Test = "test";

    /// <summary>The version of the commit that last wrote the definition.</summary>
    public const string Schema = "schema";

    /// <summary>The next record id to give; at <see cref="BlockEnd"/> a new block is needed.</summary>
    public const string NextId = "nextid";

    /// <summary>The end of the block of ids, exclusive.</summary>
    public const string BlockEnd = "blockend";

    /// <summary>How many ids the newest block had.</summary>
    public const string BlockSize = "blocksize";

    /// <summary>The next artifact id to give, less one.</summary>
    public const string Artifacts = "artifacts";

    /// <summary>The highest number that an automatic property of the type <c>number</c> has given.</summary>
    public const string Number = "number";

    /// <summary>The highest rank that a client has given a record, or the server behind one of those; 0 while ids serve as ranks.</summary>
    public const string Rank = "rank";

    /// <summary>1 once any record was linked to a case: without it, deleting the type looks for none.</summary>
    public const string Linked = "linked";

    /// <summary>Rows <c>child-</c> in the partition, tombstones included: with none, no deletion looks for children.</summary>
    public const string Children = "children";
}
