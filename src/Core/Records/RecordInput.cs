using System.Text.Json;

namespace Casefile.Core.Records;

/// <summary>A value that a client sends for a field.</summary>
/// <param name="FieldId">The field.</param>
/// <param name="Value">The value as it was sent; null and a missing member are the empty value.</param>
/// <param name="Place">Where it is in the request, for faults: <c>field_values[0]</c>.</param>
public sealed record FieldInput(long FieldId, JsonElement Value, string Place);

/// <summary>A record to create (records.md, "Create").</summary>
/// <param name="RecordTypeId">Its type.</param>
/// <param name="Content">What it holds.</param>
public sealed record NewRecord(long RecordTypeId, RecordContent Content)
{
    /// <summary>A record of values by field.</summary>
    /// <param name="recordTypeId">Its type.</param>
    /// <param name="values">The values, a field at most once.</param>
    public NewRecord(long recordTypeId, IReadOnlyList<FieldInput> values) : this(recordTypeId, new FieldInputs(values))
    {
    }

    /// <summary>Whether it is a test record.</summary>
    public bool IsTest { get; init; }

    /// <summary>The cases to link it to.</summary>
    public IReadOnlyList<long> CaseIds { get; init; } = [];

    /// <summary>Its parent, or null.</summary>
    public long? ParentId { get; init; }

    /// <summary>The story that it comes from, or null.</summary>
    public long? StoryId { get; init; }

    /// <summary>The story's container, or null.</summary>
    public long? StoryContainerId { get; init; }

    /// <summary>The story's name, or null.</summary>
    public string? StoryName { get; init; }

    /// <summary>The run that makes it, or null.</summary>
    public string? StoryRun { get; init; }
}

/// <summary>Changes of a record (records.md, "Update"); all of them happen or none.</summary>
public sealed record RecordChanges
{
    /// <summary>New values, and what else is said of it; fields that are not named keep theirs.</summary>
    public RecordContent Content { get; init; } = FieldInputs.None;

    /// <summary>The new values by field; none where <see cref="Content"/> has another form.</summary>
    public IReadOnlyList<FieldInput> Values
    {
        get => Content is FieldInputs fields ? fields.Inputs : [];
        init => Content = new FieldInputs(value);
    }

    /// <summary>Records that become its children; one with another parent is moved.</summary>
    public IReadOnlyList<long> AddChildren { get; init; } = [];

    /// <summary>Children that it loses.</summary>
    public IReadOnlyList<long> RemoveChildren { get; init; } = [];

    /// <summary>Whether the parent changes at all.</summary>
    public bool SetsParent { get; init; }

    /// <summary>The new parent, or null for none.</summary>
    public long? ParentId { get; init; }

    /// <summary>Cases to link it to.</summary>
    public IReadOnlyList<long> AddCases { get; init; } = [];

    /// <summary>Cases to take it from.</summary>
    public IReadOnlyList<long> RemoveCases { get; init; } = [];

    /// <summary>Whether nothing is to be changed.</summary>
    public bool IsEmpty => !SetsParent && Content.IsEmpty && AddChildren.Count + RemoveChildren.Count + AddCases.Count + RemoveCases.Count == 0;
}
