using System.Diagnostics;
using System.Globalization;

namespace Casefile.Samples;

/// <summary>One line that fills up; on something other than a terminal, a line every tenth.</summary>
public sealed class ProgressBar(string title, int total)
{
    private const int Width = 40;

    private readonly long started = Stopwatch.GetTimestamp();
    private readonly Lock gate = new();
    private int done;
    private long drawnAt;

    public double Seconds => Stopwatch.GetElapsedTime(started).TotalSeconds;

    public void Step()
    {
        lock (gate)
        {
            done++;
            var terminal = !Console.IsOutputRedirected;
            var due = terminal ? Stopwatch.GetElapsedTime(drawnAt).TotalMilliseconds > 100 : done % Math.Max(1, total / 10) == 0;
            if (!due && done < total) return;
            drawnAt = Stopwatch.GetTimestamp();
            var filled = (int)((long)Width * done / total);
            Console.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{(terminal ? "\r" : "")}{title} [{new string('#', filled)}{new string('.', Width - filled)}] {done:N0}/{total:N0}  {done / Seconds:N0}/s {(terminal && done < total ? "" : "\n")}"));
        }
    }
}
