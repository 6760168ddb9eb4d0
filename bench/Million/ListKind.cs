using Casefile.Bench;

namespace Casefile.Million;

/// <summary>A kind of list: a filter with a few values that come in turn, an order.</summary>
/// <param name="Name">As the table names it.</param>
/// <param name="Order">The field that it is sorted by; null for creation.</param>
/// <param name="Filters">The filters of a turn, for so many records.</param>
internal sealed record ListKind(string Name, string? Order, Func<int, int, (string Field, string Operator, object? Value)[]> Filters)
{
    private const int PerPage = 20;
    private const int Deep = 10_000;

    public static readonly IReadOnlyList<ListKind> All =
    [
        new("source = x, by weight", "weight", (_, turn) => [("source", "EQUAL", SampleRecord.Sources[40 + (turn % 10)])]),
        new("kind = x, by name", "name", (_, turn) => [("kind", "EQUAL", SampleRecord.Kinds[turn % 3])]),
        new("weight > x, by seen", "seen", (_, turn) => [("weight", "GREATER_THAN", 9_000 + (turn % 10 * 50))]),
        new("open, by host", "host", (_, _) => [("open", "IS_TRUE", null)]),
        new("one of three hosts, by weight", "weight", (_, turn) => [("host", "IS_ANY_OF", Hosts(turn % 10))]),
        new("owner = x, by creation", null, (_, turn) => [("owner", "EQUAL", SampleRecord.Of(1 + (turn % 10)).Owner)]),
        new("seen > x, by owner", "owner", (records, turn) => [("seen", "GREATER_THAN", Seen(records / 10 * (1 + (turn % 3))))]),
        new("name > x, by kind", "kind", (_, turn) => [("name", "GREATER_THAN", $"alert {(char)('b' + (turn % 4))}")]),
        new("all, by note", "note", (_, _) => []),
        new("source = x and open, by name", "name", (_, turn) => [("source", "EQUAL", SampleRecord.Sources[40 + (turn % 10)]), ("open", "IS_TRUE", null)]),
    ];

    /// <summary>The one whose total is looked at after changes, and whose page 10,000 there is.</summary>
    public static ListKind Changed => All[1];

    /// <summary>Its path and query, with a number that means nothing and keeps the answer from being one that was given before.</summary>
    public string Target(SampleTable table, int records, int turn, int page, string mark) => $"{table.List(Filters(records, turn), Order, page)}&mark={mark}";

    /// <summary>Page 10,000, or the last of so many.</summary>
    public static int DeepPage(long matching) => (int)Math.Clamp((matching + PerPage - 1) / PerPage, 1, Deep);

    private static string[] Hosts(int turn) => [SampleRecord.Of(turn + 1).Host, SampleRecord.Of(turn + 2).Host, SampleRecord.Of(turn + 3).Host];

    private static string Seen(int number) => (string)SampleRecord.Of(number).Values.Single(value => value.Key == "seen").Value;
}
