using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Casefile.Samples;
using Casefile.Samples.PackageIndex;
using static Casefile.Samples.Run;

// Loads a Debian package index as records of one type, one request a record, by many clients at once; then reads it back by filters, order and
// pages, and checks every answer against the index itself.
//   dotnet run --project samples/PackageIndex -c Release -- --key KEY [--url http://127.0.0.1:7071] [--count 20000] [--clients 32] [--input FILE]

var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var url = new Uri(options.GetValueOrDefault("--url", "http://127.0.0.1:7071"));
var count = int.Parse(options.GetValueOrDefault("--count", "20000"), CultureInfo.InvariantCulture);
var clients = int.Parse(options.GetValueOrDefault("--clients", "32"), CultureInfo.InvariantCulture);
var key = options.GetValueOrDefault("--key") ?? Environment.GetEnvironmentVariable("RECORDS_OWNER_KEY");
if (key is null)
{
    Console.Error.WriteLine("A key is needed: --key KEY, or RECORDS_OWNER_KEY. ./run prints one.");
    return 2;
}

const int LongText = 1_000;
var packages = ReadIndex(options.GetValueOrDefault("--input")).Take(count).ToArray();
if (packages.Length == 0)
{
    Console.Error.WriteLine("The package index is empty: run apt-get update -o Acquire::Languages=en first, or name a file with --input.");
    return 2;
}

using var api = new Api(url, key, clients);
var run = new Run();

var type = await api.PostAsync("/api/v1/record_types", new JsonObject
{
    ["name"] = string.Create(CultureInfo.InvariantCulture, $"Packages {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}"),
    ["team_id"] = 1,
    ["fields"] = new JsonArray(
        Field("name", "TEXT"),
        Field("version", "TEXT"),
        Field("section", "TEXT_ENUM", packages.Select(package => package.Section).Distinct().Order(StringComparer.Ordinal)),
        Field("installed size", "NUMBER"),
        Field("essential", "BOOLEAN"),
        Field("description", "TEXT"),
        Field("long description", "ARTIFACT")),
});
var typeId = type["id"]!.GetValue<long>();
var fields = type["record_fields"]!.AsArray().ToDictionary(field => field!["name"]!.GetValue<string>(), field => field!["id"]!.GetValue<long>());

// 1. Create, one by one, by many clients.
var artifacts = packages.Count(package => package.Description.Length > LongText);
await EachAsync($"create ({artifacts} with an artifact)", packages.Index().ToArray(), clients, entry => api.PostAsync(
    "/api/v1/records?resolve_artifacts=false",
    Record(entry.Item),
    $"{entry.Item.Name} {entry.Item.Version} {entry.Item.Architecture} {entry.Index}"));

// 2. Count.
var all = await TimedAsync("count", () => api.GetAsync($"/api/v1/records?record_type_id={typeId}&per_page=1"));
run.Check("the count is the number of entries", Count(all) == packages.Length);

// 3. A filter on two fields, the largest first.
var libraries = packages.Where(package => package.Section == "libs" && package.InstalledSize > 10_000).ToArray();
var filters = Filters((fields["section"], "EQUAL", "libs"), (fields["installed size"], "GREATER_THAN", 10_000));
var first = await TimedAsync(
    "filter and sort", () => api.GetAsync($"/api/v1/records?record_type_id={typeId}&order_field_id={fields["installed size"]}&order_direction=DESC&filters={filters}"));
run.Check($"{libraries.Length:N0} large libraries are found", Count(first) == libraries.Length);
run.Check(
    "the largest come first",
    Rows(first).Select(row => row["installed size"]!.GetValue<double>())
        .SequenceEqual(libraries.Select(package => package.InstalledSize!.Value).OrderDescending().Take(20)));

// 4. A filter on truth.
var essential = await TimedAsync("essential", () => api.GetAsync($"/api/v1/records?record_type_id={typeId}&filters={Filters((fields["essential"], "IS_TRUE", null))}"));
run.Check("the essential ones are found", Count(essential) == packages.Count(package => package.Essential));

// 5. Every page by size, to the last one, by following the links.
var pages = 0;
var seen = new List<(long Id, double? Size)>();
var paging = Stopwatch.GetTimestamp();
var next = $"/api/v1/records?record_type_id={typeId}&order_field_id={fields["installed size"]}&per_page=500";
while (next is not null)
{
    var page = await api.GetAsync(next);
    seen.AddRange(Rows(page).Select(row => (row["id"]!.GetValue<long>(), row["installed size"]?.GetValue<double>())));
    next = page["meta"]!["next_page"]?.GetValue<string>();
    pages++;
}

