using System.Diagnostics;
using System.Globalization;
using Casefile.ColdStart;

// How long a process that knows nothing takes to its first list, from the rows and from a snapshot, and the memory that it takes: LocalHost, from the start of
// its process to the answer over HTTP; and its storage and replica alone, from opening the storage. Every start is a process of its own over an embedded storage.
//   dotnet run --project bench/ColdStart -c Release -- 100000 [--folder DIR] [--starts 3] [--host DLL]
// --host is LocalHost's dll, such as a published one; else the one that was built with this.
if (args is ["start", var of, var type]) return await ColdProcess.RunAsync(of, type);

var count = int.Parse(args.FirstOrDefault("100000"), CultureInfo.InvariantCulture);
var options = args.Skip(1).Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var starts = int.Parse(options.GetValueOrDefault("--starts", "3"), CultureInfo.InvariantCulture);
var host = Path.GetFullPath(options.GetValueOrDefault("--host", Path.Combine(AppContext.BaseDirectory, "Casefile.LocalHost.dll")));
var folder = Directory.CreateDirectory(Path.Combine(options.GetValueOrDefault("--folder", Path.GetTempPath()), $"casefile-cold-start-{Environment.ProcessId}")).FullName;
try
{
    var served = new ServedStarts(host, folder, count);
    var began = Stopwatch.GetTimestamp();
    await served.FillAsync();
    Console.WriteLine($"{count:N0} records imported in {Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s\n");
    Console.WriteLine("| start | first list, ms | CPU, ms | resident, MiB | at most, MiB |");
    Console.WriteLine("|---|---|---|---|---|");
    for (var i = 0; i < starts; i++) await served.StartAsync("rows");
    await served.SnapshotAsync();
    for (var i = 0; i < starts; i++) await served.StartAsync("snapshot");

    await SampleType.FillAsync(folder, count);
    for (var i = 0; i < starts; i++) Start("rows");
    var written = await SampleType.SnapshotAsync(folder);
    for (var i = 0; i < starts; i++) Start("snapshot");
    Console.WriteLine($"\n{written}");
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

void Start(string from)
{
    using var process = Process.Start("dotnet", [typeof(ColdProcess).Assembly.Location, "start", folder, from]);
    process.WaitForExit();
    if (process.ExitCode != 0) throw new InvalidOperationException($"A start from {from} failed.");
}
