namespace Casefile.Core.Cases;

/// <summary>The colours of notes, by their names on the wire (cases.md, "blocks").</summary>
public static class NoteColor
{
    /// <summary>The colour of a note that names none.</summary>
    public const string Default = "white";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Default, "gold", "magenta", "green", "blue", "red", "mint", "indigo"];
}
