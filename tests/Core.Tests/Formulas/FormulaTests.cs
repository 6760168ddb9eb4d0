using System.Diagnostics;
using System.Text.Json;
using Casefile.Core.Formulas;
using CsCheck;

namespace Casefile.Core.Tests.Formulas;

public sealed class FormulaTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly JsonElement Case = JsonDocument.Parse("""
        {
          "name": "Suspicious login", "priority": "HIGH", "description": "", "score": 7.5, "sub_status": null,
          "assignees": [{ "email": "jane@example.com" }, { "email": "joe@example.com" }],
          "tags": ["login", "security"], "tasks": [{ "description": "call", "completed": true }, { "description": "isolate", "completed": false }],
          "opened_at": "2025-12-31T00:00:00Z", "metadata": { "key": "value" }
        }
        """).RootElement;

    [Theory]
    [InlineData("=SIZE(team_case.assignees) > 0", true)]
    [InlineData("SIZE(team_case.assignees) = 2", true)]
    [InlineData("=team_case.priority = \"HIGH\" AND NOT IS_EMPTY(team_case.tags)", true)]
    [InlineData("=team_case.priority = 'high'", false)]
    [InlineData("=DOWNCASE(team_case.priority) = 'high'", true)]
    [InlineData("=UPCASE(team_case.name) = 'SUSPICIOUS LOGIN'", true)]
    [InlineData("=IS_PRESENT(team_case.description)", false)]
    [InlineData("=IS_EMPTY(team_case.sub_status) AND IS_EMPTY(team_case.nothing.at[3].all)", true)]
    [InlineData("=CONTAINS(team_case.tags, 'login')", true)]
    [InlineData("=CONTAINS(team_case.name, 'login') AND NOT CONTAINS(team_case.name, 'Login')", true)]
    [InlineData("=MATCH(team_case.name, '^Susp.*login$')", true)]
    [InlineData("=team_case.tasks[0].completed AND NOT team_case.tasks[1].completed", true)]
    [InlineData("=COUNT(team_case.tags, 'login') = 1 AND COUNT(team_case.tags) = 2", true)]
    [InlineData("=IF(team_case.score > 7, team_case.score + 1, 0) = 8.5", true)]
    [InlineData("=NOW() > DATE(team_case.opened_at) AND DATE('2026-01-02T03:04:05Z') = NOW()", true)]
    [InlineData("=team_case.opened_at < NOW()", true)]
    [InlineData("=1 + 2 * 3 - 4 / 2 = 5 AND -(1 - 2) = 1 AND 2 - 1 - 1 = 0", true)]
    [InlineData("=FALSE OR TRUE AND FALSE", false)]
    [InlineData("=OR(FALSE, AND(TRUE, 1)) ", true)]
    [InlineData("=NOT team_case.score = 1", true)]
    [InlineData("=NULL < 1 OR NULL > 1 OR NULL", false)]
    [InlineData("=team_case.name + '!' = 'Suspicious login!'", true)]
    [InlineData("=team_case.metadata.key = \"value\" and true", true)]
    [InlineData("=team_case.tags = team_case.tags", true)]
    public void A_formula_holds_or_not(string text, bool holds)
    {
        Assert.True(Formula.TryRead(text, out var formula, out _));
        Assert.Equal(holds, formula.Holds(Case, Now, out var fault));
        Assert.Null(fault);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("=", 2)]
    [InlineData("=1 +", 5)]
    [InlineData("=SIZE(team_case.tags", 21)]
    [InlineData("=SIZE()", 2)]
    [InlineData("=SIZE(1, 2)", 2)]
    [InlineData("=EXEC('rm')", 2)]
    [InlineData("=story.name = 1", 2)]
    [InlineData("=team_case.", 12)]
    [InlineData("=team_case.tags[-1]", 17)]
    [InlineData("=team_case.tags[99999999999]", 17)]
    [InlineData("='open", 2)]
    [InlineData("=1 2", 4)]
    [InlineData("=(1", 4)]
    [InlineData("=1 = 2 )", 8)]
    [InlineData("=\U0001F600", 2)]
    [InlineData("=1e999", 2)]
    public void What_is_no_formula_is_refused_with_its_place(string text, int position)
    {
        Assert.False(Formula.TryRead(text, out _, out var fault));
        Assert.Equal(position, fault.Position);
    }

    [Theory]
    [InlineData("=1 / (team_case.score - 7.5) = 1", 7)]
    [InlineData("=team_case.name * 2 = 1", 2)]
    [InlineData("=SIZE(team_case.score) = 1", 7)]
    [InlineData("=DATE(team_case.name) < NOW()", 7)]
    [InlineData("=MATCH(team_case.name, '(')", 24)]
    [InlineData("=MATCH(team_case.name, '(a)\\\\1')", 24)]
    [InlineData("=CONTAINS(team_case.metadata, 'x')", 11)]
    public void What_cannot_be_evaluated_does_not_hold_and_says_where(string text, int position)
    {
        Assert.True(Formula.TryRead(text, out var formula, out _));
        Assert.False(formula.Holds(Case, Now, out var fault));
        Assert.Equal(position, fault?.Position);
    }

    [Fact]
    public void Nesting_and_chains_are_bounded()
    {
        Assert.False(Formula.TryRead(new string('(', 500) + "1" + new string(')', 500), out _, out _));
        Assert.False(Formula.TryRead(string.Concat(Enumerable.Repeat("NOT ", 500)) + "1", out _, out _));
        Assert.False(Formula.TryRead(new string('-', 500) + "1", out _, out _));
        Assert.False(Formula.TryRead(string.Join('+', Enumerable.Repeat("1", 1_000)), out _, out _));
        Assert.False(Formula.TryRead(new string(' ', 5_000), out _, out _));
    }

    [Fact]
    public void Steps_are_bounded_whatever_the_size_of_the_case()
    {
        var large = JsonSerializer.SerializeToElement(new { list = Enumerable.Range(0, 50_000).ToArray() });
        Assert.True(Formula.TryRead("=COUNT(team_case.list, 1) = 1", out var formula, out _));
        Assert.False(formula.Holds(large, Now, out var fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void A_regular_expression_that_would_backtrack_for_ever_does_not()
    {
        var hostile = JsonSerializer.SerializeToElement(new { name = new string('a', 50_000) + "!" });
        Assert.True(Formula.TryRead("=MATCH(team_case.name, '^(a+)+$')", out var formula, out _));
        var started = Stopwatch.GetTimestamp();
        Assert.False(formula.Holds(hostile, Now, out _));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 10);
    }

    [Fact]
    public void A_printed_formula_reads_back_to_itself()
        => Formulas(4).Sample(text =>
        {
            Assert.True(Formula.TryRead(text, out var formula, out _), text);
            Assert.True(Formula.TryRead(formula.ToString(), out var again, out var fault), $"{formula}: {fault}");
            Assert.Equal(formula, again);
            Assert.Equal(formula.Holds(Case, Now, out _), again.Holds(Case, Now, out _));
        });

    [Fact]
    public void No_input_crashes_or_hangs_it()
        => Gen.OneOf(Gen.String, Pieces.Array[0, 40].Select(pieces => string.Concat(pieces))).Sample(
            text =>
            {
                if (Formula.TryRead(text, out var formula, out var fault)) formula.Holds(Case, Now, out _);
                else Assert.InRange(fault.Position, 1, text.Length + 1);
            },
            iter: 20_000);

    private static readonly Gen<string> Pieces = AnyOf(
        "=", "!=", "<", ">=", "+", "-", "*", "/", "(", ")", "[", "]", ".", ",", "\"", "'", "\\", " ", "1", "0.5", "1e9", "AND", "OR", "NOT ", "TRUE", "NULL",
        "team_case", "team_case.tags", "SIZE(", "IF(", "MATCH(", "NOW()", "DATE(", "CONTAINS(", "\U0001F600", "\ud800", "\0", "login");

    private static Gen<string> AnyOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<string> Formulas(int depth)
    {
        var leaf = AnyOf(
            "1", "0.25", "1e21", "TRUE", "FALSE", "NULL", "'a\\'b'", "\"c\\\\d\"", "team_case.score", "team_case.tags", "team_case.tasks[1].completed", "NOW()", "team_case.name");
        if (depth == 0) return leaf;
        var inner = Formulas(depth - 1);
        var bracketed = Gen.Select(inner, Gen.Bool, (text, brackets) => brackets ? $"({text})" : text);
        return Gen.OneOf(
            leaf,
            Gen.Select(bracketed, AnyOf("+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", " AND ", " or "), bracketed, (left, join, right) => $"{left}{join}{right}"),
            bracketed.Select(text => $"(NOT ({text}))"),
            bracketed.Select(text => $"-({text})"),
            Gen.Select(AnyOf("SIZE", "IS_EMPTY", "UPCASE", "DATE"), inner, (name, argument) => $"{name}({argument})"),
            Gen.Select(inner, inner, inner, (condition, yes, no) => $"IF({condition}, {yes}, {no})"));
    }
}
