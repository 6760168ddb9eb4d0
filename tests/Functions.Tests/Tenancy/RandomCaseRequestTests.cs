using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Casefile.Core.Storage;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tests.Tenancy;

/// <summary>
/// Requests to every endpoint about cases, their webhooks and datasets, as the rules of access make them, with something in most of them put wrong: an id of
/// the other team's, a value of another kind, a text that no storage likes. As <see cref="RandomRequestTests"/> otherwise.
/// </summary>
public sealed class RandomCaseRequestTests(TwoTeams teams) : IClassFixture<TwoTeams>
{
    private const int Requests = 2_500;
    private const int AtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task No_request_breaks_the_service_or_reaches_another_team()
    {
        var run = Environment.GetEnvironmentVariable("CASEFILE_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next(1_000_000) * 1_000;
        var requests = await SamplesAsync();
        var others = await OthersAsync();
        var before = await OtherAsync();
        string[] keys = [teams.Keys["admin"], teams.Keys["admin"], teams.Keys["editor"], teams.Keys["member"], teams.Keys["viewer"], teams.Keys["writer"]];
        var statuses = new int[600];
        var wrong = new ConcurrentQueue<string>();

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, cancellation) =>
        {
            var random = new Random(run + i);
            var sample = requests[i % requests.Count];
            var (path, body) = new Spoiler(random, others).Spoil(sample);
            var started = Stopwatch.GetTimestamp();
            var answer = await teams.Service.SendAsAsync(keys[(run + i) % keys.Length], new HttpMethod(sample.Method), path, body).WaitAsync(Patience, cancellation);

            var shown = answer.Text.Length > 500 ? answer.Text[..500] : answer.Text;
            var isRight = (int)answer.Status < 500
                && answer.Headers.ContainsKey("x-request-id")
                && !Unasked(answer.Text, path).Contains(TwoTeams.Mark, StringComparison.Ordinal)
                && IsInShape(answer)
                && Stopwatch.GetElapsedTime(started) < Patience;
            if (!isRight) wrong.Enqueue($"seed {run + i}: {sample.Method} {path} {(body?.Length > 1_000 ? body[..1_000] : body)}\n{answer.Status} {shown}");
            Interlocked.Increment(ref statuses[(int)answer.Status]);
        });

