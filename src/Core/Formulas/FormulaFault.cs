namespace Casefile.Core.Formulas;

/// <summary>What is wrong with a formula, and where.</summary>
/// <param name="Position">The place in the formula's text, in UTF-16 units from 1.</param>
/// <param name="Reason">A short clause: "a value is missing".</param>
public sealed record FormulaFault(int Position, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at {Position}: {Reason}");
}
