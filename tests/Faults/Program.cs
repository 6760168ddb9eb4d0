using Casefile.Faults;

// Clients create, change and delete records while the service is killed, storage goes and comes back and connections are cut; then nothing acknowledged may be lost.
//   dotnet run --project tests/Faults -c Release -- --creates 10000 --clients 32 --processes 1,2,4 --storage azurite,embedded --seed 1
// Storage goes away for a while under clients that keep asking: what they are told, how soon, and what memory it takes.
//   dotnet run --project tests/Faults -c Release -- away --clients 64 --seconds 60
// The exit code is 1 where something that is promised was not kept.
if (args is ["away", .. var more]) return await StorageAway.RunAsync(more);

IReadOnlyList<FaultOptions> runs;
try
{
    runs = FaultOptions.Parse(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}

var broken = false;
Console.WriteLine(FaultReport.Head);
foreach (var options in runs)
{
    var report = await FaultRun.RunAsync(options);
    Console.WriteLine(report);
    foreach (var violation in report.Violations) await Console.Error.WriteLineAsync(violation);
    broken |= report.Violations.Count > 0;
}

return broken ? 1 : 0;
