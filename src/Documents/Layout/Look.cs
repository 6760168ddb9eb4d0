using Casefile.Documents.Fonts;
using Casefile.Documents.Pdf;

namespace Casefile.Documents.Layout;

/// <summary>The measures (points), colours and styles of a document, in one place.</summary>
internal static class Look
{
    /// <summary>A4.</summary>
    public const float PageWidth = 595.28f;

    /// <summary>A4.</summary>
    public const float PageHeight = 841.89f;

    /// <summary>Left and right of the text.</summary>
    public const float Side = 54;

    /// <summary>Where text begins.</summary>
    public const float Top = 70;

    /// <summary>Where it must have ended.</summary>
    public const float Bottom = PageHeight - 60;

    /// <summary>The width of the text.</summary>
    public const float Measure = PageWidth - (2 * Side);

    /// <summary>Text.</summary>
    public static readonly Ink Black = Ink.Of(0x1B2430);

    /// <summary>What is said beside the text.</summary>
    public static readonly Ink Grey = Ink.Of(0x5C6773);

    /// <summary>Rules.</summary>
    public static readonly Ink Hairline = Ink.Of(0xD5DAE0);

    /// <summary>Grounds of code and of the head of a table.</summary>
    public static readonly Ink Ground = Ink.Of(0xF3F5F7);

    /// <summary>Headings' marks.</summary>
    public static readonly Ink Accent = Ink.Of(0x24548F);

    /// <summary>Links.</summary>
    public static readonly Ink Link = Ink.Of(0x1A5FB4);

    /// <summary>Running text.</summary>
    public static readonly TextStyle Body = new(FontFace.Regular, 9.5f, Black);

    /// <summary>Text in tables.</summary>
    public static readonly TextStyle Cell = new(FontFace.Regular, 8.5f, Black);

    /// <summary>Labels, times, names of authors.</summary>
    public static readonly TextStyle Small = new(FontFace.Regular, 8, Grey);

    /// <summary>The name of the case.</summary>
    public static readonly TextStyle Title = new(FontFace.Bold, 20, Black);

    /// <summary>A part of the document.</summary>
    public static readonly TextStyle Section = new(FontFace.Bold, 13, Accent);

    /// <summary>A heading in a part: a note's title, a record's type.</summary>
    public static readonly TextStyle Heading = new(FontFace.Bold, 10.5f, Black);
}
