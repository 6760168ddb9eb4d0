using System.Globalization;
using System.Text;

namespace Casefile.Core.Formulas;

/// <summary>A part of a formula.</summary>
/// <param name="Position">Where it begins in the text, from 1.</param>
internal abstract record FormulaNode(int Position)
{
    /// <summary>How tightly the part holds together, as <see cref="FormulaOperators.Levels"/> counts.</summary>
    protected virtual int Level => FormulaOperators.Levels.Count + 1;

    /// <summary>Writes the part so that it reads back to the same, in brackets where it holds together less tightly than its place asks.</summary>
    public void Print(StringBuilder text, int level = 0)
    {
        if (Level < level) text.Append('(');
        Write(text);
        if (Level < level) text.Append(')');
    }

    protected abstract void Write(StringBuilder text);

    /// <summary>A text, number, truth value or null that stands in the formula.</summary>
    public sealed record Literal(int Position, FormulaValue Value) : FormulaNode(Position)
    {
        protected override void Write(StringBuilder text)
        {
            switch (Value)
            {
                case FormulaValue.Text quoted:
                    text.Append('"').Append(quoted.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
                    break;
                case FormulaValue.Number number:
                    text.Append(number.Value.ToString("R", CultureInfo.InvariantCulture));
                    break;
                case FormulaValue.Truth truth:
                    text.Append(truth.Value ? "TRUE" : "FALSE");
                    break;
                default:
                    text.Append("NULL");
                    break;
            }
        }
    }

    /// <summary>A path into the case: <c>team_case.tasks[0].completed</c>.</summary>
    /// <param name="Position">Where it begins.</param>
    /// <param name="Steps">Member names (string) and indexes (int), the first being <c>team_case</c>.</param>
    public sealed record Path(int Position, IReadOnlyList<object> Steps) : FormulaNode(Position)
    {
        public bool Equals(Path? other) => other is not null && Steps.SequenceEqual(other.Steps);

        public override int GetHashCode() => Steps.Count;

        protected override void Write(StringBuilder text)
        {
            for (var i = 0; i < Steps.Count; i++)
            {
                if (Steps[i] is int index) text.Append(CultureInfo.InvariantCulture, $"[{index}]");
                else text.Append(i == 0 ? "" : ".").Append(Steps[i]);
            }
        }
    }

    /// <summary><c>NOT x</c> or <c>-x</c>.</summary>
    public sealed record Unary(int Position, FormulaOperator Operator, FormulaNode Operand) : FormulaNode(Position)
    {
        protected override int Level => Operator == FormulaOperator.Not ? FormulaOperators.LevelOfNot : FormulaOperators.Levels.Count;

        protected override void Write(StringBuilder text)
        {
            text.Append(Operator == FormulaOperator.Not ? "NOT " : "-");
            Operand.Print(text, Level);
        }
    }

    /// <summary>Two operands and what joins them.</summary>
    public sealed record Binary(int Position, FormulaOperator Operator, FormulaNode Left, FormulaNode Right) : FormulaNode(Position)
    {
        protected override int Level => FormulaOperators.LevelOf(Operator);

        protected override void Write(StringBuilder text)
        {
            // NOT reaches as far to the right as comparisons go, so before one it needs brackets.
            var ofLeft = Level == FormulaOperators.LevelOfNot && Left is Unary { Operator: FormulaOperator.Not } ? Level + 1 : Level;
            Left.Print(text, ofLeft);
            text.Append(' ').Append(FormulaOperators.Symbol(Operator)).Append(' ');
            Right.Print(text, Level + 1);
        }
    }

    /// <summary>A function and its arguments.</summary>
    public sealed record Call(int Position, FormulaFunction Function, IReadOnlyList<FormulaNode> Arguments) : FormulaNode(Position)
    {
        public bool Equals(Call? other) => other is not null && Function == other.Function && Arguments.SequenceEqual(other.Arguments);

        public override int GetHashCode() => Arguments.Count;

        protected override void Write(StringBuilder text)
        {
            text.Append(Function.Name).Append('(');
            for (var i = 0; i < Arguments.Count; i++)
            {
                if (i > 0) text.Append(", ");
                Arguments[i].Print(text);
            }

            text.Append(')');
        }
    }
}
