namespace Casefile.Core.Cases;

/// <summary>The properties of the row of a block's element.</summary>
public static class ElementRow
{
    /// <summary><see cref="BlockType.Note"/>, also in a block of HTML, or <see cref="BlockType.File"/>.</summary>
    public const string Type = "type";

    /// <summary>The text of a note, an annotation of a file (<see cref="LongText"/>); absent where there is none.</summary>
    public const string Content = "content";

    /// <summary>Of a note "text" or "html".</summary>
    public const string NoteType = "notetype";

    /// <summary>Of a note of text, a <see cref="NoteColor"/>.</summary>
    public const string Color = "color";

    /// <summary>Of a file, the activity that it is.</summary>
    public const string File = "file";

    /// <summary>Of a file, its name.</summary>
    public const string Filename = "filename";

    /// <summary>The user who wrote it.</summary>
    public const string Author = "author";
}
