using Casefile.Documents.Fonts;
using Casefile.Documents.Pdf;

namespace Casefile.Documents.Layout;

/// <summary>How a piece of text looks.</summary>
/// <param name="Face">The face wanted; a character that it lacks is taken from another.</param>
/// <param name="Size">Points.</param>
/// <param name="Ink">The colour.</param>
internal sealed record TextStyle(FontFace Face, float Size, Ink Ink)
{
    /// <summary>An absolute address that a click opens; null for none.</summary>
    public string? Link { get; init; }

    /// <summary>Struck through.</summary>
    public bool Struck { get; init; }

    /// <summary>On a grey ground, as code is within a sentence.</summary>
    public bool Shaded { get; init; }

    /// <summary>The same, strong.</summary>
    public TextStyle Bold => this with { Face = Face is FontFace.Italic or FontFace.BoldItalic ? FontFace.BoldItalic : Face is FontFace.Mono ? Face : FontFace.Bold };

    /// <summary>The same, emphasized.</summary>
    public TextStyle Italic => this with { Face = Face is FontFace.Bold or FontFace.BoldItalic ? FontFace.BoldItalic : Face is FontFace.Mono ? Face : FontFace.Italic };

    /// <summary>The same in the face of code.</summary>
    public TextStyle Mono => this with { Face = FontFace.Mono, Size = Size * 0.9f };

    /// <summary>The same in another colour.</summary>
    public TextStyle In(Ink ink) => this with { Ink = ink };

    /// <summary>The distance from one line of it to the next, in points.</summary>
    public float LineHeight => Size * 1.42f;
}

/// <summary>Text of one look. A line feed in it ends the line.</summary>
internal readonly record struct TextRun(string Text, TextStyle Style);
