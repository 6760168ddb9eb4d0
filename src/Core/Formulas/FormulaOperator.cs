namespace Casefile.Core.Formulas;

/// <summary>What joins or changes operands.</summary>
internal enum FormulaOperator
{
    Or,
    And,
    Not,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
}

/// <summary>Operators as they are written.</summary>
internal static class FormulaOperators
{
    private static readonly Dictionary<string, FormulaOperator> BySymbol = new(StringComparer.OrdinalIgnoreCase)
    {
        ["OR"] = FormulaOperator.Or,
        ["AND"] = FormulaOperator.And,
        ["="] = FormulaOperator.Equal,
        ["!="] = FormulaOperator.NotEqual,
        ["<"] = FormulaOperator.Less,
        ["<="] = FormulaOperator.LessOrEqual,
        [">"] = FormulaOperator.Greater,
        [">="] = FormulaOperator.GreaterOrEqual,
        ["+"] = FormulaOperator.Add,
        ["-"] = FormulaOperator.Subtract,
        ["*"] = FormulaOperator.Multiply,
        ["/"] = FormulaOperator.Divide,
    };

    private static readonly Dictionary<FormulaOperator, string> Symbols = BySymbol.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The operators that join two operands, by how loosely they bind; those of a level are read from left to right.</summary>
    public static IReadOnlyList<IReadOnlyList<FormulaOperator>> Levels { get; } =
    [
        [FormulaOperator.Or],
        [FormulaOperator.And],
        [
            FormulaOperator.Equal, FormulaOperator.NotEqual, FormulaOperator.Less,
            FormulaOperator.LessOrEqual, FormulaOperator.Greater, FormulaOperator.GreaterOrEqual,
        ],
        [FormulaOperator.Add, FormulaOperator.Subtract],
        [FormulaOperator.Multiply, FormulaOperator.Divide],
    ];

    /// <summary>NOT binds as comparisons do, and reaches over them: <c>NOT a = b</c> is <c>NOT (a = b)</c>.</summary>
    public const int LevelOfNot = 2;

    /// <summary>The level of an operator that joins two operands.</summary>
    public static int LevelOf(FormulaOperator operation)
    {
        var level = 0;
        while (!Levels[level].Contains(operation)) level++;
        return level;
    }

    /// <summary>The operator that is written so, or null.</summary>
    public static FormulaOperator? Of(string symbol) => BySymbol.TryGetValue(symbol, out var found) ? found : null;

    /// <summary>How an operator of two operands is written.</summary>
    public static string Symbol(FormulaOperator operation) => Symbols[operation];
}
