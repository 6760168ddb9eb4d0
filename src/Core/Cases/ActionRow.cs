namespace Casefile.Core.Cases;

/// <summary>The properties of an action's row.</summary>
public static class ActionRow
{
    /// <summary>An absolute http(s) URL.</summary>
    public const string Url = "url";

    /// <summary>What the action is called, 1..255 UTF-16 units.</summary>
    public const string Label = "label";

    /// <summary>One of <see cref="CaseActions.Types"/>.</summary>
    public const string Type = "type";

    /// <summary>What its button says; absent where it says nothing of its own.</summary>
    public const string Text = "text";

    /// <summary>A JSON object, absent where there is none.</summary>
    public const string QueryParameters = "query";
}
