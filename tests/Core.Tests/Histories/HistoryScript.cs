using System.Globalization;

namespace Casefile.Core.Tests.Histories;

/// <summary>A call of a history.</summary>
internal readonly record struct HistoryCall(int Round, int Caller, int Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Round}.{Caller}.{Number}");

    public static HistoryCall Parse(string text)
        => text.Split('.') is [var round, var caller, var number] ? new(Int(round), Int(caller), Int(number)) : throw new FormatException($"{text} names no call.");

    private static int Int(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

/// <summary>
/// What a history does: rounds of traffic, in each some clients at the same time with some calls each. What a call does depends on its seed and its
/// place alone, so that calls may be left out and the others stay what they are.
/// </summary>
/// <param name="Seed">Decides everything.</param>
/// <param name="Order">Another order of the same calls; 0 for the seed's own.</param>
/// <param name="Only">The calls that are made; null for all.</param>
internal sealed record HistoryScript(int Seed, int Order = 0, IReadOnlyList<HistoryCall>? Only = null)
{
    public const int Rounds = 3;
    public const int Callers = 4;
    public const int Calls = 8;

    /// <summary>All calls that a script may make.</summary>
    public static IEnumerable<HistoryCall> All
        => from round in Enumerable.Range(0, Rounds) from number in Enumerable.Range(0, Calls) from caller in Enumerable.Range(0, Callers) select new HistoryCall(round, caller, number);

    public bool Has(HistoryCall call) => Only is null || Only.Contains(call);

    /// <summary>As it is written in <c>CASEFILE_HISTORY</c>: 4711, or 4711/1:0.0.2,1.3.0 for the order 1 and two calls alone.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Seed}{(Order == 0 ? "" : $"/{Order}")}{(Only is null ? "" : $":{string.Join(',', Only)}")}");

    /// <exception cref="FormatException">It is not a script.</exception>
    public static HistoryScript Parse(string text)
    {
        var (head, calls) = text.Split(':') is [var one, var other] ? (one, other) : (text, null);
        var (seed, order) = head.Split('/') is [var first, var second] ? (first, second) : (head, "0");
        return new HistoryScript(
            int.Parse(seed, NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(order, NumberStyles.None, CultureInfo.InvariantCulture),
            calls?.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(HistoryCall.Parse).ToArray());
    }
}