        Assert.True(wrong.IsEmpty, $"{wrong.Count} wrong answers:\n{string.Join("\n\n", wrong.Take(10))}");
        Assert.Equal(before, await OtherAsync());
        var answered = string.Join(", ", statuses.Index().Where(each => each.Item > 0).Select(each => $"{each.Item} x {each.Index}"));
        Assert.True(
            statuses[200] > Requests / 20 && statuses[201] > 0 && statuses[204] > 0 && statuses[400] > 0 && statuses[403] > 0 && statuses[404] > 0 && statuses[422] > 0,
            $"seed {run}: requests are all alike: {answered}");
    }

    /// <summary>An answer without what it repeats of the request's path.</summary>
    private static string Unasked(string text, string path)
        => path.Split('/', '?').Where(segment => segment.Contains(TwoTeams.Mark, StringComparison.Ordinal)).Aggregate(text, (rest, segment) => rest.Replace(segment, "", StringComparison.Ordinal));

    private static bool IsInShape(Answer answer)
    {
        if (answer.Status == HttpStatusCode.NoContent) return answer.Text.Length == 0;
        if ((int)answer.Status < 400) return true;
        var errors = answer.Json.GetProperty("errors");
        return errors.ValueKind == JsonValueKind.Object
            ? errors.EnumerateObject().Any()
            : errors.EnumerateArray().Any() && errors.EnumerateArray().All(error => error.GetProperty("message").GetString() is { Length: > 0 });
    }

    private async Task<IReadOnlyList<string>> OtherAsync()
    {
        var rows = await teams.Service.EverythingAsync([(TableNames.Records, $"{teams.Other.Type}"), (TableNames.Cases, $"{teams.Other.Id}")]);
        return [.. rows.Where(row => row.StartsWith("records/", StringComparison.Ordinal) || row.StartsWith("cases/", StringComparison.Ordinal))];
    }

    /// <summary>A request of every endpoint in either team, of the other team's with a body of the own.</summary>
    private async Task<IReadOnlyList<Sample>> SamplesAsync()
    {
        var methods = typeof(Fallthrough).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Select(method => (
                method.GetCustomAttribute<FunctionAttribute>()?.Name,
                Trigger: method.GetParameters().Select(each => each.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(each => each is not null)))
            .Where(each => each is { Name: not null, Trigger: not null })
            .ToDictionary(each => each.Name!, each => each.Trigger!.Methods![0].ToUpperInvariant(), StringComparer.Ordinal);
        var samples = new List<Sample>();
        foreach (var (name, rule) in AccessRule.Sets.Skip(1).SelectMany(set => set))
        {
            if (!methods.TryGetValue(name, out var method)) continue;
            var (path, body) = await rule.Request(teams.Own);
            samples.Add(new Sample(method, path, body));
            samples.Add(new Sample(method, path, body));
            samples.Add(new Sample(method, (await rule.Request(teams.Other)).Path, body));
        }

        return samples;
    }

    /// <summary>Ids of the other team's, which requests may name and must not reach.</summary>
    private async Task<long[]> OthersAsync() =>
    [
        teams.Other.Id, teams.Other.Type, teams.Other.Text, await teams.Other.RecordAsync(), await teams.Other.CaseAsync(), await teams.Other.MemberAsync(), await teams.Other.OptionAsync(),
    ];

    private sealed record Sample(string Method, string Path, string? Body);

    /// <summary>Puts something in a request wrong.</summary>
    private sealed class Spoiler(Random random, long[] others)
    {
        /// <summary>Characters of a query string; servers stop at some 8 KiB.</summary>
        private const int LongestQuery = 6_000;

        private static readonly string[] Members =
        [
            "team_id", "name", "description", "priority", "status", "sub_status_id", "author_email", "assignee_emails", "add_assignee_emails", "remove_assignee_emails", "tag_names",
            "add_tag_names", "remove_tag_names", "opened_at", "resolved_at", "closure_conditions", "metadata", "field_values", "tasks", "blocks", "actions", "record_ids", "add_record_ids",
            "remove_record_ids", "position", "block_group_id", "elements", "value", "file_contents", "filename", "user_emails", "query_params", "validation_options", "fallback_status_id",
            "datums", "metadatums", "original", "state", "archived", "activity_types", "url", "page", "per_page", "resolve_mentions", "filters", "order", "search", "team_case_block_id",
        ];

        private static readonly string[] Filters =
        [
            "assignees", "and_assignees", "exclude_assignees", "assigned_to_me", "assignee_emails", "unassigned", "authors", "exclude_authors", "author_emails", "tags", "or_tags",
            "exclude_tags", "case_ids", "start_date", "end_date", "resolved_at_end_date", "updated_at_start_date", "metadata", "priority", "status", "sub_status_names", "records", "search",
        ];

        private static readonly string[] Hostile =
        [
            "null", "true", "0", "-1", "1.5", "1e400", "-1e308", "9007199254740992", "9007199254740993", "99999999999999999999999", "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"",
            "\"\\ud800\"", "\"{\\\"a\\\":\\\"\\\\ud800\\\"}\"", "\"'; DROP\"", "\"\\\"* OR NEAR(\"", "\"%_!\"", "\"9999-12-31\"", "\"0001-01-01\"", "\"9999-12-31T23:59:59-14:00\"",
            "\"<@user-1> <@user-9007199254740993> <@user-\"", "[]", "{}", "[[]]", "[null]", "[{}]", "{\"\":{}}", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}", "[1,\"2\",3.5]", "\"2147483648\"",
            "\"unassigned\"", "\"=[\"", "\"[1,2\"", "\"====\"", "\"YQ\"", "\"😀\"", "{\"id\":1}", "[{\"id\":-1}]", "\"javascript:alert(1)\"", "\"http://[::1]/\"",
        ];

        public (string Path, string? Body) Spoil(Sample sample)
        {
            var (path, body) = (sample.Path, sample.Body);
            var kind = random.Next(10);
            if (kind < 2) return (path, body);
            if (kind == 2) path = Elsewhere(path);
            if (kind is 3 or 4 && Parameter(path) is { Length: < LongestQuery } parameter) path += (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + parameter;
            if (kind >= 5) body = Body(body);
            return (path, body);
        }

        private string Elsewhere(string path)
        {
            var segments = path.Split('/');
            var numbers = segments.Index().Where(segment => segment.Item.All(char.IsAsciiDigit) && segment.Item.Length > 0).Select(segment => segment.Index).ToArray();
            if (numbers.Length == 0) return path + "/";
            segments[numbers[random.Next(numbers.Length)]] = random.Next(4) == 0 ? One("0", "-1", "9007199254740993", "99999999999999999999", "x", "%20", "1") : $"{others[random.Next(others.Length)]}";
            return string.Join('/', segments);
        }

        private string Parameter(string path)
        {
            if (path.Contains("cases", StringComparison.Ordinal) && random.Next(2) == 0)
            {
                var filters = string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"\"{One(Filters)}\":{Value()}"));
                return $"filters={Uri.EscapeDataString(random.Next(8) == 0 ? Value() : $"{{{filters}}}")}";
            }

            return $"{One(Members)}{One("", "", "[]")}={Uri.EscapeDataString(Value().Trim('"'))}";
        }

        private string? Body(string? body)
        {
            if (body is not null && random.Next(12) == 0) return body[..random.Next(body.Length)];
            var root = body is null ? [] : JsonNode.Parse(body) as JsonObject;
            if (root is null) return body;
            if (random.Next(3) == 0) return Insert(root, One(Members), Value());
            var places = new List<JsonNode>();
            Collect(root, places);
            if (places.Count == 0) return Insert(root, One(Members), Value());

            // A text that stands for the hostile value, so that it comes as it is, whatever JSON thinks of it.
            const string stand = "@here@";
            var (place, value) = (places[random.Next(places.Count)], Value());
            if (place.GetValueKind() == JsonValueKind.Number && random.Next(2) == 0) value = $"{others[random.Next(others.Length)]}";
            place.ReplaceWith(stand);
            return root.ToJsonString().Replace($"\"{stand}\"", value, StringComparison.Ordinal);
        }

        private static void Collect(JsonNode node, List<JsonNode> places)
        {
            IEnumerable<JsonNode?> children = node switch
            {
                JsonObject members => members.Select(member => member.Value),
                JsonArray elements => elements,
                _ => [],
            };
            foreach (var child in children.OfType<JsonNode>())
            {
                places.Add(child);
                Collect(child, places);
            }
        }

        private static string Insert(JsonObject root, string name, string value)
        {
            root.Remove(name);
            var text = root.ToJsonString();
            return new StringBuilder(text, 0, text.Length - 1, 0).Append(root.Count > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"\"{name}\":{value}}}").ToString();
        }

        private string Value() => random.Next(12) switch
        {
            0 => $"{others[random.Next(others.Length)]}",
            1 => $"[{others[random.Next(others.Length)]}]",
            2 => $"\"{new string(One("a", "é", "<", "=").Single(), random.Next(110_000))}\"",
            3 => $"[{string.Join(',', Enumerable.Range(0, random.Next(1_500)).Select(number => $"\"{number}\""))}]",
            4 => new string('[', 70) + new string(']', 70),
            _ => One(Hostile),
        };

        private string One(params string[] choices) => choices[random.Next(choices.Length)];
    }
}
