namespace Casefile.Core.Cases;

/// <summary>What a block shows, by its name on the wire (cases.md, "blocks").</summary>
public static class BlockType
{
    /// <summary>Notes: elements with markdown.</summary>
    public const string Note = "note";

    /// <summary>Files of the case.</summary>
    public const string File = "file";

    /// <summary>The linked cases; without elements of its own.</summary>
    public const string LinkedCases = "linked_cases";

    /// <summary>The metadata; without elements of its own.</summary>
    public const string Metadata = "metadata";

    /// <summary>The closure conditions; without elements of its own.</summary>
    public const string ClosureConditions = "closure_conditions";

    /// <summary>The actions; without elements of its own.</summary>
    public const string CaseAction = "case_action";

    /// <summary>Other blocks.</summary>
    public const string Group = "block_group";

    /// <summary>Elements with HTML, kept and answered as they were given.</summary>
    public const string Html = "html";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Note, File, LinkedCases, Metadata, ClosureConditions, CaseAction, Group, Html];
}
