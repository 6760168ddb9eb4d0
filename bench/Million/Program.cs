using System.Globalization;
using Casefile.Million;

// A million records of one type through the API over the embedded storage, beside a thousand: lists by any field, sorted by any other, counted exactly.
//   dotnet run --project bench/Million -c Release -- [--data DIR] [--records 1000000] [--seconds 2] [--clients 16]
// With --data the records are made once, by an import, and kept there.
if (args is [.., "--serve", "true"]) return await CountedService.RunAsync(args);

var named = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var data = named.GetValueOrDefault("--data");
var folder = Path.GetFullPath(data ?? Path.Combine(Path.GetTempPath(), $"casefile-million-{Environment.ProcessId}"));
try
{
    await new Measurement(
        folder,
        int.Parse(named.GetValueOrDefault("--records", "1000000"), CultureInfo.InvariantCulture),
        TimeSpan.FromSeconds(double.Parse(named.GetValueOrDefault("--seconds", "2"), CultureInfo.InvariantCulture)),
        int.Parse(named.GetValueOrDefault("--clients", "16"), CultureInfo.InvariantCulture)).RunAsync();
    return 0;
}
finally
{
    if (data is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
}
