namespace Casefile.Core.Cases;

/// <summary>A block to be made, as a request names it (cases.md, "blocks").</summary>
/// <param name="Title">1..255 characters.</param>
/// <param name="Type">A <see cref="BlockType"/>.</param>
/// <param name="Elements">What is in it.</param>
/// <param name="Position">Where it stands among the blocks of its group, or of none, from 0; null for the end.</param>
/// <param name="Hidden">Whether it is not shown.</param>
/// <param name="Group">The group that it is put into, by its id or slug; null for none.</param>
/// <param name="AuthorEmail">In whose name its elements are made; null for the caller's.</param>
public sealed record NewBlock(
    string Title, string Type, IReadOnlyList<NewElement> Elements, int? Position = null, bool Hidden = false, string? Group = null, string? AuthorEmail = null);

/// <summary>An element to be made.</summary>
/// <param name="Content">Markdown, or HTML in a block of HTML.</param>
/// <param name="NoteType">"text", or "html" in a block of HTML; null for what the block takes.</param>
/// <param name="Color">A <see cref="NoteColor"/>; null for the default.</param>
public sealed record NewElement(string Content, string? NoteType = null, string? Color = null);

/// <summary>Changes of a block; what is null stays.</summary>
/// <param name="Title">1..255 characters; makes the slug anew.</param>
/// <param name="Position">Where it stands among the blocks of its group, or of none, from 0.</param>
/// <param name="Hidden">Whether it is not shown.</param>
/// <param name="Group">The group to put it into, by its id or slug.</param>
/// <param name="OutOfGroup">Whether it is taken out of its group.</param>
public sealed record BlockChanges(string? Title, int? Position, bool? Hidden, string? Group, bool OutOfGroup);

/// <summary>Changes of an element; what is null stays.</summary>
/// <param name="Content">The text of a note, the annotation of a file.</param>
/// <param name="Color">A <see cref="NoteColor"/>.</param>
public sealed record ElementChanges(string? Content, string? Color);
