using System.Globalization;
using System.Text;

namespace Casefile.SideBySide;

/// <summary>Requests a second as bars on a logarithmic scale, readable on light and dark pages.</summary>
internal sealed class Chart(IReadOnlyList<Figure> figures)
{
    private const int Width = 860;
    private const int Left = 300;
    private const int Right = 90;
    private const int BarHeight = 13;
    private const int GroupGap = 14;
    private const int Top = 70;

    private static readonly (string System, string Class)[] Systems = [(Comparison.Casefile, "ours"), ("Directus", "peer"), ("bare program", "bare")];

    public string Svg
    {
        get
        {
            var groups = figures
                .Where(figure => figure.System == Comparison.Casefile && figure.Indexed && Systems.Skip(1).Any(system => Of(system.System, figure) is not null))
                .OrderBy(figure => figure.Request, StringComparer.Ordinal).ThenBy(figure => figure.Size)
                .ToList();
            var highest = Math.Ceiling(Math.Log10(Math.Max(10, groups.SelectMany(group => Systems.Select(system => Of(system.System, group)?.PerSecond ?? 1)).DefaultIfEmpty(10).Max())));
            var height = Top + (groups.Count * ((Systems.Length * BarHeight) + GroupGap)) + 30;
            var svg = new StringBuilder();
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" role="img" aria-labelledby="title">""");
            svg.AppendLine("""
                <title id="title">Requests a second of this service, Directus and a bare program, filtered and sorted fields indexed; logarithmic</title>
                <style>
                  text { font: 12px system-ui, sans-serif; fill: #24292f }
                  .small { font-size: 10px; fill: #57606a }
                  .grid { stroke: #d0d7de }
                  .ours { fill: #0969da } .peer { fill: #bc4c00 } .bare { fill: #6e7781 }
                  @media (prefers-color-scheme: dark) {
                    text { fill: #e6edf3 } .small { fill: #9198a1 } .grid { stroke: #3d444d }
                    .ours { fill: #4493f8 } .peer { fill: #f0883e } .bare { fill: #9198a1 }
                  }
                </style>
                """);
            Legend(svg);
            for (var power = 0; power <= highest; power++)
            {
                var x = X(Math.Pow(10, power), highest);
                svg.AppendLine(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{x:0.#}" x2="{x:0.#}" y1="{Top - 8}" y2="{height - 22}"/><text class="small" text-anchor="middle" x="{x:0.#}" y="{height - 8}">{Math.Pow(10, power):N0}</text>""");
            }

            var y = Top;
            foreach (var group in groups)
            {
                var size = group.Size == 0 ? "" : $", {group.Size.ToString("N0", CultureInfo.InvariantCulture)}";
                svg.AppendLine(CultureInfo.InvariantCulture, $"""<text text-anchor="end" x="{Left - 8}" y="{y + (Systems.Length * BarHeight / 2.0) + 4:0.#}">{Short(group.Request)}{size}</text>""");
                foreach (var (system, style) in Systems)
                {
                    if (Of(system, group) is { Fault: null } figure)
                    {
                        var x = X(Math.Max(1, figure.PerSecond), highest);
                        svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect class="{style}" x="{Left}" y="{y}" width="{Math.Max(1, x - Left):0.#}" height="{BarHeight - 2}"/><text class="small" x="{x + 4:0.#}" y="{y + 9}">{figure.PerSecond:N0}</text>""");
                    }

                    y += BarHeight;
                }

                y += GroupGap;
            }

            return svg.AppendLine("</svg>").ToString();
        }
    }

    private static void Legend(StringBuilder svg)
    {
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="20">Requests a second, logarithmic; filtered and sorted fields indexed</text>""");
        var x = Left;
        foreach (var (system, style) in Systems)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect class="{style}" x="{x}" y="32" width="11" height="11"/><text x="{x + 16}" y="42">{(system == Comparison.Casefile ? "this service" : system)}</text>""");
            x += 130;
        }
    }

    private static string Short(string request) => request.Split("; each another")[0] + (request.EndsWith("one client writes", StringComparison.Ordinal) ? ", one writes" : "");

    private static double X(double perSecond, double highest) => Left + (Math.Log10(perSecond) / highest * (Width - Left - Right));

    private Figure? Of(string system, Figure like)
        => figures.FirstOrDefault(figure => figure.System == system && figure.Indexed == like.Indexed && figure.Request == like.Request && figure.Size == like.Size);
}
