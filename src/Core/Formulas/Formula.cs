using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Casefile.Core.Formulas;

/// <summary>
/// A closure condition's formula (cases.md, "closure_conditions"): <c>=SIZE(team_case.assignees) > 0</c>. It is read once, when it is stored, and evaluated
/// over a case; it sees nothing else. Both are bounded (<see cref="FormulaLimits"/>).
/// </summary>
public sealed class Formula : IEquatable<Formula>
{
    private readonly FormulaNode root;

    private Formula(FormulaNode root) => this.root = root;

    /// <summary>Reads a formula; with or without the leading <c>=</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="formula">The formula, when the text is one.</param>
    /// <param name="fault">What is wrong with it and where, otherwise.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out Formula? formula, [NotNullWhen(false)] out FormulaFault? fault)
    {
        try
        {
            (formula, fault) = (new Formula(new FormulaReader(text).Read()), null);
            return true;
        }
        catch (FormulaEvaluationException wrong)
        {
            (formula, fault) = (null, wrong.Fault);
            return false;
        }
    }

    /// <summary>Whether the condition holds: everything does but false and null.</summary>
    /// <param name="teamCase">The case as its GET answers it.</param>
    /// <param name="now">The time that <c>NOW()</c> tells.</param>
    /// <param name="fault">Why it cannot be said, where the case has not what the formula asks for; the condition does not hold then.</param>
    public bool Holds(JsonElement teamCase, DateTimeOffset now, out FormulaFault? fault)
    {
        try
        {
            fault = null;
            return new FormulaEvaluation(teamCase, now).Evaluate(root).IsTrue;
        }
        catch (FormulaEvaluationException wrong)
        {
            fault = wrong.Fault;
            return false;
        }
    }

    /// <summary>The formula with no more brackets than it needs; it reads back to an equal one.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("=");
        root.Print(text);
        return text.ToString();
    }

    /// <summary>The same formula, wherever its parts stood in the text.</summary>
    public bool Equals(Formula? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Formula);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
