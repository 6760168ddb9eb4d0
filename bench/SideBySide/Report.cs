using System.Globalization;
using System.Text;

namespace Casefile.SideBySide;

/// <summary>The figures as tables and a chart.</summary>
/// <param name="figures">All that were taken.</param>
/// <param name="about">Machine, load and length of the run.</param>
internal sealed class Report(IReadOnlyList<Figure> figures, string about)
{
    private const string Begin = "<!-- figures -->";
    private const string End = "<!-- /figures -->";
    private const string Peer = "Directus";
    private const string Bare = "bare program";

    public string Markdown
    {
        get
        {
            var text = new StringBuilder();
            text.AppendLine(about).AppendLine();
            Compare(text, "Filtered and sorted fields are indexed", Comparison.Casefile, indexed: true);
            Compare(text, "Nothing is indexed but ids", Comparison.Casefile, indexed: false);
            Compare(text, "This service over Azurite", Comparison.CasefileOverAzurite, indexed: true);
            WhereThePeerIsFaster(text);
            CreatesBesideStorage(text);
            All(text);
            ThrownAway(text);
            return text.ToString();
        }
    }

    /// <summary>Puts the tables between the marks of side-by-side.md, and the chart beside it.</summary>
    public void Write(string docs)
    {
        var path = Path.Combine(docs, "side-by-side.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new InvalidOperationException($"{path} has no {Begin} … {End}.");
        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n{Markdown}{text[end..]}");
        File.WriteAllText(Path.Combine(docs, "side-by-side.svg"), new Chart(figures).Svg);
    }

    private void Compare(StringBuilder text, string title, string ours, bool indexed)
    {
        var rows = figures.Where(figure => figure.System == ours && figure.Indexed == indexed)
            .Select(figure => (Ours: figure, Peer: Same(figure, Peer), Bare: Same(figure, Bare)))
            .Where(row => row.Peer is not null || row.Bare is not null)
            .OrderBy(row => row.Ours.Request, StringComparer.Ordinal).ThenBy(row => row.Ours.Size)
            .ToList();
        if (rows.Count == 0) return;
        text.AppendLine(CultureInfo.InvariantCulture, $"**{title}.** Requests a second; p50 and p99 in ms.").AppendLine();
        text.AppendLine("| request | records | this service | Directus | times Directus | bare program | times the bare program |");
        text.AppendLine("|---|---|---|---|---|---|---|");
        foreach (var (our, peer, bare) in rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {our.Request} | {Size(our)} | {Shown(our)} | {Shown(peer)} | {Ratio(our, peer)} | {Shown(bare)} | {Ratio(our, bare)} |");
        text.AppendLine();
    }

    private void WhereThePeerIsFaster(StringBuilder text)
    {
        var faster = figures.Where(figure => figure.System is Comparison.Casefile or Comparison.CasefileOverAzurite && figure.Fault is null)
            .Select(figure => (Ours: figure, Peer: Same(figure, Peer)))
            .Where(row => row.Peer is { Fault: null } peer && peer.PerSecond > row.Ours.PerSecond)
            .Select(row => $"{row.Ours.Request}, {Size(row.Ours)} records{(row.Ours.Indexed ? "" : ", not indexed")} ({row.Ours.System})")
            .ToList();
        if (figures.Any(figure => figure.System == Peer))
            text.AppendLine(faster.Count == 0 ? "Directus is faster in none of these." : $"**Directus is faster in:** {string.Join("; ", faster)}.").AppendLine();
    }

    private void CreatesBesideStorage(StringBuilder text)
    {
        if (!figures.Any(figure => figure.Request == BareStorage.Hundred)) return;
        text.AppendLine("**Creates beside the bare storage.** The same storage, used by the benchmark's own process without the service, its protocol or HTTP.").AppendLine();
        text.AppendLine("| storage | callers | creates/s over HTTP | single inserts/s, bare | times | rows/s of bare transactions of 100 | of that |");
        text.AppendLine("|---|---|---|---|---|---|---|");
        foreach (var system in (string[])[Comparison.Casefile, Comparison.CasefileOverAzurite])
        {
            foreach (var (callers, name) in new[] { (16, Operation.Create.Name), (Comparison.ManyClients, $"{Operation.Create.Name}, {Comparison.ManyClients} clients") })
            {
                var (creates, single, hundred) = (Find(system, name), Find(system, $"{BareStorage.Single}, {callers} callers"), Find(system, BareStorage.Hundred));
                if (creates is null || single is null || hundred is null) continue;
                text.AppendLine(CultureInfo.InvariantCulture, $"| {(system == Comparison.Casefile ? "embedded" : "Azurite")} | {callers} | {creates.PerSecond:N0} | {single.PerSecond:N0} | {creates.PerSecond / single.PerSecond:N2} | {hundred.PerSecond:N0} | {creates.PerSecond / hundred.PerSecond:P0} |");
            }
        }

        text.AppendLine();

        Figure? Find(string system, string request) => figures.FirstOrDefault(figure => figure.System == system && figure.Request == request && figure.Size == 0);
    }

    private void All(StringBuilder text)
    {
        text.AppendLine("**Every figure.** The processor time is the server's and its database's, for one answer; it depends less on what else runs on the machine.").AppendLine();
        text.AppendLine("| system | indexed | request | records | requests/s | p50 ms | p99 ms | CPU ms |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var figure in figures.Where(figure => figure.Fault is null))
            text.AppendLine(CultureInfo.InvariantCulture, $"| {figure.System} | {(figure.Indexed ? "yes" : "no")} | {figure.Request} | {Size(figure)} | {Amount(figure.PerSecond)} | {figure.P50:N2} | {Time(figure.P99)} | {Time(figure.ProcessorTime)} |");
        text.AppendLine();
    }

    private void ThrownAway(StringBuilder text)
    {
        foreach (var figure in figures.Where(figure => figure.Fault is not null))
            text.AppendLine(CultureInfo.InvariantCulture, $"Thrown away: {figure.System}, {figure.Request}, {figure.Size} records: {figure.Fault}").AppendLine();
    }

    private Figure? Same(Figure figure, string system)
        => figures.FirstOrDefault(other => other.System == system && other.Indexed == figure.Indexed && other.Request == figure.Request && other.Size == figure.Size);

    private static string Size(Figure figure) => figure.Size == 0 ? "" : figure.Size.ToString("N0", CultureInfo.InvariantCulture);

    private static string Shown(Figure? figure) => figure switch
    {
        null => "",
        { Fault: not null } => "thrown away",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Amount(figure.PerSecond)} ({Time(figure.P50)}, {Time(figure.P99)})"),
    };

    private static string Ratio(Figure ours, Figure? other)
        => other is null || ours.Fault is not null || other.Fault is not null ? "" : string.Create(CultureInfo.InvariantCulture, $"{ours.PerSecond / other.PerSecond:0.0}");

    private static string Amount(double perSecond) => perSecond.ToString(perSecond < 100 ? "N1" : "N0", CultureInfo.InvariantCulture);

    private static string Time(double? milliseconds) => milliseconds?.ToString(milliseconds < 10 ? "N2" : "N0", CultureInfo.InvariantCulture) ?? "";
}
