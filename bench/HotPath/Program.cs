using System.Globalization;
using System.Text;
using Casefile.ListLimit;
using Casefile.Load;
using Casefile.LocalHost;

// Bytes that the whole process allocates for a request: server, service and embedded storage; the client beside them allocates nothing once it is warm.
//   dotnet run --project bench/HotPath -c Release -- [requests of each kind, 2000]
var requests = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2_000;
var folder = Directory.CreateTempSubdirectory("casefile-hot-path-").FullName;
string[] never = ["--EnforceRetentionSchedule", "0 0 0 1 1 *", "--MaintainStorageSchedule", "0 0 0 1 1 *"];
string[] unlimited = ["--RateLimits:Default", "0", "--RateLimits:Records", "0"];
try
{
    await using var app = LocalHostApp.Build(
        ["--urls", "http://127.0.0.1:0", "--RECORDS_OWNER_KEY", SampleList.Key, "--Storage:Embedded", folder, "--Logging:LogLevel:Default", "Warning", .. never, .. unlimited]);
    await app.StartAsync();
    var list = await SampleList.MakeAsync(new Uri(app.Urls.First()), 5_000);
    using var client = new LoadConnection(new Uri(app.Urls.First()));
    var first = client.Send(list.Request);
    var etag = Encoding.ASCII.GetString(first.Head.Span).Split("\r\n").FirstOrDefault(line => line.StartsWith("ETag: ", StringComparison.OrdinalIgnoreCase))?["ETag: ".Length..];
    await using var bare = BareEndpoint.Build(first.Body.ToArray());
    await bare.StartAsync();
    using var bareClient = new LoadConnection(new Uri(bare.Urls.First()));

    Console.WriteLine("| request | bytes allocated |");
    Console.WriteLine("|---|---|");
    Measure("a bare endpoint", bareClient, 200, _ => list.Request);
    Measure("a list that is kept", client, 200, _ => list.Request);
    if (etag is not null) Measure("a list that the client has (304)", client, 304, _ => list.Unchanged(etag));
    Measure("a list that is asked for the first time", client, 200, number => list.Other(number));
    Measure("a create", client, 201, list.Create);
    await bare.StopAsync();
    await app.StopAsync();
}
finally
{
    Directory.Delete(folder, recursive: true);
}

void Measure(string name, LoadConnection through, int status, Func<int, LoadRequest> request)
{
    var all = Enumerable.Range(0, 2 * requests).Select(request).ToArray();
    foreach (var each in all.Take(requests)) Send(each);
    var before = GC.GetTotalAllocatedBytes(precise: true);
    foreach (var each in all.Skip(requests)) Send(each);
    var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / requests;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {bytes:N0} |"));

    void Send(LoadRequest sent)
    {
        var answer = through.Send(sent);
        if (answer.Status != status) throw new InvalidOperationException($"{name}: {answer.Status} {Encoding.UTF8.GetString(answer.Body.Span)}");
    }
}
