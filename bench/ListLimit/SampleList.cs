using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Casefile.Load;

namespace Casefile.ListLimit;

/// <summary>A record type with records, and a list of them: filtered by one field, sorted by another, the first page of twenty.</summary>
internal sealed class SampleList
{
    public const string Key = "owner-key-of-the-benchmark";

    private static readonly KeyValuePair<string, string>[] Authorization = [new("Authorization", $"Bearer {Key}")];
    private static readonly string[] Severities = ["Low", "Medium", "High"];

    private readonly string target;
    private readonly long type;
    private readonly Dictionary<string, long> fields;

    private SampleList(string target, long type, Dictionary<string, long> fields) => (this.target, this.type, this.fields) = (target, type, fields);

    /// <summary>The list.</summary>
    public LoadRequest Request => new("GET", target, Authorization);

    /// <summary>The list, for one who has it already.</summary>
    public LoadRequest Unchanged(string etag) => new("GET", target, [.. Authorization, new("If-None-Match", etag)]);

    /// <summary>A list that nobody has asked for before: of the records above another score, in whatever order they come.</summary>
    public LoadRequest Other(long number)
    {
        var filter = Uri.EscapeDataString(string.Create(
            CultureInfo.InvariantCulture, $$"""[{"field_id":{{fields["Severity"]}},"operator":"EQUAL","value":"High"},{"field_id":{{fields["Score"]}},"operator":"GREATER_THAN","value":{{number / 1_000.0}}}]"""));
        return new LoadRequest("GET", string.Create(CultureInfo.InvariantCulture, $"/api/v1/records?record_type_id={type}&order_field_id={fields["Score"]}&per_page=20&filters={filter}"), Authorization);
    }

    /// <summary>One more record.</summary>
    public LoadRequest Create(int number) => new(
        "POST",
        "/api/v1/records",
        [.. Authorization, new("Content-Type", "application/json")],
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"record_type_id":{{type}},"field_values":[{"field_id":{{fields["Title"]}},"value":"Login from a new country, number {{number}}"},{"field_id":{{fields["Severity"]}},"value":"High"},{"field_id":{{fields["Score"]}},"value":{{number % 1_000}}}]}""")));

    /// <summary>Makes the type and its records through the API.</summary>
    public static async Task<SampleList> MakeAsync(Uri service, int records)
    {
        using var client = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var made = await client.PostAsJsonAsync("/api/v1/record_types", new
        {
            name = "Alert",
            team_id = 1,
            fields = new object[]
            {
                new { name = "Title", result_type = "TEXT" },
                new { name = "Severity", result_type = "TEXT_ENUM", fixed_values = Severities },
                new { name = "Score", result_type = "NUMBER" },
                new { name = "Host", result_type = "TEXT" },
                new { name = "Open", result_type = "BOOLEAN" },
            },
        });
        var type = JsonElement.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        var id = type.GetProperty("id").GetInt64();
        var fields = type.GetProperty("record_fields").EnumerateArray().ToDictionary(field => field.GetProperty("name").GetString()!, field => field.GetProperty("id").GetInt64());

        var lines = new StringBuilder();
        for (var i = 0; i < records; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""{"Title":"Login from a new country, number {{i}}","Severity":"{{Severities[i % 3]}}","Score":{{i * 7919 % 1_000}},"Host":"host-{{i % 500}}.example.com","Open":{{(i % 2 == 0 ? "true" : "false")}}}""").Append('\n');
        }

        using var body = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
        using var imported = await client.PostAsync(new Uri($"/api/v1/records/import?record_type_id={id}&report=failures", UriKind.Relative), body);
        var outcome = await imported.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        if (!outcome.Contains($"\"succeeded\":{records},\"failed\":0", StringComparison.Ordinal)) throw new InvalidOperationException(outcome);

        var filter = Uri.EscapeDataString($$"""[{"field_id":{{fields["Severity"]}},"operator":"EQUAL","value":"High"}]""");
        return new SampleList(string.Create(CultureInfo.InvariantCulture, $"/api/v1/records?record_type_id={id}&order_field_id={fields["Score"]}&per_page=20&filters={filter}"), id, fields);
    }
}
