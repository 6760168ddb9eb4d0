using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Casefile.Samples;
using Casefile.Samples.CaseDay;
using static Casefile.Samples.Run;

// A day's work on cases: the package manager's log as alerts, grouped into cases that are linked, commented, closed under a closure condition, listed by filters and
// exported as PDF; every answer is checked against the log itself.
//   dotnet run --project samples/CaseDay -c Release -- --key KEY [--url http://127.0.0.1:7071] [--alerts 2000] [--cases 100] [--clients 32] [--input FILE] [--pdf FILE]

var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
var url = new Uri(options.GetValueOrDefault("--url", "http://127.0.0.1:7071"));
var clients = Number("--clients", "32");
var input = options.GetValueOrDefault("--input", "/var/log/dpkg.log");
var key = options.GetValueOrDefault("--key") ?? Environment.GetEnvironmentVariable("RECORDS_OWNER_KEY");
if (key is null)
{
    Console.Error.WriteLine("A key is needed: --key KEY, or RECORDS_OWNER_KEY. ./run prints one.");
    return 2;
}

var alerts = File.Exists(input) ? File.ReadLines(input).Select(Alert.Read).OfType<Alert>().Take(Number("--alerts", "2000")).ToArray() : [];
if (alerts.Length == 0)
{
    Console.Error.WriteLine($"{input} has no lines of dpkg's log; name another file with --input.");
    return 2;
}

var run = new Run();
using var api = new Api(url, key, clients);
var stamp = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
var type = await api.PostAsync("/api/v1/record_types", new JsonObject
{
    ["name"] = $"Package changes {stamp}",
    ["team_id"] = 1,
    ["fields"] = new JsonArray(
        Field("time", "TIMESTAMP"), Field("action", "TEXT_ENUM", alerts.Select(alert => alert.Action).Distinct()), Field("package", "TEXT"), Field("version", "TEXT")),
});
var typeId = type["id"]!.GetValue<long>();
var fields = type["record_fields"]!.AsArray().ToDictionary(field => field!["name"]!.GetValue<string>(), field => field!["id"]!.GetValue<long>());

// 1. Cases, and the alerts linked to them.
var groups = Enumerable.Range(0, Number("--cases", "100")).Select(number => new Group(number)).ToArray();
for (var i = 0; i < alerts.Length; i++) groups[alerts[i].Package.Sum(letter => letter) % groups.Length].Alerts.Add(alerts[i]);
groups = [.. groups.Where(group => group.Alerts.Count > 0)];
var tag = $"day {stamp}";
await EachAsync("create a case", groups, clients, async group =>
{
    var made = await api.PostAsync("/api/v2/cases", new JsonObject
    {
        ["team_id"] = 1,
        ["name"] = $"Changes of {group.Alerts[0].Package} and others",
        ["description"] = $"# {group.Alerts.Count} changes\n\nOf **{group.Packages.Length}** packages:\n\n" + string.Concat(group.Packages.Select(package => $"- `{package}`\n")),
        ["priority"] = group.Alerts.Count >= 30 ? "high" : "medium",
        ["tag_names"] = new JsonArray(tag, group.Number % 2 == 0 ? "even" : "odd"),
        ["metadata"] = new JsonObject { ["run"] = stamp, ["group"] = group.Number },
        ["tasks"] = new JsonArray(new JsonObject { ["description"] = "Look at the changes" }),
        ["closure_conditions"] = new JsonArray(new JsonObject { ["name"] = "somebody has looked", ["formula"] = "=team_case.tasks[0].completed = TRUE" }),
    });
    group.CaseId = made["case_id"]!.GetValue<long>();
    group.TaskId = made["tasks"]![0]!["id"]!.GetValue<long>();
});
var owners = groups.SelectMany(group => group.Alerts.Select((alert, index) => (alert, group, index))).ToArray();
await EachAsync("create an alert, linked to its case", owners, clients, async entry =>
{
    var made = await api.PostAsync(
        "/api/v1/records",
        new JsonObject
        {
            ["record_type_id"] = typeId,
            ["case_ids"] = new JsonArray(entry.group.CaseId),
            ["field_values"] = new JsonArray(
                Value("time", entry.alert.Time), Value("action", entry.alert.Action), Value("package", entry.alert.Package), Value("version", entry.alert.Version)),
        },
        $"{stamp} {entry.group.Number} {entry.index}");
    lock (entry.group.Records) entry.group.Records.Add(made["id"]!.GetValue<long>());
});
var wrong = 0;
await EachAsync("read a case's records", groups, clients, async group =>
{
    var ids = new List<long>();
    var next = $"/api/v2/cases/{group.CaseId}/records?per_page=500";
    while (next is not null)
    {
        var page = await api.GetAsync(next);
        ids.AddRange(page["records"]!.AsArray().Select(record => record!["id"]!.GetValue<long>()));
        next = page["meta"]!["next_page"]?.GetValue<string>();
    }

    if (!ids.Order().SequenceEqual(group.Records.Order())) Interlocked.Increment(ref wrong);
});
run.Check($"every one of {alerts.Length:N0} alerts is in its case and nowhere else", wrong == 0);

// 2. Links and comments.
await EachAsync("link two cases", groups[..^1], clients, group
    => api.PostAsync($"/api/v2/cases/{group.CaseId}/linked_cases", new JsonObject { ["id"] = groups[Array.IndexOf(groups, group) + 1].CaseId }));
