using System.Collections.Concurrent;
using System.Globalization;

namespace Casefile.Faults;

/// <summary>What happened in a run, counted while it goes on.</summary>
public sealed class FaultReport(FaultOptions options)
{
    private const int MostViolations = 50;

    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> violations = new();

    /// <summary>What was promised and not kept; the first of them.</summary>
    public IReadOnlyCollection<string> Violations => violations;

    /// <summary>How long the clients worked.</summary>
    public TimeSpan Took { get; set; }

    /// <summary>The lines above the rows of a table in Markdown.</summary>
    public static string Head { get; } = """
        | storage | processes | creates acknowledged | refused by a limit | told 503, not repeated | outcome unknown, not repeated | attempts repeated | changed | deleted | SIGKILLs | storage restarts | connections cut, half-closed, held | looks at limits | violations | time |
        |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
        """;

    /// <summary>How often something was counted.</summary>
    public int this[string what] => counts.GetValueOrDefault(what);

    /// <summary>Counts.</summary>
    public void Count(string what) => counts.AddOrUpdate(what, 1, (_, count) => count + 1);

    /// <summary>Something was promised and not kept.</summary>
    public void Violated(string what)
    {
        Count("violations");
        if (violations.Count < MostViolations) violations.Enqueue(what);
    }

    /// <summary>A row of the table.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {(options.Embedded ? "embedded" : "Azurite")} | {options.Processes} | {this["acknowledged"]:N0} | {this["limited"]:N0} | {this["unavailable"]:N0} | {this["unknown"]:N0} | {this["repeated"]:N0} | {this["changed"]:N0} | {this["deleted"]:N0} | {this["kills"]} | {this["outages"]} | {this["cut"]:N0}, {this["half-closed"]:N0}, {this["held"]:N0} | {this["looks"]:N0} | {this["violations"]} | {Took.TotalSeconds:N0} s |");
}
