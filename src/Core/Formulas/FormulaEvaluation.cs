using System.Text.Json;

namespace Casefile.Core.Formulas;

/// <summary>One evaluation of a formula over a case, bounded in steps; depth is bounded where the formula was read.</summary>
internal sealed class FormulaEvaluation(JsonElement teamCase, DateTimeOffset now)
{
    /// <summary>The member that all paths begin with.</summary>
    public const string Root = "team_case";

    private int steps;

    public DateTimeOffset Now => now;

    /// <exception cref="FormulaEvaluationException">The formula asks for what cannot be, or for too much.</exception>
    public FormulaValue Evaluate(FormulaNode node)
    {
        Step(node);
        return node switch
        {
            FormulaNode.Literal literal => literal.Value,
            FormulaNode.Path path => Follow(path),
            FormulaNode.Unary { Operator: FormulaOperator.Not } not => FormulaValue.Of(!Evaluate(not.Operand).IsTrue),
            FormulaNode.Unary minus => new FormulaValue.Number(-NumberOf(minus.Operand)),
            FormulaNode.Binary binary => Join(binary),
            FormulaNode.Call call => call.Function.Evaluate(this, call),
            _ => throw new InvalidOperationException($"A formula has a part of kind {node.GetType().Name}."),
        };
    }

    public FormulaValue Argument(FormulaNode.Call call, int index) => Evaluate(call.Arguments[index]);

    /// <summary>The elements of a list that is an argument; each counts as a step.</summary>
    public IEnumerable<FormulaValue> Elements(FormulaNode.Call call, int index)
    {
        if (Argument(call, index) is not { } list || list is FormulaValue.Nothing) yield break;
        if (list is not FormulaValue.Json { Element.ValueKind: JsonValueKind.Array } json)
            throw new FormulaEvaluationException(call.Arguments[index].Position, "this is not a list");
        foreach (var element in json.Element.EnumerateArray())
        {
            Step(call);
            yield return FormulaValue.Of(element);
        }
    }

    /// <summary>A text that the formula made, if it is not too long.</summary>
    public static FormulaValue Made(FormulaNode node, string text) => text.Length <= FormulaLimits.MadeTextLength
        ? new FormulaValue.Text(text)
        : throw new FormulaEvaluationException(node.Position, $"the text gets longer than {FormulaLimits.MadeTextLength} characters");

    private FormulaValue Follow(FormulaNode.Path path)
    {
        var element = teamCase;
        foreach (var step in path.Steps.Skip(1))
        {
            Step(path);
            if (step is string name && element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member)) element = member;
            else if (step is int index && element.ValueKind == JsonValueKind.Array && index < element.GetArrayLength()) element = element[index];
            else return FormulaValue.Null;
        }

        return FormulaValue.Of(element);
    }

    private FormulaValue Join(FormulaNode.Binary binary)
    {
        switch (binary.Operator)
        {
            case FormulaOperator.And: return FormulaValue.Of(Evaluate(binary.Left).IsTrue && Evaluate(binary.Right).IsTrue);
            case FormulaOperator.Or: return FormulaValue.Of(Evaluate(binary.Left).IsTrue || Evaluate(binary.Right).IsTrue);
            case FormulaOperator.Equal: return FormulaValue.Of(FormulaValue.AreEqual(Evaluate(binary.Left), Evaluate(binary.Right)));
            case FormulaOperator.NotEqual: return FormulaValue.Of(!FormulaValue.AreEqual(Evaluate(binary.Left), Evaluate(binary.Right)));
            case FormulaOperator.Less: return FormulaValue.Of(Order(binary) < 0);
            case FormulaOperator.LessOrEqual: return FormulaValue.Of(Order(binary) <= 0);
            case FormulaOperator.Greater: return FormulaValue.Of(Order(binary) > 0);
            case FormulaOperator.GreaterOrEqual: return FormulaValue.Of(Order(binary) >= 0);
            case FormulaOperator.Add when Evaluate(binary.Left) is FormulaValue.Text left:
                return Evaluate(binary.Right) is FormulaValue.Text right
                    ? Made(binary, left.Value + right.Value)
                    : throw new FormulaEvaluationException(binary.Right.Position, "only a text can be added to a text");
            default: return Calculate(binary);
        }
    }

    private FormulaValue.Number Calculate(FormulaNode.Binary binary)
    {
        var (left, right) = (NumberOf(binary.Left), NumberOf(binary.Right));
        if (binary.Operator == FormulaOperator.Divide && right == 0) throw new FormulaEvaluationException(binary.Right.Position, "this is zero");
        var result = binary.Operator switch
        {
            FormulaOperator.Add => left + right,
            FormulaOperator.Subtract => left - right,
            FormulaOperator.Multiply => left * right,
            _ => left / right,
        };
        return double.IsFinite(result) ? new FormulaValue.Number(result) : throw new FormulaEvaluationException(binary.Position, "the number gets too large");
    }

    private int? Order(FormulaNode.Binary binary) => FormulaValue.Order(Evaluate(binary.Left), Evaluate(binary.Right));

    private double NumberOf(FormulaNode node)
        => Evaluate(node) is FormulaValue.Number number ? number.Value : throw new FormulaEvaluationException(node.Position, "this is not a number");

    private void Step(FormulaNode node)
    {
        if (++steps > FormulaLimits.Steps) throw new FormulaEvaluationException(node.Position, "the formula takes too many steps");
    }
}

/// <summary>A formula cannot be evaluated over a case. It never leaves <see cref="Formula"/>.</summary>
internal sealed class FormulaEvaluationException(int position, string reason) : Exception(reason)
{
    public FormulaFault Fault { get; } = new(position, reason);
}
