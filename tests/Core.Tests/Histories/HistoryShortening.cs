using System.Text.RegularExpressions;

namespace Casefile.Core.Tests.Histories;

/// <summary>
/// Makes a failing history shorter: leaves out calls, first many at once and then fewer, for as long as it still fails in the same way. What is left may need
/// the calls in another order than the seed's, so some orders are tried.
/// </summary>
internal static partial class HistoryShortening
{
    private const int Orders = 3;
    private const int MostRuns = 600;

    /// <param name="failing">A history that fails.</param>
    /// <param name="play">Plays a history; returns how it fails, or null.</param>
    /// <returns>The shortest that was found, and how it fails.</returns>
    public static FailedHistory Shorten(FailedHistory failing, Func<HistoryScript, string?> play)
    {
        var kind = KindOf(failing.Failure);
        var best = failing;
        var kept = HistoryScript.All.Where(failing.Script.Has).ToList();
        var runs = 0;
        for (var chunk = kept.Count / 2; chunk > 0 && runs < MostRuns;)
        {
            var before = kept.Count;
            for (var start = 0; start < kept.Count && runs < MostRuns;)
            {
                var fewer = kept.Take(start).Concat(kept.Skip(start + chunk)).ToList();
                if (Fails(fewer) is { } still) (kept, best) = (fewer, still);
                else start += chunk;
            }

            if (chunk > 1 || kept.Count == before) chunk /= 2;
        }

        return best;

        FailedHistory? Fails(IReadOnlyList<HistoryCall> calls)
        {
            for (var order = 0; order < Orders; order++)
            {
                runs++;
                var script = failing.Script with { Order = (best.Script.Order + order) % Orders, Only = calls };
                if (play(script) is { } again && KindOf(again) == kind) return new FailedHistory(script, again);
            }

            return null;
        }
    }

    /// <summary>The first line without what has a number in it: which record or blob it is depends on what was left out.</summary>
    private static string KindOf(string failure) => Numbered().Replace(failure.Split('\n')[0], "#");

    [GeneratedRegex(@"\S*\d\S*")]
    private static partial Regex Numbered();
}
