using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Casefile.Core.Storage;
using Casefile.LocalHost;
using Casefile.Samples.PackageIndex;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// An NDJSON import of the Debian package index over HTTP, beside bare entity group transactions of 100 of the same rows by one sender over the same
// storage. Every run has a partition of its own; rounds are interleaved and the median counts.
//   dotnet run --project bench/ImportBench -c Release -- [--count 60000] [--rounds 7] [--storage CONNECTION_STRING]
// Without --storage it is the embedded storage, in a folder of its own that is removed.

var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var count = int.Parse(options.GetValueOrDefault("--count", "60000"), CultureInfo.InvariantCulture);
var rounds = int.Parse(options.GetValueOrDefault("--rounds", "7"), CultureInfo.InvariantCulture);
var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"casefile-import-bench-{Environment.ProcessId}")).FullName;
var name = "b" + Guid.NewGuid().ToString("N")[..12];
const string key = "owner-key-of-the-benchmark";

var packages = ReadIndex().Take(count).ToArray();
Console.WriteLine($"{packages.Length} packages");

string[] storage = options.TryGetValue("--storage", out var connection)
    ? ["--Storage:ConnectionString", connection, "--Storage:TablePrefix", name, "--Storage:Container", name]
    : ["--Storage:Embedded", folder];
string[] never = ["--EnforceRetentionSchedule", "0 0 0 1 1 *", "--MaintainStorageSchedule", "0 0 0 1 1 *"];
string[] unlimited = ["--RateLimits:Default", "0", "--RateLimits:Records", "0"];
var counter = new TransactionCounter();
var app = LocalHostApp.Build(
    ["--urls", "http://127.0.0.1:0", "--RECORDS_OWNER_KEY", key, .. storage, .. never, .. unlimited],
    builder =>
    {
        builder.Services.AddSingleton<IStorageObserver>(counter);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
    });
await app.StartAsync();
try
{
    using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = Timeout.InfiniteTimeSpan };
    client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    var table = app.Services.GetRequiredService<IStorage>().Table(TableNames.Records);
    var body = packages.Select(package => JsonSerializer.SerializeToUtf8Bytes(Values(package)).Append((byte)'\n').ToArray()).ToArray();

    await ImportAsync(client, [.. body.Take(2_000)], counter);
    await BareAsync(table, "warm-up", [.. packages.Take(2_000)]);
    var figures = new List<(double Import, double Bare, double PerCommit, long MiB)>();
    for (var round = 0; round < rounds; round++)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var bare = await BareAsync(table, $"bare-{name}-{round}", packages);
        var bareCpu = Environment.CpuUsage.TotalTime - cpu;
        var (import, transactions) = await ImportAsync(client, body, counter);
        var importCpu = Environment.CpuUsage.TotalTime - cpu - bareCpu;
        figures.Add((import, bare, packages.Length / (double)transactions, Environment.WorkingSet >> 20));
        var last = figures[^1];
        var (importMicroseconds, bareMicroseconds) = (importCpu.TotalMicroseconds / packages.Length, bareCpu.TotalMicroseconds / packages.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bare {last.Bare:N0} rows/s, import {last.Import:N0} records/s ({last.Import / last.Bare:P0}), {last.PerCommit:N1} records a transaction, CPU {importMicroseconds:N1} µs a record and {bareMicroseconds:N1} a bare row, working set {last.MiB} MiB"));
    }

    var (imports, bares, ratios) = (Median(figures.Select(each => each.Import)), Median(figures.Select(each => each.Bare)), Median(figures.Select(each => each.Import / each.Bare)));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median: bare {bares:N0} rows/s, import {imports:N0} records/s, of each round {ratios:P0}"));
}
finally
{
    await app.StopAsync();
    await app.DisposeAsync();
    Directory.Delete(folder, recursive: true);
}

