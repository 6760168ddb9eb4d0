namespace Casefile.Documents;

/// <summary>What a document shows of a case: only text, names and times, whatever the case is kept as. What is empty is left out of the document.</summary>
/// <param name="Id">The case's id.</param>
/// <param name="Name">Its name.</param>
public sealed record CaseDocument(long Id, string Name)
{
    /// <summary>Where the case is found.</summary>
    public string? Url { get; init; }

    /// <summary>OPEN or CLOSED.</summary>
    public string? Status { get; init; }

    /// <summary>The name of the sub-status.</summary>
    public string? SubStatus { get; init; }

    /// <summary>LOW to CRITICAL.</summary>
    public string? Priority { get; init; }

    /// <summary>The team's name.</summary>
    public string? Team { get; init; }

    /// <summary>Who made the case.</summary>
    public string? Author { get; init; }

    /// <summary>Who opened it.</summary>
    public string? OpenedBy { get; init; }

    /// <summary>Who resolved it.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>Whom it is assigned to.</summary>
    public IReadOnlyList<string> Assignees { get; init; } = [];

    /// <summary>The names of its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>When it was opened.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When it was resolved.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Markdown.</summary>
    public string Description { get; init; } = "";

    /// <summary>Names and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>Keys and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>What must hold before the case may be closed.</summary>
    public IReadOnlyList<ConditionEntry> ClosureConditions { get; init; } = [];

    /// <summary>Tasks in their order.</summary>
    public IReadOnlyList<TaskEntry> Tasks { get; init; } = [];

    /// <summary>Notes in their order.</summary>
    public IReadOnlyList<NoteEntry> Notes { get; init; } = [];

    /// <summary>Blocks in their order.</summary>
    public IReadOnlyList<BlockEntry> Blocks { get; init; } = [];

    /// <summary>Cases linked to this one.</summary>
    public IReadOnlyList<LinkedCaseEntry> LinkedCases { get; init; } = [];

    /// <summary>Linked records, a table a record type.</summary>
    public IReadOnlyList<RecordTable> Records { get; init; } = [];

    /// <summary>Attached files.</summary>
    public IReadOnlyList<FileEntry> Files { get; init; } = [];

    /// <summary>Comments, oldest first.</summary>
    public IReadOnlyList<CommentEntry> Comments { get; init; } = [];

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<ActivityEntry> Activities { get; init; } = [];
}

/// <summary>A closure condition.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Formula">The formula.</param>
public sealed record ConditionEntry(string Name, string Formula);

/// <summary>A task.</summary>
/// <param name="Description">What is to be done.</param>
/// <param name="Completed">Whether it is.</param>
/// <param name="Assignees">By whom.</param>
public sealed record TaskEntry(string Description, bool Completed, IReadOnlyList<string> Assignees);

/// <summary>A note.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Content">Markdown.</param>
/// <param name="Color">One of the colours' names of the contract; null for none.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
public sealed record NoteEntry(string Title, string Content, string? Color = null, string? Author = null, DateTimeOffset? UpdatedAt = null);

/// <summary>A block.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Elements">What is in it.</param>
public sealed record BlockEntry(string Title, IReadOnlyList<ElementEntry> Elements);

/// <summary>What an element of a block is.</summary>
public enum ElementKind
{
    /// <summary>Markdown.</summary>
    Note,

    /// <summary>HTML, shown as it was written.</summary>
    Html,

    /// <summary>A file; its name is shown.</summary>
    File,
}

/// <summary>An element of a block.</summary>
/// <param name="Kind">How its content is read.</param>
/// <param name="Content">Text.</param>
/// <param name="Color">As of a note.</param>
public sealed record ElementEntry(ElementKind Kind, string Content, string? Color = null);

/// <summary>A linked case.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
public sealed record LinkedCaseEntry(long Id, string Name);

/// <summary>The linked records of one type.</summary>
/// <param name="Type">The type's name.</param>
/// <param name="Columns">The fields' names.</param>
/// <param name="Rows">The records.</param>
public sealed record RecordTable(string Type, IReadOnlyList<string> Columns, IReadOnlyList<RecordEntry> Rows);

/// <summary>A record.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Values">As text, one for each column.</param>
public sealed record RecordEntry(long Id, IReadOnlyList<string> Values);

/// <summary>A file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size; null where it is not known.</param>
/// <param name="User">Who attached it.</param>
/// <param name="At">When.</param>
/// <param name="Sha256">The hash of what is in it, in hexadecimal.</param>
public sealed record FileEntry(string Name, long? Bytes, string? User, DateTimeOffset? At, string? Sha256 = null);

/// <summary>A comment.</summary>
/// <param name="User">Who wrote it.</param>
/// <param name="At">When.</param>
/// <param name="Text">Markdown.</param>
/// <param name="Reactions">As they are to be shown: "heart: Jane, Joe".</param>
public sealed record CommentEntry(string User, DateTimeOffset At, string Text, IReadOnlyList<string>? Reactions = null);

/// <summary>Something that happened.</summary>
/// <param name="Type">The activity's type: STATUS_UPDATED.</param>
/// <param name="User">Who did it.</param>
/// <param name="At">When.</param>
/// <param name="Value">What it was about.</param>
public sealed record ActivityEntry(string Type, string? User, DateTimeOffset At, string? Value = null);
