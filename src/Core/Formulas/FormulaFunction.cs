using System.Text.RegularExpressions;

namespace Casefile.Core.Formulas;

/// <summary>A function that formulas may call.</summary>
/// <param name="Name">As it is written, in any case.</param>
/// <param name="Fewest">The fewest arguments.</param>
/// <param name="Most">The most arguments.</param>
/// <param name="Evaluate">Comes to a value, or throws <see cref="FormulaEvaluationException"/>. Arguments are evaluated only as far as they are asked for.</param>
internal sealed record FormulaFunction(string Name, int Fewest, int Most, Func<FormulaEvaluation, FormulaNode.Call, FormulaValue> Evaluate)
{
    /// <summary>All of them by name.</summary>
    public static IReadOnlyDictionary<string, FormulaFunction> All { get; } = new FormulaFunction[]
    {
        new("SIZE", 1, 1, (run, call) => new FormulaValue.Number(SizeOf(run, call))),
        new("COUNT", 1, 2, Count),
        new("IS_EMPTY", 1, 1, (run, call) => FormulaValue.Of(run.Argument(call, 0).IsEmpty)),
        new("IS_PRESENT", 1, 1, (run, call) => FormulaValue.Of(!run.Argument(call, 0).IsEmpty)),
        new("CONTAINS", 2, 2, Contains),
        new("MATCH", 2, 2, Match),
        new("UPCASE", 1, 1, (run, call) => FormulaEvaluation.Made(call, TextOf(run, call, 0).ToUpperInvariant())),
        new("DOWNCASE", 1, 1, (run, call) => FormulaEvaluation.Made(call, TextOf(run, call, 0).ToLowerInvariant())),
        new("IF", 2, 3, If),
        new("DATE", 1, 1, (run, call) => FormulaValue.AsDate(run.Argument(call, 0)) is { } date
            ? new FormulaValue.Date(date)
            : throw new FormulaEvaluationException(call.Arguments[0].Position, "this is not a date")),
        new("NOW", 0, 0, (run, _) => new FormulaValue.Date(run.Now)),
        new("AND", 1, 100, (run, call) => FormulaValue.Of(Enumerable.Range(0, call.Arguments.Count).All(i => run.Argument(call, i).IsTrue))),
        new("OR", 1, 100, (run, call) => FormulaValue.Of(Enumerable.Range(0, call.Arguments.Count).Any(i => run.Argument(call, i).IsTrue))),
    }.ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);

    private static int SizeOf(FormulaEvaluation run, FormulaNode.Call call)
        => run.Argument(call, 0).Size ?? throw new FormulaEvaluationException(call.Arguments[0].Position, "this has no size");

    private static FormulaValue.Number Count(FormulaEvaluation run, FormulaNode.Call call)
    {
        if (call.Arguments.Count == 1) return new FormulaValue.Number(SizeOf(run, call));
        var wanted = run.Argument(call, 1);
        return new FormulaValue.Number(run.Elements(call, 0).Count(element => FormulaValue.AreEqual(element, wanted)));
    }

    private static FormulaValue Contains(FormulaEvaluation run, FormulaNode.Call call)
    {
        var sought = run.Argument(call, 1);
        return run.Argument(call, 0) switch
        {
            FormulaValue.Text text => FormulaValue.Of(text.Value.Contains(TextOf(run, call, 1), StringComparison.Ordinal)),
            FormulaValue.Nothing => FormulaValue.False,
            _ => FormulaValue.Of(run.Elements(call, 0).Any(element => FormulaValue.AreEqual(element, sought))),
        };
    }

    private static FormulaValue Match(FormulaEvaluation run, FormulaNode.Call call)
    {
        if (run.Argument(call, 0) is FormulaValue.Nothing) return FormulaValue.False;
        var pattern = TextOf(run, call, 1);
        if (pattern.Length > FormulaLimits.PatternLength)
            throw new FormulaEvaluationException(call.Arguments[1].Position, $"a regular expression has at most {FormulaLimits.PatternLength} characters");
        try
        {
            return FormulaValue.Of(Regex.IsMatch(
                TextOf(run, call, 0), pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, FormulaLimits.MatchTime));
        }
        catch (RegexMatchTimeoutException)
        {
            throw new FormulaEvaluationException(call.Position, "the regular expression takes too long");
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new FormulaEvaluationException(call.Arguments[1].Position, "this is not a regular expression that can be used here");
        }
    }

    private static FormulaValue If(FormulaEvaluation run, FormulaNode.Call call)
        => run.Argument(call, 0).IsTrue ? run.Argument(call, 1)
            : call.Arguments.Count == 3 ? run.Argument(call, 2)
            : FormulaValue.Null;

    private static string TextOf(FormulaEvaluation run, FormulaNode.Call call, int index) => run.Argument(call, index) switch
    {
        FormulaValue.Text text => text.Value,
        FormulaValue.Nothing => "",
        _ => throw new FormulaEvaluationException(call.Arguments[index].Position, "this is not a text"),
    };
}
