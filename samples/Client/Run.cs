using System.Diagnostics;
using System.Globalization;

namespace Casefile.Samples;

/// <summary>What a run tells: figures, and checks that hold or do not.</summary>
public sealed class Run
{
    private int failures;

    /// <summary>A line of figures, written as invariant.</summary>
    public static void Report(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Asks twice and tells how long it took, at first and then.</summary>
    public static async Task<T> TimedAsync<T>(string what, Func<Task<T>> request)
    {
        var cold = Stopwatch.GetTimestamp();
        await request();
        var coldMilliseconds = Stopwatch.GetElapsedTime(cold).TotalMilliseconds;
        var warm = Stopwatch.GetTimestamp();
        var answer = await request();
        Report($"{what}: {coldMilliseconds:N1} ms at first, {Stopwatch.GetElapsedTime(warm).TotalMilliseconds:N1} ms then");
        return answer;
    }

    /// <summary>Does the same for many things by many clients, and tells how fast.</summary>
    public static async Task EachAsync<T>(string what, IReadOnlyList<T> things, int clients, Func<T, Task> request)
    {
        var latencies = new System.Collections.Concurrent.ConcurrentBag<double>();
        var bar = new ProgressBar(what, things.Count);
        await Parallel.ForEachAsync(things, new ParallelOptions { MaxDegreeOfParallelism = clients }, async (thing, _) =>
        {
            var started = Stopwatch.GetTimestamp();
            await request(thing);
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            bar.Step();
        });
        var sorted = latencies.Order().ToArray();
        Report($"{what}: {things.Count:N0} in {bar.Seconds:N1} s: {things.Count / bar.Seconds:N0}/s, p50 {sorted[sorted.Length / 2]:N1} ms, p99 {sorted[sorted.Length * 99 / 100]:N1} ms");
    }

    /// <summary>Tells whether something holds.</summary>
    public void Check(string what, bool holds)
    {
        if (!holds) failures++;
        Console.WriteLine($"  {(holds ? "ok  " : "FAIL")} {what}");
    }

    /// <summary>The end of it: 0 when all checks hold.</summary>
    public int End()
    {
        Console.WriteLine(failures == 0 ? "All checks hold." : $"{failures} checks failed.");
        return failures == 0 ? 0 : 1;
    }
}
