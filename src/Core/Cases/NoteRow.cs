namespace Casefile.Core.Cases;

/// <summary>The properties of a note's row.</summary>
public static class NoteRow
{
    /// <summary>Text, 1..255 UTF-16 units.</summary>
    public const string Title = "title";

    /// <summary>Markdown (<see cref="LongText"/>), absent where there is none.</summary>
    public const string Content = "content";

    /// <summary>A <see cref="NoteColor"/>.</summary>
    public const string Color = "color";

    /// <summary>True where exports leave it out.</summary>
    public const string Sensitive = "sensitive";

    /// <summary>The user who wrote it.</summary>
    public const string Author = "author";
}
