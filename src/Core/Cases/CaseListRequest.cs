using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>What a list of cases is asked (cases.md, "List").</summary>
public sealed record CaseListRequest
{
    /// <summary>The team; null for all that the caller may read.</summary>
    public long? TeamId { get; init; }

    /// <summary>Which cases; all that is given must hold.</summary>
    public CaseFilter Filter { get; init; } = new();

    /// <summary>In what order.</summary>
    public CaseOrder Order { get; init; } = CaseOrder.CreatedDesc;

    /// <summary>How many to pass over.</summary>
    public long Skip { get; init; }

    /// <summary>How many at most.</summary>
    public int Take { get; init; } = 20;
}

/// <summary>The order of a list; ties by id in the same direction.</summary>
public enum CaseOrder
{
    /// <summary>The newest first.</summary>
    CreatedDesc,

    /// <summary>The oldest first.</summary>
    CreatedAsc,

    /// <summary>Those opened last first.</summary>
    OpenedDesc,

    /// <summary>Those opened longest ago first.</summary>
    OpenedAsc,

    /// <summary>The most urgent first.</summary>
    PriorityDesc,

    /// <summary>The least urgent first.</summary>
    PriorityAsc,

    /// <summary>Those changed last first.</summary>
    RecentlyEdited,

    /// <summary>Those that have been left alone longest first.</summary>
    LeastRecentlyEdited,
}

/// <summary>Somebody as a filter names them: by id, by address, or nobody at all.</summary>
/// <param name="Place">Where the request names them, for faults.</param>
/// <param name="Id">The user's id, or null.</param>
/// <param name="Email">The user's address, or null; with neither it is nobody: <c>unassigned</c>.</param>
public sealed record CasePerson(string Place, long? Id, string? Email);

/// <summary>Which cases a list holds; what is null or empty asks nothing.</summary>
public sealed record CaseFilter
{
    /// <summary>Any of them is assigned.</summary>
    public IReadOnlyList<CasePerson> Assignees { get; init; } = [];

    /// <summary>All of them are assigned.</summary>
    public IReadOnlyList<CasePerson> AllAssignees { get; init; } = [];

    /// <summary>None of them is assigned.</summary>
    public IReadOnlyList<CasePerson> NoAssignees { get; init; } = [];

    /// <summary>The caller is assigned (true), or is not (false).</summary>
    public bool? AssignedToMe { get; init; }

    /// <summary>Nobody is assigned (true), or somebody is (false).</summary>
    public bool? Unassigned { get; init; }

    /// <summary>Made in the name of any of them.</summary>
    public IReadOnlyList<CasePerson> Authors { get; init; } = [];

    /// <summary>Made in the name of none of them.</summary>
    public IReadOnlyList<CasePerson> NoAuthors { get; init; } = [];

    /// <summary>Has all of these tags, by name.</summary>
    public IReadOnlyList<string> AllTags { get; init; } = [];

    /// <summary>Has any of these tags, by name.</summary>
    public IReadOnlyList<string> AnyTags { get; init; } = [];

    /// <summary>Has none of these tags, by name.</summary>
    public IReadOnlyList<string> NoTags { get; init; } = [];

    /// <summary>One of these cases.</summary>
    public IReadOnlyList<long>? CaseIds { get; init; }

    /// <summary>When it was made.</summary>
    public TimeSpanBounds Created { get; init; }

    /// <summary>When it was resolved.</summary>
    public TimeSpanBounds Resolved { get; init; }

    /// <summary>When it was last changed.</summary>
    public TimeSpanBounds Updated { get; init; }

    /// <summary>Its metadata has these members with these values: texts as they are, all else as JSON writes it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>As urgent as one of these.</summary>
    public IReadOnlyList<CasePriority> Priorities { get; init; } = [];

    /// <summary>Closed (true) or open (false).</summary>
    public bool? IsClosed { get; init; }

    /// <summary>In one of these sub-statuses, by name.</summary>
    public IReadOnlyList<string> SubStatuses { get; init; } = [];

    /// <summary>A linked record that the caller may read has one of these values, in whatever field; artifacts are not searched.</summary>
    public IReadOnlyList<string> RecordValues { get; init; } = [];

    /// <summary>A value as <see cref="Metadata"/> compares it: text as it is, all else as JSON writes it.</summary>
    public static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>Every word of it is somewhere in the name, the description or the id, whatever its case.</summary>
    public string? Search { get; init; }
}

/// <summary>From when to when, both inclusive; null for no bound.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The last moment.</param>
public readonly record struct TimeSpanBounds(DateTimeOffset? From, DateTimeOffset? To);
