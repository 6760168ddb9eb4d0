using System.Globalization;
using Casefile.ColdStart;
using Casefile.QueryBench;

// What a list costs a warm replica over the embedded storage, by how many records there are.
//   dotnet run --project bench/QueryBench -c Release -- [--data DIR] [--records 1000,100000,1000000]
// With --data the records are made once and kept there.
var named = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var data = named.GetValueOrDefault("--data");
var root = Path.GetFullPath(data ?? Path.Combine(Path.GetTempPath(), $"casefile-queries-{Environment.ProcessId}"));
try
{
    var columns = new List<(int Records, QueryTimes Times)>();
    foreach (var text in named.GetValueOrDefault("--records", "1000,100000,1000000").Split(','))
    {
        var records = int.Parse(text, CultureInfo.InvariantCulture);
        var folder = Path.Combine(root, text);
        if (!Directory.Exists(Path.Combine(folder, "storage"))) await SampleType.FillAsync(folder, records);
        columns.Add((records, await QueryTimes.MeasureAsync(folder)));
    }

    QueryTimes.Write(columns);
    return 0;
}
finally
{
    if (data is null && Directory.Exists(root)) Directory.Delete(root, recursive: true);
}
