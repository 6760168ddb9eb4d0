using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Casefile.Core.Tests.Histories;

/// <summary>
/// Random histories of records. A failure names its seed and the shortest history of it that fails. <c>CASEFILE_HISTORIES=20000</c> runs that
/// many seeds instead of those of a usual run, and <c>CASEFILE_HISTORY=4711</c> that one alone.
/// </summary>
public sealed class RecordHistories
{
    private static readonly HistorySize Usual = new(Rounds: 3, Callers: 4, Calls: 8);

    /// <summary>Always the same ones, so that a usual run finds what a change broke, and a long run what nobody has seen yet.</summary>
    private const int UsualHistories = 1_500;

    [Fact]
    public void Whatever_goes_wrong_what_was_acknowledged_is_there_what_was_refused_is_not_and_all_is_in_order()
    {
        if (Setting("CASEFILE_HISTORY") is { } one)
        {
            Run(one);
            return;
        }

        var histories = Setting("CASEFILE_HISTORIES") ?? UsualHistories;
        var started = Stopwatch.StartNew();
        var failures = new ConcurrentDictionary<int, string>();
        var next = Setting("CASEFILE_HISTORIES_FROM") ?? 0;
        var end = next + histories;
        var ran = 0;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            while (failures.IsEmpty && Interlocked.Increment(ref next) - 1 is var seed && seed < end)
            {
                Interlocked.Increment(ref ran);
                try
                {
                    RecordHistory.Run(seed, Usual);
                }
                catch (Exception exception)
                {
                    failures[seed] = exception.Message;
                }
            }
        });
        foreach (var (seed, message) in failures) Assert.Fail($"Seed {seed} after {ran} histories and {started.Elapsed.TotalSeconds:0.0} s: {Shortest(seed, message)}");
        Console.WriteLine($"{ran} histories in {started.Elapsed.TotalSeconds:0.0} s");
    }

    /// <summary>Each of these histories once failed.</summary>
    [Theory]
    [InlineData(1, "a deletion was undone by a process whose reading of the log had failed half-way")]
    [InlineData(4, "a process remembered a key past its time that another had used anew")]
    [InlineData(5, "a change of a type was answered with another caller's later one")]
    [InlineData(7, "work owed while maintenance looked was left for a day; blobs stayed of a type that lost its artifact fields")]
    [InlineData(18, "a process that had deleted a type went on committing to it, which brought it back")]
    [InlineData(30, "a create was refused by a head and rows of different versions")]
    [InlineData(53, "the log was pruned although its floor had not been raised")]
    [InlineData(95, "a limit that was lowered while a sweep ended was nobody's")]
    [InlineData(102, "of two timers at once, one left the head relying on a look that the other had moved")]
    [InlineData(261, "a deleted type's head stayed for ever because its deletion got no answer")]
    [InlineData(278, "a link came back whose work was done after its tombstone was forgotten")]
    [InlineData(305, "idempotency keys stayed whose deletion got no answer")]
    [InlineData(768, "an operation failed on the rows of a type that was being cleared")]
    [InlineData(1571, "an orphaned blob stayed because nothing had looked for a week")]
    [InlineData(4956, "a record that had expired kept a parent that was gone, and came back when its type's time to live went")]
    [InlineData(8280, "a change and the end of one record in one commit deleted a row that was never there, again and again")]
    public void What_was_once_wrong_stays_right(int seed, string what)
    {
        Assert.NotEmpty(what);
        Run(seed);
    }

    [Fact]
    public void A_seed_replays_to_the_same_history()
    {
        for (var seed = 0; seed < 8; seed++) Assert.Equal(RecordHistory.Run(seed, Usual), RecordHistory.Run(seed, Usual));
    }

    private static void Run(int seed)
    {
        try
        {
            RecordHistory.Run(seed, Usual);
        }
        catch (Exception exception)
        {
            Assert.Fail($"Seed {seed}: {Shortest(seed, exception.Message)}");
        }
    }

    /// <summary>The failure of the shortest history of this seed that fails.</summary>
    private static string Shortest(int seed, string message)
    {
        var shortest = message;
        foreach (var size in from rounds in Enumerable.Range(1, Usual.Rounds)
                             from callers in Enumerable.Range(1, Usual.Callers)
                             from calls in new[] { 2, 4, 6, 8 }
                             orderby rounds * callers * calls
                             select new HistorySize(rounds, callers, calls))
        {
            try
            {
                RecordHistory.Run(seed, size);
            }
            catch (HistoryException exception)
            {
                return $"{size}: {exception.Message}";
            }
        }

        return shortest;
    }

    private static int? Setting(string name)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
