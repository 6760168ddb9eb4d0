namespace Casefile.Core.Cases;

/// <summary>
/// What there is inside a case: the kinds of its rows. Links and records stand under the id of the other side, subscribers under their user's, all else under a part id.
/// </summary>
public static class PartKind
{
    /// <summary>What happened to the case; comments and files are activities too (<see cref="ActivityType"/>).</summary>
    public const string Activity = "activity";

    /// <summary>A comment: an activity by its row (<see cref="TypesOf"/>).</summary>
    public const string Comment = "comment";

    /// <summary>A file: an activity by its row (<see cref="TypesOf"/>).</summary>
    public const string File = "file";

    /// <summary>A button of the case.</summary>
    public const string Action = "action";

    /// <summary>A block of the case's page.</summary>
    public const string Block = "block";

    /// <summary>An element of a block.</summary>
    public const string Element = "element";

    /// <summary>The value of a case input.</summary>
    public const string Field = "field";

    /// <summary>A case that is linked to this one, by that case's id.</summary>
    public const string Link = "link";

    /// <summary>A note.</summary>
    public const string Note = "note";

    /// <summary>A record that is linked to the case, by the record's id: a copy of what the record's row says.</summary>
    public const string Record = "record";

    /// <summary>Somebody who follows the case.</summary>
    public const string Subscriber = "subscriber";

    /// <summary>A task.</summary>
    public const string Task = "task";

    /// <summary>All that rows are of.</summary>
    internal static IReadOnlyList<string> OfCase { get; } = [Activity, Action, Block, Element, Field, Link, Note, Record, Subscriber, Task];

    /// <summary>The kind that the rows have.</summary>
    internal static string OfRows(string kind) => kind is Comment or File ? Activity : kind;

    /// <summary>The types of activities that a kind is made of; none where it is not a matter of that.</summary>
    internal static IReadOnlyList<string> TypesOf(string kind) => kind switch
    {
        Comment => [ActivityType.Commented],
        File => [ActivityType.FileAttached, ActivityType.FileAttachedAndCommented],
        _ => [],
    };

    /// <summary>Whether a row is one of the kind.</summary>
    internal static bool Holds(string kind, CasePart part) => TypesOf(kind) is not { Count: > 0 } types || types.Contains(part.Text(ActivityRow.Type));
}
