using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>A case to be made, as a request names it (cases.md, "Create").</summary>
public sealed record NewCase
{
    /// <summary>The team.</summary>
    public required long TeamId { get; init; }

    /// <summary>1..255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Markdown, or null.</summary>
    public string? Description { get; init; }

    /// <summary>How urgent it is.</summary>
    public CasePriority Priority { get; init; } = CasePriority.Low;

    /// <summary>Whether it begins closed.</summary>
    public bool IsClosed { get; init; }

    /// <summary>The sub-status, or null.</summary>
    public long? SubStatusId { get; init; }

    /// <summary>In whose name it is made; null for the caller's.</summary>
    public string? AuthorEmail { get; init; }

    /// <summary>Who is assigned; null for the caller.</summary>
    public IReadOnlyList<string>? AssigneeEmails { get; init; }

    /// <summary>Tags by their names; made where there are none.</summary>
    public IReadOnlyList<string> TagNames { get; init; } = [];

    /// <summary>When it was opened; null for now.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When it was resolved, or null.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>A JSON object, or null.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>What must hold before it is closed.</summary>
    public IReadOnlyList<ClosureCondition> ClosureConditions { get; init; } = [];

    /// <summary>Its tasks.</summary>
    public IReadOnlyList<NewTask> Tasks { get; init; } = [];

    /// <summary>Records to link.</summary>
    public IReadOnlyList<long> RecordIds { get; init; } = [];

    /// <summary>Its fields.</summary>
    public IReadOnlyList<NewField> Fields { get; init; } = [];

    /// <summary>Its blocks, in their order; one may name a group that stands before it by that one's slug.</summary>
    public IReadOnlyList<NewBlock> Blocks { get; init; } = [];

    /// <summary>Its actions, which v1 calls buttons.</summary>
    public IReadOnlyList<ActionMembers> Actions { get; init; } = [];
}

/// <summary>A task to be made.</summary>
/// <param name="Description">What is to be done.</param>
/// <param name="AssigneeEmails">By whom.</param>
/// <param name="AssigneeIds">By whom, where they are named by their ids.</param>
public sealed record NewTask(string Description, IReadOnlyList<string> AssigneeEmails, IReadOnlyList<long> AssigneeIds);

/// <summary>Changes of a case; what is null stays (cases.md, "Update").</summary>
public sealed record CaseChanges
{
    /// <summary>1..255 characters.</summary>
    public string? Name { get; init; }

    /// <summary>The team to move it to.</summary>
    public long? TeamId { get; init; }

    /// <summary>Markdown.</summary>
    public string? Description { get; init; }

    /// <summary>How urgent it is.</summary>
    public CasePriority? Priority { get; init; }

    /// <summary>True closes it, false opens it again.</summary>
    public bool? IsClosed { get; init; }

    /// <summary>The sub-status.</summary>
    public long? SubStatusId { get; init; }

    /// <summary>In whose name it was made.</summary>
    public string? AuthorEmail { get; init; }

    /// <summary>Who is assigned, in place of those who were.</summary>
    public IReadOnlyList<string>? AssigneeEmails { get; init; }

    /// <summary>Who is assigned too.</summary>
    public IReadOnlyList<string> AddAssigneeEmails { get; init; } = [];

    /// <summary>Who is no longer assigned.</summary>
    public IReadOnlyList<string> RemoveAssigneeEmails { get; init; } = [];

    /// <summary>Tags to add, by their names.</summary>
    public IReadOnlyList<string> AddTagNames { get; init; } = [];

    /// <summary>Tags to take away, by their names.</summary>
    public IReadOnlyList<string> RemoveTagNames { get; init; } = [];

    /// <summary>When it was opened.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When it was resolved.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>What must hold before it is closed, in place of what did.</summary>
    public IReadOnlyList<ClosureCondition>? ClosureConditions { get; init; }

    /// <summary>Records to link.</summary>
    public IReadOnlyList<long> AddRecordIds { get; init; } = [];

    /// <summary>Records to take from it.</summary>
    public IReadOnlyList<long> RemoveRecordIds { get; init; } = [];
}
