namespace Casefile.Documents.Fonts;

/// <summary>The faces that a document is set in. All are embedded in this assembly; no font of the machine is ever looked for.</summary>
internal enum FontFace
{
    /// <summary>Running text: IBM Plex Sans (Latin, Greek, Cyrillic).</summary>
    Regular,

    /// <summary>Emphasis.</summary>
    Italic,

    /// <summary>Headings and strong emphasis: the semi-bold weight.</summary>
    Bold,

    /// <summary>Both.</summary>
    BoldItalic,

    /// <summary>Code: DejaVu Sans Mono, which has box drawing too.</summary>
    Mono,

    /// <summary>What the others lack (symbols, Hebrew, Arabic letters, faces): DejaVu Sans.</summary>
    Fallback,
}
