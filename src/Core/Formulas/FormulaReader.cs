using System.Globalization;
using System.Text;

namespace Casefile.Core.Formulas;

/// <summary>Reads a formula's text.</summary>
internal sealed class FormulaReader(string text)
{
    private int at;
    private int depth;
    private int links;

    /// <exception cref="FormulaEvaluationException">The text is not a formula.</exception>
    public FormulaNode Read()
    {
        if (text.Length > FormulaLimits.TextLength) throw Fault(FormulaLimits.TextLength, $"a formula has at most {FormulaLimits.TextLength} characters");
        SkipSpace();
        if (Current == '=') at++;
        var formula = ReadLevel(0);
        SkipSpace();
        return at == text.Length ? formula : throw Fault(at, $"'{Rune()}' is not expected here");
    }

    private char Current => at < text.Length ? text[at] : '\0';

    private FormulaNode ReadLevel(int level)
    {
        if (level == FormulaOperators.Levels.Count) return ReadUnary();
        var left = level == FormulaOperators.LevelOfNot && TryWord("NOT") is { } not
            ? Nested(not, () => new FormulaNode.Unary(not + 1, FormulaOperator.Not, ReadLevel(level)))
            : ReadLevel(level + 1);
        while (TryOperator(FormulaOperators.Levels[level]) is { } operation)
            left = new FormulaNode.Binary(left.Position, operation, left, Counted(() => ReadLevel(level + 1)));
        return left;
    }

    private FormulaNode ReadUnary()
    {
        SkipSpace();
        if (Current != '-') return ReadPrimary();
        var start = at++;
        return Nested(start, () => new FormulaNode.Unary(start + 1, FormulaOperator.Negate, ReadUnary()));
    }

    private FormulaNode ReadPrimary()
    {
        SkipSpace();
        var start = at;
        if (Current == '(')
        {
            at++;
            var inner = Nested(start, () => ReadLevel(0));
            Expect(')');
            return inner;
        }

        if (Current is '"' or '\'') return new FormulaNode.Literal(start + 1, new FormulaValue.Text(ReadText()));
        if (char.IsAsciiDigit(Current)) return new FormulaNode.Literal(start + 1, new FormulaValue.Number(ReadNumber()));
        if (ReadName() is not { } name)
            throw Fault(start, at == text.Length ? "a value is missing" : $"'{Rune()}' is not expected here");

        SkipSpace();
        if (Current == '(') return ReadCall(start, name);
        return name.ToUpperInvariant() switch
        {
            "TRUE" => new FormulaNode.Literal(start + 1, FormulaValue.True),
            "FALSE" => new FormulaNode.Literal(start + 1, FormulaValue.False),
            "NULL" => new FormulaNode.Literal(start + 1, FormulaValue.Null),
            _ when name == FormulaEvaluation.Root => ReadPath(start, name),
            _ => throw Fault(start, $"'{name}' is not known; a formula sees nothing but {FormulaEvaluation.Root}"),
        };
    }

    private FormulaNode.Call ReadCall(int start, string name)
    {
        if (!FormulaFunction.All.TryGetValue(name, out var function)) throw Fault(start, $"there is no function {name}");
        at++;
        var arguments = new List<FormulaNode>();
        SkipSpace();
        if (Current == ')')
        {
            at++;
        }
        else
        {
            do
            {
                arguments.Add(Nested(start, () => ReadLevel(0)));
                SkipSpace();
            }
            while (TryTake(','));
            Expect(')');
        }

        return arguments.Count >= function.Fewest && arguments.Count <= function.Most
            ? new FormulaNode.Call(start + 1, function, arguments)
            : throw Fault(start, function.Fewest == function.Most
                ? $"{function.Name} takes {function.Fewest} arguments, not {arguments.Count}"
                : $"{function.Name} takes {function.Fewest} to {function.Most} arguments, not {arguments.Count}");
    }

    private FormulaNode.Path ReadPath(int start, string root)
    {
        var steps = new List<object> { root };
        while (true)
        {
            if (TryTake('.'))
            {
                steps.Add(ReadName() ?? throw Fault(at, "the name of a member is missing"));
            }
            else if (TryTake('['))
            {
                SkipSpace();
                var digits = at;
                while (char.IsAsciiDigit(Current)) at++;
                if (!int.TryParse(text.AsSpan(digits, at - digits), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                    throw Fault(digits, "an index is a whole number from 0");
                steps.Add(index);
                Expect(']');
            }
            else
            {
                return new FormulaNode.Path(start + 1, steps);
            }
        }
    }

    private string ReadText()
    {
        var (start, quote) = (at, text[at++]);
        var read = new StringBuilder();
        while (at < text.Length)
        {
            var c = text[at++];
            if (c == quote) return read.ToString();
            if (c == '\\' && at < text.Length) c = text[at++];
            read.Append(c);
        }

        throw Fault(start, "the text has no end");
    }

    private double ReadNumber()
    {
        var start = at;
        while (char.IsAsciiDigit(Current)) at++;
        if (Current == '.')
        {
            at++;
            while (char.IsAsciiDigit(Current)) at++;
        }

        if (Current is 'e' or 'E')
        {
            at++;
            if (Current is '+' or '-') at++;
            while (char.IsAsciiDigit(Current)) at++;
        }

        return double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Fault(start, $"'{text[start..at]}' is not a number");
    }

    private string? ReadName()
    {
        var start = at;
        if (!char.IsAsciiLetter(Current) && Current != '_') return null;
        while (char.IsAsciiLetterOrDigit(Current) || Current == '_') at++;
        return text[start..at];
    }

    private FormulaOperator? TryOperator(IReadOnlyList<FormulaOperator> level)
    {
        SkipSpace();
        foreach (var length in (ReadOnlySpan<int>)[3, 2, 1])
        {
            if (at + length > text.Length || FormulaOperators.Of(text.Substring(at, length)) is not { } operation || !level.Contains(operation)) continue;
            if (char.IsAsciiLetter(text[at]) && at + length < text.Length && (char.IsAsciiLetterOrDigit(text[at + length]) || text[at + length] == '_')) continue;
            at += length;
            return operation;
        }

        return null;
    }

    /// <summary>Where the word begins, when it stands here as a word of its own and not as a function's name.</summary>
    private int? TryWord(string word)
    {
        SkipSpace();
        var (start, name) = (at, ReadName());
        if (string.Equals(name, word, StringComparison.OrdinalIgnoreCase)) return start;
        at = start;
        return null;
    }

    private bool TryTake(char c)
    {
        if (Current != c) return false;
        at++;
        return true;
    }

    private void Expect(char c)
    {
        SkipSpace();
        if (!TryTake(c)) throw Fault(at, $"'{c}' is missing");
    }

    private T Nested<T>(int start, Func<T> read)
    {
        if (++depth > FormulaLimits.Depth) throw Fault(start, $"a formula is nested at most {FormulaLimits.Depth} deep");
        var result = read();
        depth--;
        return result;
    }

    /// <summary>A chain such as 1+1+1… nests to the left without end, so its links are counted.</summary>
    private FormulaNode Counted(Func<FormulaNode> read)
    {
        if (++links > FormulaLimits.Operators) throw Fault(at, $"a formula has at most {FormulaLimits.Operators} operators");
        return read();
    }

    private void SkipSpace()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    private string Rune() => char.IsSurrogatePair(text, at) ? text.Substring(at, 2) : text[at].ToString();

    private static FormulaEvaluationException Fault(int index, string reason) => new(index + 1, reason);
}
