using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Casefile.Functions.Tests.Tenancy;

/// <summary>
/// Thousands of random requests, half right and half wrong, with the keys of one team. Whatever they ask, the service answers in its own shape and
/// in time, never by a fault of its own, and never with, or by changing, anything of the other team.
/// </summary>
public sealed class RandomRequestTests(TwoTeams teams) : IClassFixture<TwoTeams>
{
    private const int Requests = 3_000;
    private const int AtOnce = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task No_request_breaks_the_service_or_reaches_another_team()
    {
        // A failing request is made again by its seed: the message names it.
        var run = Environment.GetEnvironmentVariable("CASEFILE_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next(1_000_000) * 1_000;
        var hidden = await teams.Other.RecordAsync();
        var own = new List<long>();
        while (own.Count < 20) own.Add(await teams.Own.RecordAsync());
        var ids = new Ids(
            [teams.Own.Type, await teams.Own.TypeAsync(), teams.Other.Type],
            [teams.Own.Text, teams.Own.Artifact, teams.Own.Text - 1, teams.Own.Text - 2, teams.Other.Text],
            [.. own, hidden, hidden],
            [teams.Own.Id, teams.Other.Id],
            [await teams.Own.MemberAsync(), await teams.Other.MemberAsync()]);
        var before = await OtherAsync();
        string[] keys = [teams.Keys["admin"], teams.Keys["admin"], teams.Keys["editor"], teams.Keys["member"], teams.Keys["viewer"]];
        var statuses = new int[600];

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, cancellation) =>
        {
            var random = new RandomRequest(new Random(run + i), ids);
            var (method, path, body) = random.Next();
            var started = Stopwatch.GetTimestamp();
            var answer = await teams.Service.SendAsAsync(keys[(run + i) % keys.Length], new HttpMethod(method), path, body).WaitAsync(Patience, cancellation);

            var request = $"seed {run + i}: {method} {path} {body}";
            var shown = answer.Text.Length > 500 ? answer.Text[..500] : answer.Text;
            Assert.True((int)answer.Status < 500 || IsReordering(answer), $"{request}\n{answer.Status} {shown}");
            Assert.True(answer.Headers.ContainsKey("x-request-id"), $"{request}\n{answer.Status} {shown}");
            Assert.False(answer.Text.Contains(TwoTeams.Mark, StringComparison.Ordinal), $"{request}\n{shown}");
            Assert.True(IsInShape(answer), $"{request}\n{answer.Status} {shown}");
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, request);
            Interlocked.Increment(ref statuses[(int)answer.Status]);
        });

        Assert.Equal(before, await OtherAsync());
        var answered = string.Join(", ", statuses.Index().Where(each => each.Item > 0).Select(each => $"{each.Item} x {each.Index}"));
        Assert.True(
            statuses[200] > Requests / 60 && statuses[201] > 0 && statuses[400] > 0 && statuses[403] > 0 && statuses[404] > 0 && statuses[422] > 0 && statuses[503] < Requests / 10,
            $"seed {run}: requests are all alike: {answered}");
    }

    /// <summary>The one refusal above 499 that is no fault: creates that have to wait while the retention column of a full type changes.</summary>
    private static bool IsReordering(Answer answer)
        => answer.Status == HttpStatusCode.ServiceUnavailable && answer.Headers.ContainsKey("Retry-After") && answer.Text.Contains("is being reordered", StringComparison.Ordinal);

    private static bool IsInShape(Answer answer)
    {
        if (answer.Status == HttpStatusCode.NoContent) return answer.Text.Length == 0;
        var json = answer.Json;
        return (int)answer.Status < 400
            ? json.ValueKind == JsonValueKind.Object
            : json.GetProperty("errors").EnumerateArray().Any() && json.GetProperty("errors").EnumerateArray().All(error => error.GetProperty("message").GetString() is { Length: > 0 });
    }

    private async Task<IReadOnlyList<string>> OtherAsync()
    {
        var rows = await teams.Service.EverythingAsync($"{teams.Other.Type}");
        return [.. rows.Where(row => row.StartsWith("records/", StringComparison.Ordinal)), (await teams.Service.GetAsync($"/api/v1/teams/{teams.Other.Id}/members")).Text];
    }

    /// <summary>Ids that requests are made of, the other team's last.</summary>
    private sealed record Ids(long[] Types, long[] Fields, long[] Records, long[] Teams, long[] Users);

    /// <summary>A grammar of requests: parameters of the right names with values that are right more often than not.</summary>
    private sealed class RandomRequest(Random random, Ids ids)
    {
        private static readonly string[] Words =
            ["", "a", "open text", "' or 1 eq 1", "\\", "\"", "%", "😀", "null", "true", "2026-01-02T03:04:05Z", "2026-02-30", "1e400", "-0", "0x1", "NaN", "\u0001", "/#?", "a[]", "=["];

        private static readonly string[] Operators =
            ["EQUAL", "NOT_EQUAL", "GREATER_THAN", "GREATER_THAN_OR_EQUAL_TO", "LESS_THAN", "LESS_THAN_OR_EQUAL_TO", "IS_EMPTY", "IS_NOT_EMPTY", "IS_TRUE", "IS_FALSE", "IS_ANY_OF", "IS_NONE_OF", "LIKE"];

        private static readonly string[] ResultTypes = ["TEXT", "NUMBER", "TIMESTAMP", "BOOLEAN", "TEXT_ENUM", "ARTIFACT", "JSON", "text"];

        public (string Method, string Path, string? Body) Next()
        {
            var (method, path, members) = random.Next(14) switch
            {
                0 or 1 => ("GET", "records", List()),
                2 or 3 => ("POST", "records", Create()),
                4 => ("GET", $"records/{Id(ids.Records)}", Get()),
                5 or 6 => ("PUT", $"records/{Id(ids.Records)}", Update()),
                7 => ("POST", "records/query", Query()),
                8 => ("GET", $"records/{Id(ids.Records)}/artifacts/{random.Next(5)}", []),
                9 => ("PUT", $"record_types/{Id(ids.Types)}", TypeChange()),
                10 => ("GET", One("record_types", "teams", "users", "api_keys", $"record_types/{Id(ids.Types)}", $"teams/{Id(ids.Teams)}/members", $"users/{Id(ids.Users)}"), Paging()),
                11 => ("DELETE", One($"records/{ids.Records[^1]}", $"records/{ids.Records[random.Next(8)]}", $"record_types/{ids.Types[^1]}", $"teams/{Id(ids.Teams)}", $"teams/{ids.Teams[^1]}/members/{Id(ids.Users)}"), []),
                12 => ("POST", One("record_types", "teams", $"teams/{Id(ids.Teams)}/members", "users"), TypeChange()),
                _ => (One("GET", "POST", "PUT", "DELETE"), One("records/", "record_types", "nothing", "records/x", $"records/{Id(ids.Records)}/", "teams/1/members/1/2"), Get()),
            };
            if (random.Next(12) == 0) members.Add((One("page", "fields", "filters", "field_values", "unknown", "a[]", ""), Junk(0)));

            var query = new StringBuilder();
            var body = new List<string>();
            var most = random.Next(4);
            foreach (var (name, value) in members)
            {
                // Most parameters go where clients put them, some where they do not.
                if ((method is "GET" or "DELETE") == (most != 0) && query.Length + (3 * value.Length) < 6_000)
                    query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append(random.Next(40) == 0 ? "[]" : "").Append('=').Append(Uri.EscapeDataString(Bare(value)));
                else
                    body.Add($"{JsonSerializer.Serialize(name)}:{value}");
            }

            var json = body.Count == 0 && method is "GET" or "DELETE" ? null : $"{{{string.Join(',', body)}}}";
            if (json is not null && random.Next(30) == 0) json = json[..random.Next(json.Length)];
            return (method, $"/api/v1/{path}{query}", json);
        }

        private List<(string, string)> List() => Some(
            ("record_type_id", Id(ids.Types)), ("record_type_id", Id(ids.Types)), ("record_field_ids", Several(() => Id(ids.Fields))), ("range_start", One("\"2026-01-02\"", "\"2026-01-02T03:04:05Z\"", Text())), ("range_end", "\"2030-01-01\""),
            ("story_ids", Several(Number)), ("story_container_ids", Several(Number)), ("order_direction", One("\"ASC\"", "\"DESC\"", "\"asc\"", Junk(0))), ("order_field_id", Id(ids.Fields)),
            ("per_page", Number()), ("page", Number()), ("filters", Filters()), ("test_mode", Flag()), ("parent_ids", Several(() => Id(ids.Records))), ("resolve_artifacts", Flag()),
            ("after", random.Next(3) == 0 ? Text() : "null"));

        private List<(string, string)> Get() => Some(
            ("record_type_id", Id(ids.Types)), ("record_field_ids", Several(() => Id(ids.Fields))), ("resolve_artifacts", Flag()), ("include_children", Flag()));

        private List<(string, string)> Create() =>
        [
            ("record_type_id", random.Next(3) == 0 ? Id(ids.Types) : $"{ids.Types[0]}"), ("field_values", Values()),
            .. Some(("case_ids", Several(Number)), ("parent_record_id", Id(ids.Records)), ("test_mode", Flag()), ("resolve_artifacts", Flag()), ("story_name", Text()), ("story_id", Number())),
        ];

        private List<(string, string)> Update() => Some(
            ("field_values", Values()), ("add_child_records", Several(() => Id(ids.Records))), ("remove_child_records", Several(() => Id(ids.Records))),
            ("parent_record_id", One("null", Id(ids.Records))), ("add_case_ids", Several(Number)), ("remove_team_case_ids", Several(Number)), ("include_children", Flag()));

        private List<(string, string)> Query() =>
        [
            ("record_type_id", random.Next(3) == 0 ? Id(ids.Types) : $"{ids.Types[0]}"),
            ("aggregations", Several(() => $$"""{"function":{{One("\"COUNT\"", "\"MAX\"", "\"SUM\"", "\"COUNT_DISTINCT\"", Junk(0))}},"field_id":{{Id(ids.Fields)}}}""")),
            .. Some(("group_by", Several(() => $$"""{"field_id":{{Id(ids.Fields)}},"interval":{{One("null", "\"DAY\"", "\"WEEK\"", Junk(0))}}}""")), ("filters", Filters()),
                ("time_range", $$"""{"start":{{One("null", "\"2026-01-02\"", Text())}},"end":{{One("null", "\"2030-01-01\"")}}}"""), ("parent_ids", Several(() => Id(ids.Records)))),
        ];

        private List<(string, string)> TypeChange() => Some(
            ("name", Text()), ("name", Text()), ("team_id", Id(ids.Teams)), ("team_id", Id(ids.Teams)), ("description", Text()), ("editable", Flag()), ("max_records_limit", Number()),
            ("on_limit_reached", One("\"EVICT_OLDEST\"", "\"REJECT\"", Junk(0))), ("retention_column_name", One("\"UPDATED_AT\"", "\"CREATED_AT\"", "null")), ("ttl_days", One("null", "3650", "0", Junk(0))),
            ("fields", Several(() => $$"""{"name":{{Text()}},"result_type":"{{One(ResultTypes)}}","fixed_values":{{Several(Text)}}}""")), ("user_id", Id(ids.Users)), ("role", One("\"viewer\"", Junk(0))));

        private List<(string, string)> Paging() => Some(("page", Number()), ("per_page", Number()), ("team_id", Id(ids.Teams)));

        private string Values() => Several(() => $$"""{"field_id":{{(random.Next(3) == 0 ? Id(ids.Fields) : $"{ids.Fields[random.Next(2)]}")}},"value":{{One(Text(), Text(), Junk(0))}}}""");

        private string Filters() => random.Next(10) == 0
            ? Junk(0)
            : Several(() => $$"""{"field_id":{{(random.Next(3) == 0 ? Id(ids.Fields) : $"\"{ids.Fields[0]}\"")}},"operator":"{{One(Operators)}}","value":{{One(Text(), Several(Text), Junk(0))}}}""");

        private string Id(long[] known) => random.Next(12) switch
        {
            0 => One("0", "-1", "\"x\"", "1", "2", "8000000000000000"),
            1 or 2 => known[^1].ToString(CultureInfo.InvariantCulture),
            _ => known[random.Next(known.Length - 1)].ToString(CultureInfo.InvariantCulture),
        };

        private string Number() => random.Next(12) == 0
            ? One("0", "-1", "1.5", "9007199254740993", "1e2", "99999999999999999999999", "\"x\"")
            : One("1", "2", "20", "7", "500", "\"3\"");

        private string Flag() => random.Next(12) == 0 ? Junk(0) : One("true", "false", "\"true\"", "\"false\"");

        private string Text() => JsonSerializer.Serialize(random.Next(80) == 0 ? new string('é', random.Next(40_000)) : One(Words));

        private string Several(Func<string> one) => random.Next(30) == 0 ? Junk(0) : $"[{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => one()))}]";

        private string Junk(int depth) => random.Next(depth > 3 ? 6 : 9) switch
        {
            0 => "null",
            1 => Number(),
            2 => Text(),
            3 => One("true", "false"),
            4 => "{}",
            5 => "[]",
            6 => $"[{Junk(depth + 1)},{Junk(depth + 1)}]",
            7 => $"{{{JsonSerializer.Serialize(One(Words))}:{Junk(depth + 1)}}}",
            _ => One("\"\\ud800\"", "\"\\u0000\"", "01", "'x'", new string('[', 70) + new string(']', 70)),
        };

        private string One(params string[] choices) => choices[random.Next(choices.Length)];

        private List<(string, string)> Some(params (string, string)[] members) => [.. members.DistinctBy(member => member.Item1).Where(_ => random.Next(3) == 0)];

        private static string Bare(string value) => value is ['"', .., '"'] && !value.Contains('\\', StringComparison.Ordinal) ? value[1..^1] : value;
    }
}