var middle = groups[groups.Length / 2];
var links = await api.GetAsync($"/api/v2/cases/{middle.CaseId}/linked_cases");
run.Check("a case in the middle is linked to both its neighbours", links["meta"]!["count"]!.GetValue<long>() == 2);
await EachAsync("comment", [.. groups.SelectMany(group => Enumerable.Range(1, 5).Select(number => (group, number)))], clients, entry
    => api.PostAsync($"/api/v2/cases/{entry.group.CaseId}/comments", new JsonObject { ["value"] = $"Note {entry.number}: looks like a *planned* upgrade." }));
run.Check("the comments are there", (await api.GetAsync($"/api/v2/cases/{middle.CaseId}/comments"))["meta"]!["count"]!.GetValue<long>() == 5);

// 3. Closed under their condition: the even ones.
var refused = 0;
var closing = groups.Where(group => group.Number % 2 == 0).ToArray();
await EachAsync("close a case that nobody has looked at", closing, clients, async group =>
{
    if (await api.StatusAsync(HttpMethod.Put, $"/api/v2/cases/{group.CaseId}", new JsonObject { ["status"] = "closed" }) == HttpStatusCode.UnprocessableEntity)
        Interlocked.Increment(ref refused);
});
run.Check("each of them is refused", refused == closing.Length);
await EachAsync("do the task", closing, clients, group => api.PutAsync($"/api/v2/cases/{group.CaseId}/tasks/{group.TaskId}", new JsonObject { ["completed"] = true }));
await EachAsync("close a case", closing, clients, group => api.PutAsync($"/api/v2/cases/{group.CaseId}", new JsonObject { ["status"] = "closed" }));

// 4. Lists.
await ListAsync("those of today", new JsonObject { ["tags"] = new JsonArray(tag) }, groups);
await ListAsync("the closed ones", new JsonObject { ["tags"] = new JsonArray(tag), ["status"] = "closed" }, closing);
await ListAsync("the high ones that are open", new JsonObject { ["tags"] = new JsonArray(tag), ["status"] = "open", ["priority"] = "high" },
    [.. groups.Except(closing).Where(group => group.Alerts.Count >= 30)]);
await ListAsync("by metadata", new JsonObject { ["metadata"] = new JsonObject { ["run"] = stamp, ["group"] = middle.Number } }, [middle]);
var wanted = middle.Packages[0];
await ListAsync($"by a record's value, {wanted}", new JsonObject { ["tags"] = new JsonArray(tag), ["records"] = new JsonArray(wanted) }, [.. groups.Where(group => group.Packages.Contains(wanted))]);
await ListAsync($"by text, {wanted}", new JsonObject { ["tags"] = new JsonArray(tag), ["search"] = wanted },
    [.. groups.Where(group => group.Packages.Any(package => package.Contains(wanted, StringComparison.OrdinalIgnoreCase)))]);

// 5. A case whole, and as a document.
var shown = await TimedAsync("a case", () => api.GetAsync($"/api/v2/cases/{middle.CaseId}"));
run.Check("it shows its records", shown["records_meta"]!["count"]!.GetValue<long>() == middle.Records.Count);
var pdf = await TimedAsync("its PDF", () => api.BytesAsync($"/api/v2/cases/{middle.CaseId}/pdf"));
run.Check($"it is a PDF, of {pdf.Length / 1024:N0} KiB", pdf.AsSpan().StartsWith("%PDF-"u8));
if (options.GetValueOrDefault("--pdf") is { } file) await File.WriteAllBytesAsync(file, pdf);

// 6. Both sides of a link go together.
await api.DeleteAsync($"/api/v1/records/{middle.Records[0]}");
var after = await api.GetAsync($"/api/v2/cases/{middle.CaseId}/records?per_page=500");
run.Check("a deleted record leaves its case", after["records"]!.AsArray().All(record => record!["id"]!.GetValue<long>() != middle.Records[0]));
await api.DeleteAsync($"/api/v2/cases/{groups[0].CaseId}");
var freed = await api.GetAsync($"/api/v1/records/{groups[0].Records[0]}");
run.Check("a deleted case leaves its records", freed["case_ids"]!.AsArray().Count == 0);
return run.End();

int Number(string name, string otherwise) => int.Parse(options.GetValueOrDefault(name, otherwise), CultureInfo.InvariantCulture);

async Task ListAsync(string what, JsonObject filters, IReadOnlyList<Group> expected)
{
    var path = $"/api/v2/cases?team_id=1&per_page=20&order=PRIORITY_DESC&filters={Uri.EscapeDataString(filters.ToJsonString())}";
    var list = await TimedAsync($"list {what}", () => api.GetAsync(path));
    run.Check($"{expected.Count} cases are found", list["meta"]!["count"]!.GetValue<long>() == expected.Count);
    run.Check(
        "and are the right ones",
        list["cases"]!.AsArray().Count == Math.Min(20, expected.Count) && list["cases"]!.AsArray().All(found => expected.Any(group => group.CaseId == found!["case_id"]!.GetValue<long>())));
}

static JsonObject Field(string name, string type, IEnumerable<string>? values = null)
{
    var field = new JsonObject { ["name"] = name, ["result_type"] = type };
    if (values is not null) field["fixed_values"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
    return field;
}

JsonObject Value(string field, string value) => new() { ["field_id"] = fields[field], ["value"] = value };
