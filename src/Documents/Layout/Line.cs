namespace Casefile.Documents.Layout;

/// <summary>One character as it is set.</summary>
/// <param name="CodePoint">The character.</param>
/// <param name="Face">The face that has it.</param>
/// <param name="Style">The look wanted.</param>
/// <param name="Width">Points; 0 for what attaches to the character before it.</param>
internal readonly record struct Symbol(int CodePoint, Fonts.FontFace Face, TextStyle Style, float Width);

/// <summary>Characters that stand in one line.</summary>
/// <param name="Symbols">The characters.</param>
/// <param name="Width">Points, without the blanks at its end.</param>
internal readonly record struct Line(ReadOnlyMemory<Symbol> Symbols, float Width);
