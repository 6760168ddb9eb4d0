using System.Globalization;

namespace Casefile.SideBySide;

/// <summary>Processor time from Linux' /proc.</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100;

    /// <summary>Of a process, of those that it has waited for, and of all below it; null where there is no /proc.</summary>
    public static TimeSpan? ProcessorTime(int root)
    {
        if (!File.Exists("/proc/self/stat")) return null;
        var all = Directory.EnumerateDirectories("/proc").Select(folder => Stat.Read(Path.Combine(folder, "stat"))).OfType<Stat>().ToLookup(stat => stat.Parent);
        var own = Stat.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{root}/stat"));
        return own is null ? null : TimeSpan.FromSeconds(Sum(own) / TicksPerSecond);

        double Sum(Stat stat) => stat.Ticks + all[stat.Id].Sum(Sum);
    }

    private sealed record Stat(int Id, int Parent, double Ticks)
    {
        public static Stat? Read(string path)
        {
            try
            {
                // pid (name, which may hold anything) state ppid … utime stime cutime cstime
                var text = File.ReadAllText(path);
                var rest = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                return new Stat(
                    int.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture),
                    int.Parse(rest[1], CultureInfo.InvariantCulture),
                    rest[11..15].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
