using System.Diagnostics;

namespace Casefile.CreateBench;

/// <summary>What a run came to.</summary>
/// <param name="PerSecond">Rows a second.</param>
/// <param name="PerTransaction">Rows a transaction of the storage.</param>
/// <param name="Cpu">Processor time of the whole process, µs a row.</param>
/// <param name="Allocated">Bytes allocated a row.</param>
internal sealed record Figure(double PerSecond, double PerTransaction, double Cpu, double Allocated)
{
    /// <summary>Has callers work for a time, each at one thing after another.</summary>
    /// <param name="callers">How many work at the same time.</param>
    /// <param name="rows">Rows that a call makes.</param>
    /// <param name="time">For how long.</param>
    /// <param name="transactions">Counts what storage is asked for.</param>
    /// <param name="call">A call, by its number.</param>
    public static async Task<Figure> MeasureAsync(int callers, int rows, TimeSpan time, TransactionCounter transactions, Func<int, Task> call)
    {
        GC.Collect();
        var (allocated, sent, cpu, started) = (GC.GetTotalAllocatedBytes(), transactions.Count, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var calls = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < time) await call(Interlocked.Increment(ref calls));
        })));
        var count = (double)calls * rows;
        return new Figure(
            count / Stopwatch.GetElapsedTime(started).TotalSeconds,
            count / (transactions.Count - sent),
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / count,
            (GC.GetTotalAllocatedBytes() - allocated) / count);
    }
}
