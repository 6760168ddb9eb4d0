namespace Casefile.Core.Formulas;

/// <summary>What bounds formulas, so that one that anybody wrote can neither hang nor exhaust the service.</summary>
public static class FormulaLimits
{
    /// <summary>UTF-16 units of a formula's text.</summary>
    public const int TextLength = 4_000;

    /// <summary>How deep expressions are nested.</summary>
    public const int Depth = 64;

    /// <summary>Operators that join operands, in all of a formula.</summary>
    public const int Operators = 500;

    /// <summary>Expressions evaluated for one answer.</summary>
    public const int Steps = 10_000;

    /// <summary>UTF-16 units of a text that a formula makes.</summary>
    public const int MadeTextLength = 100_000;

    /// <summary>UTF-16 units of a regular expression.</summary>
    public const int PatternLength = 500;

    /// <summary>How long one regular expression may run; it never backtracks.</summary>
    public static readonly TimeSpan MatchTime = TimeSpan.FromMilliseconds(100);
}
