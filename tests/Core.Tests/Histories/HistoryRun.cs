using System.Collections.Concurrent;
using System.Diagnostics;
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
    public static void PlayMany(int usual, Action<HistoryScript> play)
    {
        if (Environment.GetEnvironmentVariable("CASEFILE_HISTORY") is { Length: > 0 } one)
        {
            PlayOne(HistoryScript.Parse(one), play);
            return;
        }

        var started = Stopwatch.StartNew();
        var failures = new ConcurrentDictionary<int, string>();
        var next = Setting("CASEFILE_HISTORIES_FROM") ?? 0;
        var end = next + (Setting("CASEFILE_HISTORIES") ?? usual);
        var ran = 0;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            while (failures.IsEmpty && Interlocked.Increment(ref next) - 1 is var seed && seed < end)
            {
                Interlocked.Increment(ref ran);
                if (Failure(new HistoryScript(seed), play) is { } failure) failures[seed] = failure;
            }
        });
        foreach (var (seed, failure) in failures.OrderBy(each => each.Key))
            Assert.Fail($"Seed {seed}, after {ran} histories and {started.Elapsed.TotalSeconds:0.0} s. {Shortened(new HistoryScript(seed), failure, play)}");
        Console.WriteLine($"{ran} histories in {started.Elapsed.TotalSeconds:0.0} s");
    }

    /// <summary>Plays a history; a failure says how to replay it, and the shortest that fails in the same way.</summary>
    public static void PlayOne(HistoryScript script, Action<HistoryScript> play)
    {
        if (Failure(script, play) is { } failure) Assert.Fail(Shortened(script, failure, play));
    }

    private static string Shortened(HistoryScript script, string failure, Action<HistoryScript> play)
    {
        // A traced history is being looked at as it is.
        var (shortest, why) = script.Only is null && !RecordHistory.IsTraced
            ? HistoryShortening.Shorten(script, failure, each => Failure(each, play))
            : (script, failure);
        return $"CASEFILE_HISTORY={shortest} replays it: {why}";
    }

    private static string? Failure(HistoryScript script, Action<HistoryScript> play)
    {
        try
        {
            play(script);
            return null;
        }
        catch (Exception exception)
        {
            return exception.Message;
        }
    }

    private static int? Setting(string name)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
