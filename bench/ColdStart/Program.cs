using System.Diagnostics;
using System.Globalization;
using Casefile.ColdStart;

// How long a process that knows nothing takes to its first list, from the rows and from a snapshot, and the memory that it takes. The records lie in an
// embedded storage; every start is a process of its own.
//   dotnet run --project bench/ColdStart -c Release -- 100000 [--folder DIR] [--starts 3]
if (args is ["start", var of, var type]) return await ColdProcess.RunAsync(of, type);

var count = int.Parse(args.FirstOrDefault("100000"), CultureInfo.InvariantCulture);
var options = args.Skip(1).Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var starts = int.Parse(options.GetValueOrDefault("--starts", "3"), CultureInfo.InvariantCulture);
var folder = Directory.CreateDirectory(Path.Combine(options.GetValueOrDefault("--folder", Path.GetTempPath()), $"casefile-cold-start-{Environment.ProcessId}")).FullName;
try
{
    var began = Stopwatch.GetTimestamp();
    await SampleType.FillAsync(folder, count);
    Console.WriteLine($"{count:N0} records made in {Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s");
    Console.WriteLine("| start from | first list, ms | from the start of the process, ms | CPU, ms | resident, MiB | resident at most, MiB |");
    Console.WriteLine("|---|---|---|---|---|---|");
    for (var i = 0; i < starts; i++) Start("rows");
    Console.WriteLine(await SampleType.SnapshotAsync(folder));
    for (var i = 0; i < starts; i++) Start("snapshot");
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

void Start(string from)
{
    using var process = Process.Start(Environment.ProcessPath!, ["start", folder, from]);
    process.WaitForExit();
    if (process.ExitCode != 0) throw new InvalidOperationException($"A start from {from} failed.");
}
