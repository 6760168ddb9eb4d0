using System.Diagnostics;
using System.Globalization;

namespace Casefile.Core.Tests.Histories;

/// <summary>
/// Histories without the test runner: <c>histories 100000 20000</c> plays a hundred thousand from seed 20,000 on, and tells every thousand how far it is;
/// <c>histories-until 500 0</c> stops at the first that fails and tells it as it is, in lines that <c>eng/breaks/run</c> reads.
/// </summary>
internal static class HistoryCommand
{
    private const int Portion = 1_000;

    /// <summary>Plays many.</summary>
    /// <returns>The exit code: 1 where one failed.</returns>
    public static int Play(string count, string from)
    {
        var started = Stopwatch.StartNew();
        var (left, next, played) = (Number(count), Number(from), 0);
        while (left > 0)
        {
            var (portion, cpu) = (Math.Min(left, Portion), Environment.CpuUsage.TotalTime);
            var tally = HistoryRun.PlayMany(next, portion, script => RecordHistory.Run(script));
            played += tally.Histories;
            if (tally.Failed is { } failed)
            {
                Tell(tally, played, started, cpu);
                Console.WriteLine(HistoryRun.Shortened(failed, script => RecordHistory.Run(script)));
                return 1;
            }

            (left, next) = (left - portion, next + portion);
            Tell(tally, played, started, cpu);
        }

        return 0;
    }

    /// <summary>Plays until one fails.</summary>
    /// <returns>The exit code: 1 where one failed.</returns>
    public static int Find(string most, string from)
    {
        var started = Stopwatch.StartNew();
        var tally = HistoryRun.PlayMany(Number(from), Number(most), script => RecordHistory.Run(script));
        var failed = tally.Failed;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(failed is null ? "-" : failed.Script.Seed)}\t{started.Elapsed.TotalSeconds:0.0}\t{tally.Histories}\t{tally.Commits}\t{failed?.Failure.Split('\n')[0].Trim()}"));
        return failed is null ? 0 : 1;
    }

    private static void Tell(HistoryTally tally, int played, Stopwatch started, TimeSpan cpuBefore)
        => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{played} histories in {started.Elapsed.TotalSeconds:0} s; of the last {tally.Histories}, each: {(double)tally.Calls / tally.Histories:0.0} calls, {(double)tally.Commits / tally.Histories:0.0} commits, {(double)tally.Lists / tally.Histories:0.0} lists, {(double)tally.Requests / tally.Histories:0.0} requests to storage, {(Environment.CpuUsage.TotalTime - cpuBefore).TotalMilliseconds / tally.Histories:0.0} ms of a processor"));

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
