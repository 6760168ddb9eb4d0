using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Cases;

/// <summary>
/// The rows of a team's partition in the table <c>cases</c>, and the properties of a case's own row. Times are Unix milliseconds; users, tags and sub-statuses stand by their ids.
/// </summary>
public static class CaseRow
{
    /// <summary>Begins the row of a case: <c>case-{id:D19}</c>.</summary>
    public const string Prefix = "case-";

    /// <summary>Begins the rows of what is inside a case: <c>part-{case:D19}-{kind}-{id:D19}</c>.</summary>
    public const string PartPrefix = "part-";

    /// <summary>Begins the row of a tag.</summary>
    public const string TagPrefix = "tag-";

    /// <summary>Begins the row of a sub-status.</summary>
    public const string SubStatusPrefix = "sub-";

    /// <summary>Begins the row of a case input.</summary>
    public const string InputPrefix = "input-";

    /// <summary>Text, 1..255 UTF-16 units.</summary>
    public const string Name = "name";

    /// <summary>Markdown (<see cref="LongText"/>), absent where there is none.</summary>
    public const string Description = "desc";

    /// <summary>True once the case is closed.</summary>
    public const string Closed = "closed";

    /// <summary>A <see cref="CasePriority"/>.</summary>
    public const string Priority = "priority";

    /// <summary>The sub-status, absent where there is none.</summary>
    public const string SubStatus = "sub";

    /// <summary>The user in whose name the case was made.</summary>
    public const string Author = "author";

    /// <summary>The user who opened it.</summary>
    public const string OpenedBy = "opener";

    /// <summary>The user who closed it, absent while it is open.</summary>
    public const string ResolvedBy = "resolver";

    /// <summary>User ids as a JSON array, absent where there is none.</summary>
    public const string Assignees = "assignees";

    /// <summary>Tag ids as a JSON array, absent where there is none.</summary>
    public const string Tags = "tags";

    /// <summary>A JSON object (<see cref="LongText"/>), absent where it is empty.</summary>
    public const string Metadata = "meta";

    /// <summary>A JSON array of <c>{"name","formula"}</c> (<see cref="LongText"/>), absent where it is empty.</summary>
    public const string ClosureConditions = "conditions";

    /// <summary>When it was opened.</summary>
    public const string Opened = "opened";

    /// <summary>When it was resolved, absent while it is open.</summary>
    public const string Resolved = "resolved";

    /// <summary>When it was made; of parts too.</summary>
    public const string Created = "created";

    /// <summary>When it, or anything inside it, was last changed; of parts too.</summary>
    public const string Updated = "updated";

    /// <summary>How often it has been written: its ETag; of parts too.</summary>
    public const string Revision = "rev";

    /// <summary>How many activities it has.</summary>
    public const string Activities = "activities";

    /// <summary>How many actions it has.</summary>
    public const string Actions = "actions";

    /// <summary>Its notes in their order: ids as a JSON array, absent where there is none.</summary>
    public const string Notes = "notes";

    /// <summary>Its blocks in their order (<see cref="CaseOutline"/>), absent where there is none.</summary>
    public const string Outline = "blocks";

    /// <summary>How often that order has changed.</summary>
    public const string OutlineChanges = "blockrev";

    /// <summary>The team that it has moved to: the row is only a sign-post then.</summary>
    public const string Moved = "moved";

    /// <summary>True while what is inside a moved case is still on its way (<see cref="CaseMove"/>).</summary>
    public const string Moving = "moving";

    /// <summary>How often the case has moved, absent where it never has.</summary>
    public const string Hop = "hop";

    /// <summary>Who moved it, while it is on its way.</summary>
    public const string MovedBy = "mover";

    /// <summary>The partition of a team's cases.</summary>
    public static PartitionAddress Address(long teamId) => new(TableNames.Cases, teamId.ToString(CultureInfo.InvariantCulture));

    /// <summary>The row of a case.</summary>
    public static string Key(long id) => Prefix + RowKeys.Number(id);

    /// <summary>Begins all rows of what is inside a case.</summary>
    public static string PartsOf(long caseId) => $"{PartPrefix}{RowKeys.Number(caseId)}-";

    /// <summary>Begins the rows of one kind (<see cref="PartKind"/>) inside a case.</summary>
    public static string PartsOf(long caseId, string kind) => $"{PartsOf(caseId)}{kind}-";

    /// <summary>The row of something inside a case.</summary>
    public static string PartKey(long caseId, string kind, long id) => PartsOf(caseId, kind) + RowKeys.Number(id);

    /// <summary>The case that the row of a part belongs to.</summary>
    public static long CaseOf(string partKey) => RowKeys.FirstNumber(partKey, PartPrefix);

    /// <summary>The kind (<see cref="PartKind"/>) of a part, from its row key.</summary>
    public static string KindOf(string partKey) => partKey[(PartPrefix.Length + 20)..^20];
}