var pagingMilliseconds = Stopwatch.GetElapsedTime(paging).TotalMilliseconds;
Report($"paged through {seen.Count:N0} records in {pages} pages of 500: {pagingMilliseconds:N0} ms, {pagingMilliseconds / pages:N1} ms a page");
run.Check("every record is on exactly one page", seen.Count == packages.Length && seen.Select(row => row.Id).Distinct().Count() == packages.Length);
run.Check("the pages are in order, those without a size last", seen.Select(row => row.Size ?? -1).Zip(seen.Skip(1).Select(row => row.Size ?? -1), (one, other) => one >= other).All(ordered => ordered));

// 6. Sums by section.
var sums = await TimedAsync("sum by section", () => api.PostAsync("/api/v1/records/query", new JsonObject
{
    ["record_type_id"] = typeId,
    ["aggregations"] = new JsonArray(
        new JsonObject { ["function"] = "COUNT" },
        new JsonObject { ["function"] = "SUM", ["field_name"] = "installed size" }),
    ["group_by"] = new JsonArray(new JsonObject { ["field_name"] = "section" }),
}));
run.Check("the sections add up", sums["results"]!.AsArray().Sum(row => row!["values"]![0]!.GetValue<double>()) == packages.Length);

// 7. A long description, from Blob Storage.
if (packages.FirstOrDefault(package => package.Description.Length > LongText) is { } wordy)
{
    var found = await api.GetAsync($"/api/v1/records?record_type_id={typeId}&filters={Filters((fields["name"], "EQUAL", wordy.Name))}");
    var record = await TimedAsync("get with artifact", () => api.GetAsync($"/api/v1/records/{Rows(found).First()["id"]}?resolve_artifacts=true"));
    run.Check("the long description is whole", record["result"]!["long description"]!.GetValue<string>() == wordy.Description);
}

// 8. The same list again and again, by all clients.
const int Lists = 2_000;
var listing = Stopwatch.GetTimestamp();
await Parallel.ForEachAsync(
    Enumerable.Range(0, Lists),
    new ParallelOptions { MaxDegreeOfParallelism = clients },
    async (_, _) => await api.GetAsync($"/api/v1/records?record_type_id={typeId}&order_field_id={fields["installed size"]}&filters={filters}"));
Report($"listed {Lists:N0} times by {clients} clients: {Lists / Stopwatch.GetElapsedTime(listing).TotalSeconds:N0}/s");

return run.End();

static IEnumerable<Package> ReadIndex(string? file)
{
    if (file is not null) return Package.Read(File.OpenText(file), new Dictionary<string, string>());

    // apt keeps long descriptions beside the index, and only after: apt-get update -o Acquire::Languages=en
    var descriptions = new Dictionary<string, string>();
    using var targets = Output("apt-get", "indextargets", "-o", "Acquire::Languages=en", "--format", "$(FILENAME)", "Created-By: Translations");
    while (targets.ReadLine() is { } target)
    {
        if (!File.Exists(target)) continue;
        using var translation = Output("/usr/lib/apt/apt-helper", "cat-file", target);
        foreach (var (checksum, description) in Package.ReadDescriptions(translation)) descriptions[checksum] = description;
    }

    // All of it, since apt-cache complains about a reader that goes away.
    return [.. Package.Read(Output("apt-cache", "dumpavail"), descriptions)];
}

static StreamReader Output(string program, params string[] arguments)
    => Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!.StandardOutput;

static JsonObject Field(string name, string type, IEnumerable<string>? values = null)
{
    var field = new JsonObject { ["name"] = name, ["result_type"] = type };
    if (values is not null) field["fixed_values"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
    return field;
}

JsonObject Record(Package package)
{
    var values = new JsonArray(
        Value("name", package.Name),
        Value("version", package.Version),
        Value("section", package.Section),
        Value("essential", package.Essential),
        Value(package.Description.Length > LongText ? "long description" : "description", package.Description));
    if (package.InstalledSize is { } size) values.Add(Value("installed size", size));
    return new JsonObject { ["record_type_id"] = typeId, ["field_values"] = values };

    JsonObject Value(string field, JsonNode value) => new() { ["field_id"] = fields[field], ["value"] = value };
}

static string Filters(params (long Field, string Operator, JsonNode? Value)[] conditions)
    => Uri.EscapeDataString(new JsonArray([.. conditions.Select(condition =>
    {
        var filter = new JsonObject { ["field_id"] = condition.Field, ["operator"] = condition.Operator };
        if (condition.Value is not null) filter["value"] = condition.Value;
        return filter;
    })]).ToJsonString());

static long Count(JsonNode list) => list["meta"]!["count"]!.GetValue<long>();

static IEnumerable<JsonNode> Rows(JsonNode list) => list["record_results"]!.AsArray().Select(row => row!);
