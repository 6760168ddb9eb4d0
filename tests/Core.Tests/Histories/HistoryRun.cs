using System.Collections.Concurrent;
using System.Globalization;

namespace Casefile.Core.Tests.Histories;

/// <summary>
/// Plays the histories of many seeds, as many at a time as there are processors. <c>CASEFILE_HISTORIES=20000</c> plays that many instead of those of a usual run,
/// <c>CASEFILE_HISTORIES_FROM</c> names the first, and <c>CASEFILE_HISTORY=4711</c> plays that one alone, or the shortened one that a failure printed.
/// </summary>
internal static class HistoryRun
{
    /// <param name="usual">How many: always the same ones, so that a usual run finds what a change broke, and a long run what nobody has seen yet.</param>
    /// <param name="play">Plays a history and throws where it fails.</param>
    public static void Check(int usual, Func<HistoryScript, HistoryResult> play)
    {
        var failed = Environment.GetEnvironmentVariable("CASEFILE_HISTORY") is { Length: > 0 } one
            ? Failure(HistoryScript.Parse(one), play)
            : PlayMany(Setting("CASEFILE_HISTORIES_FROM") ?? 0, Setting("CASEFILE_HISTORIES") ?? usual, play).Failed;
        if (failed is not null) Assert.Fail(Shortened(failed, play));
    }

    /// <summary>Plays histories until they are played or one has failed.</summary>
    /// <param name="from">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="play">Plays a history and throws where it fails.</param>
    public static HistoryTally PlayMany(int from, int count, Func<HistoryScript, HistoryResult> play)
    {
        var failures = new ConcurrentBag<FailedHistory>();
        var next = from;
        int histories = 0;
        long calls = 0, commits = 0, lists = 0, requests = 0;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            while (failures.IsEmpty && Interlocked.Increment(ref next) - 1 is var seed && seed < from + count)
            {
                Interlocked.Increment(ref histories);
                if (Failure(new HistoryScript(seed), Counted) is { } failure) failures.Add(failure);
            }
        });
        return new HistoryTally(histories, calls, commits, lists, requests, failures.MinBy(each => each.Script.Seed));

        HistoryResult Counted(HistoryScript script)
        {
            var result = play(script);
            Interlocked.Add(ref calls, result.Calls);
            Interlocked.Add(ref commits, result.Commits);
            Interlocked.Add(ref lists, result.Lists);
            Interlocked.Add(ref requests, result.Requests);
            return result;
        }
    }

    /// <summary>How to replay a failed history, and how the shortest fails that does so in the same way.</summary>
    public static string Shortened(FailedHistory failed, Func<HistoryScript, HistoryResult> play)
    {
        // A traced history is being looked at as it is.
        var shortest = failed.Script.Only is null && !RecordHistory.IsTraced
            ? HistoryShortening.Shorten(failed, each => Failure(each, play)?.Failure)
            : failed;
        return $"Seed {failed.Script.Seed}. CASEFILE_HISTORY={shortest.Script} replays it: {shortest.Failure}";
    }

    private static FailedHistory? Failure(HistoryScript script, Func<HistoryScript, HistoryResult> play)
    {
        try
        {
            play(script);
            return null;
        }
        catch (Exception exception)
        {
            return new FailedHistory(script, exception.Message);
        }
    }

    private static int? Setting(string name)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
