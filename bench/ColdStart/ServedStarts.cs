using System.Diagnostics;
using System.Globalization;
using Casefile.Bench;

namespace Casefile.ColdStart;

/// <summary>Starts of LocalHost over the embedded storage, from the start of its process to the first list's answer over HTTP.</summary>
internal sealed class ServedStarts(string assembly, string folder, int count)
{
    private const string Name = "sample";
    private const int Writes = 15;

    private static readonly string[] NoSnapshots = ["--Replicas:SnapshotMinimumRows", long.MaxValue.ToString(CultureInfo.InvariantCulture), "--Replicas:Patience", "00:10:00"];

    private static readonly string[] EarlySnapshots =
        ["--Replicas:SnapshotMinimumRows", "1", "--Replicas:SnapshotAfterVersions", "10", "--Replicas:SnapshotSpacing", "00:00:00", "--Replicas:Patience", "00:10:00"];

    private string[] Storage => Service.Embedded(Path.Combine(folder, "served"));

    /// <summary>Makes the records by an import.</summary>
    public async Task FillAsync()
    {
        await using var service = await Service.StartAsync(assembly, [.. Storage, .. NoSnapshots]);
        await service.ImportAsync(await service.MakeTypeAsync(Name), count);
    }

    /// <summary>Has a process list by two orders, often enough for indexes, and write a snapshot of that.</summary>
    public async Task SnapshotAsync()
    {
        await using var service = await Service.StartAsync(assembly, [.. Storage, .. EarlySnapshots]);
        var table = (await service.TypesAsync())[Name];
        foreach (var order in (string[])["name", "weight", "name", "weight", "name", "weight", "name", "weight"]) await ListAsync(service, table, order);
        await service.SettleAsync();
        for (var n = 0; n < Writes; n++)
        {
            using var body = new ByteArrayContent(table.Create(SampleRecord.Of(count + n + 1)));
            body.Headers.ContentType = new("application/json");
            using var made = await service.Client.PostAsync(new Uri("/api/v1/records", UriKind.Relative), body);
            made.EnsureSuccessStatusCode();
        }

        await ListAsync(service, table, null);
        await service.SettleAsync();
        if (!Directory.EnumerateFiles(folder, "*.blob", SearchOption.AllDirectories).Any(path => path.Contains("snapshots", StringComparison.Ordinal)))
            throw new InvalidOperationException("No snapshot was written.");
    }

    /// <summary>Starts it once, and prints what that took.</summary>
    public async Task StartAsync(string from)
    {
        var began = Stopwatch.GetTimestamp();
        await using var service = await Service.StartAsync(assembly, [.. Storage, .. NoSnapshots]);
        var listening = Stopwatch.GetElapsedTime(began);
        var table = (await service.TypesAsync())[Name];
        await ListAsync(service, table, null);
        var listed = Stopwatch.GetElapsedTime(began);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| LocalHost, {from} | {listed.TotalMilliseconds:N0} (listens after {listening.TotalMilliseconds:N0}) | {service.ProcessorTime.TotalMilliseconds:N0} | {service.WorkingSet >> 20} | {service.PeakWorkingSet >> 20} |"));
    }

    private static async Task ListAsync(Service service, SampleTable table, string? order)
    {
        using var page = await service.AnswerAsync(new Uri(table.List([], order, 1), UriKind.Relative));
        if (page.RootElement.GetProperty("record_results").GetArrayLength() != 20) throw new InvalidOperationException("The list is not a page.");
    }
}
