using System.Diagnostics;
using System.Globalization;
using Casefile.Core.Records;

namespace Casefile.ColdStart;

/// <summary>One start: from opening the storage to the first page of twenty.</summary>
internal static class ColdProcess
{
    public static async Task<int> RunAsync(string folder, string from)
    {
        var began = Stopwatch.GetTimestamp();
        using var storage = SampleType.OpenStorage(folder);
        await using var replicas = SampleType.Replicas(
            folder, storage, SampleType.Partitions(storage), options => options with { SnapshotMinimumRows = long.MaxValue });
        await SampleType.ListAsync(replicas, new RecordOrder());
        var listed = Stopwatch.GetElapsedTime(began);

        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| storage and replica, {from} | {listed.TotalMilliseconds:N0} ({(DateTime.Now - process.StartTime).TotalMilliseconds:N0} from the start of the process) | {process.TotalProcessorTime.TotalMilliseconds:N0} | {process.WorkingSet64 >> 20} | {process.PeakWorkingSet64 >> 20} |"));
        return 0;
    }
}
