namespace Casefile.Core.Cases;

/// <summary>The properties of an activity's row.</summary>
public static class ActivityRow
{
    /// <summary>An <see cref="ActivityType"/>.</summary>
    public const string Type = "type";

    /// <summary>What it says (<see cref="LongText"/>); absent where it says nothing more.</summary>
    public const string Value = "value";

    /// <summary>The user who did it.</summary>
    public const string User = "user";

    /// <summary>Of a comment: who reacted and how (<see cref="ReactionList"/>); absent where nobody did.</summary>
    public const string Reactions = "reactions";
}
