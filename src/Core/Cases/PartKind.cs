namespace Casefile.Core.Cases;

/// <summary>What there is inside a case: the kinds of its rows. Links and records stand under the id of the other side, all else under a part id.</summary>
public static class PartKind
{
    /// <summary>What happened to the case; comments and files are activities too (<see cref="ActivityType"/>).</summary>
    public const string Activity = "activity";

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
}
