namespace Casefile.Core.Cases;

/// <summary>What an activity tells, by its name on the wire (cases.md, "activities").</summary>
public static class ActivityType
{
    /// <summary>The case was made; the value is its id.</summary>
    public const string Created = "CREATED";

    /// <summary>Somebody was assigned; the value is the address.</summary>
    public const string Assigned = "ASSIGNED";

    /// <summary>Somebody is no longer assigned; the value is the address.</summary>
    public const string Unassigned = "UNASSIGNED";

    /// <summary>The case was closed or opened again; the value is the status.</summary>
    public const string StatusUpdated = "STATUS_UPDATED";

    /// <summary>The value is the sub-status' name.</summary>
    public const string SubStatusUpdated = "SUB_STATUS_UPDATED";

    /// <summary>The value is the priority.</summary>
    public const string SeverityUpdated = "SEVERITY_UPDATED";

    /// <summary>A comment; the value is its text.</summary>
    public const string Commented = "COMMENTED";

    /// <summary>A comment was deleted.</summary>
    public const string DeletedComment = "DELETED_COMMENT";

    /// <summary>A file was attached; the value is its name.</summary>
    public const string FileAttached = "FILE_ATTACHED";

    /// <summary>A file was attached with a comment; the value is the comment's text.</summary>
    public const string FileAttachedAndCommented = "FILE_ATTACHED_AND_COMMENTED";

    /// <summary>A file was deleted; the value is its name.</summary>
    public const string FileDeleted = "FILE_DELETED";

    /// <summary>Tags were added; the value is their names.</summary>
    public const string TagsAdded = "TAGS_ADDED";

    /// <summary>Tags were removed; the value is their names.</summary>
    public const string TagsRemoved = "TAGS_REMOVED";

    /// <summary>A record was linked; the value is its id.</summary>
    public const string RecordAdded = "RECORD_RESULT_SET_ADDED";

    /// <summary>A record is no longer linked; the value is its id.</summary>
    public const string RecordRemoved = "RECORD_RESULT_SET_REMOVED";

    /// <summary>A task was done; the value is its description.</summary>
    public const string TaskCompleted = "CHECKLIST_ITEM_COMPLETED";

    /// <summary>A task is to be done, again or newly; the value is its description.</summary>
    public const string TaskIncomplete = "CHECKLIST_ITEM_INCOMPLETE";

    /// <summary>A case was linked; the value is its id.</summary>
    public const string LinkedCaseAdded = "LINKED_CASE_ADDED";

    /// <summary>A case is no longer linked; the value is its id.</summary>
    public const string LinkedCaseRemoved = "LINKED_CASE_REMOVED";

    /// <summary>Metadata changed; the value names the keys.</summary>
    public const string MetadataUpdated = "METADATA_UPDATED";

    /// <summary>A time limit is near.</summary>
    public const string SlaWarning = "SLA_WARNING";

    /// <summary>A time limit has passed.</summary>
    public const string SlaExceeded = "SLA_EXCEEDED";

    /// <summary>A field, or a member of the case that has no type of its own, changed; the value is its name.</summary>
    public const string FieldUpdated = "FIELD_UPDATED";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Created, Assigned, Unassigned, StatusUpdated, SubStatusUpdated, SeverityUpdated, Commented, DeletedComment, FileAttached, FileAttachedAndCommented, FileDeleted,
        TagsAdded, TagsRemoved, RecordAdded, RecordRemoved, TaskCompleted, TaskIncomplete, LinkedCaseAdded, LinkedCaseRemoved, MetadataUpdated, SlaWarning, SlaExceeded,
        FieldUpdated,
    ];
}