// apt keeps its lists compressed, and reads them.
static IEnumerable<Package> ReadIndex()
{
    foreach (var path in Directory.GetFiles("/var/lib/apt/lists", "*_Packages*").OrderByDescending(path => new FileInfo(path).Length))
    {
        using var reading = Process.Start(new ProcessStartInfo("/usr/lib/apt/apt-helper", ["cat-file", path]) { RedirectStandardOutput = true })!;
        foreach (var package in Package.Read(reading.StandardOutput, new Dictionary<string, string>())) yield return package;
    }
}

static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

static Dictionary<string, object?> Values(Package package) => new()
{
    ["Package"] = package.Name,
    ["Version"] = package.Version,
    ["Architecture"] = package.Architecture,
    ["Section"] = package.Section,
    ["Installed-Size"] = package.InstalledSize,
    ["Essential"] = package.Essential,
    ["Description"] = package.Description,
};

static async Task<double> BareAsync(ITable table, string partition, Package[] packages)
{
    var started = Stopwatch.GetTimestamp();
    var n = 0;
    foreach (var chunk in packages.Chunk(100))
    {
        var actions = chunk.Select(package =>
        {
            var properties = new Dictionary<string, object> { ["created"] = 1_790_000_000_000L, ["updated"] = 1_790_000_000_000L, ["version"] = 1L, ["rev"] = 1L };
            var field = 3;
            foreach (var value in Values(package).Values)
            {
                if (value is not null) properties[string.Create(CultureInfo.InvariantCulture, $"f{field}")] = value;
                field++;
            }

            return RowAction.Insert(new Row(partition, string.Create(CultureInfo.InvariantCulture, $"rec-{++n:D19}"), properties));
        }).ToArray();
        var outcome = await table.TransactAsync(partition, actions, CancellationToken.None);
        if (outcome.Status != TransactionStatus.Committed) throw new InvalidOperationException($"{outcome.Status} {outcome.Reason}");
    }

    return packages.Length / Stopwatch.GetElapsedTime(started).TotalSeconds;
}

static async Task<(double PerSecond, long Transactions)> ImportAsync(HttpClient client, byte[][] lines, TransactionCounter counter)
{
    var fields = new[] { ("Package", "TEXT"), ("Version", "TEXT"), ("Architecture", "TEXT"), ("Section", "TEXT"), ("Installed-Size", "NUMBER"), ("Essential", "BOOLEAN"), ("Description", "TEXT") };
    using var definition = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new
    {
        name = "Packages",
        team_id = 1,
        fields = fields.Select(field => new { name = field.Item1, result_type = field.Item2 }),
    }));
    definition.Headers.ContentType = new MediaTypeHeaderValue("application/json");
    using var made = await client.PostAsync(new Uri("/api/v1/record_types", UriKind.Relative), definition);
    var type = JsonElement.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).GetProperty("id").GetInt64();

    var before = counter.Count;
    var started = Stopwatch.GetTimestamp();
    using var body = new LinesContent(lines);
    using var answer = await client.PostAsync(new Uri($"/api/v1/records/import?record_type_id={type}&report=failures", UriKind.Relative), body);
    var text = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
    var expected = string.Create(CultureInfo.InvariantCulture, $"{{\"succeeded\":{lines.Length},\"failed\":0}}\n");
    return text == expected ? (lines.Length / elapsed, counter.Count - before) : throw new InvalidOperationException(text[..Math.Min(text.Length, 2_000)]);
}

internal sealed class TransactionCounter : IStorageObserver
{
    private long count;

    public long Count => Interlocked.Read(ref count);

    public void Observe(StorageRequest request)
    {
        if (request.Kind == StorageRequestKind.Transaction) Interlocked.Increment(ref count);
    }
}

internal sealed class LinesContent : HttpContent
{
    private readonly byte[][] lines;

    public LinesContent(byte[][] lines)
    {
        this.lines = lines;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (var line in lines) await stream.WriteAsync(line);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
