using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Casefile.Load;

namespace Casefile.Bench;

/// <summary>The service in a process of its own, with timers that never come and no rate limits.</summary>
public sealed class Service : IAsyncDisposable
{
    private const string Key = "owner-key-of-the-benchmark";

    private static readonly string[] Always =
    [
        "--urls", "http://127.0.0.1:0", "--RECORDS_OWNER_KEY", Key, "--Logging:LogLevel:Default", "Warning",
        "--EnforceRetentionSchedule", "0 0 0 1 1 *", "--MaintainStorageSchedule", "0 0 0 1 1 *", "--RateLimits:Default", "0", "--RateLimits:Records", "0",
        // A million records, and what is written after them.
        "--Limits:RecordsPerType", "2000000",
    ];

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestUnrest = TimeSpan.FromMinutes(2);

    private readonly ServerProcess process;

    private Service(ServerProcess process)
    {
        this.process = process;
        Client = new HttpClient { BaseAddress = process.Url, Timeout = TimeSpan.FromHours(1) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    /// <summary>The header that names the owner.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Authorization { get; } = [new("Authorization", $"Bearer {Key}")];

    /// <summary>Where it listens.</summary>
    public Uri Url => process.Url;

    /// <summary>Calls it as the owner.</summary>
    public HttpClient Client { get; }

    /// <summary>The processor time that it has taken since its start.</summary>
    public TimeSpan ProcessorTime => process.ProcessorTime;

    /// <summary>The memory that it has resident, in bytes.</summary>
    public long WorkingSet => process.WorkingSet;

    /// <summary>The most that it has had, in bytes.</summary>
    public long PeakWorkingSet => process.PeakWorkingSet;

    /// <summary>Starts it.</summary>
    /// <param name="assembly">LocalHost's dll, or another that serves the same by the same settings.</param>
    /// <param name="settings"><c>--Name</c>, value, and so on.</param>
    public static async Task<Service> StartAsync(string assembly, params IEnumerable<string> settings)
        => new(await ServerProcess.StartAsync(assembly, [.. Always, .. settings]));

    /// <summary>The settings for storage in a folder.</summary>
    public static string[] Embedded(string folder) => ["--Storage:Embedded", folder];

    /// <summary>Makes a type for sample records.</summary>
    public async Task<SampleTable> MakeTypeAsync(string name)
    {
        using var made = await Client.PostAsJsonAsync("/api/v1/record_types", new
        {
            name,
            team_id = 1,
            fields = new object[]
            {
                new { name = "name", result_type = "TEXT" },
                new { name = "weight", result_type = "NUMBER" },
                new { name = "seen", result_type = "TIMESTAMP" },
                new { name = "open", result_type = "BOOLEAN" },
                new { name = "kind", result_type = "TEXT_ENUM", fixed_values = SampleRecord.Kinds },
                new { name = "note", result_type = "TEXT" },
                new { name = "source", result_type = "TEXT_ENUM", fixed_values = SampleRecord.Sources },
                new { name = "host", result_type = "TEXT" },
                new { name = "owner", result_type = "TEXT" },
            },
        });
        return SampleTable.Read(JsonElement.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync()));
    }

    /// <summary>The sample types that were made before, by their names.</summary>
    public async Task<IReadOnlyDictionary<string, SampleTable>> TypesAsync()
    {
        var text = await Client.GetStringAsync(new Uri("/api/v1/record_types?per_page=500", UriKind.Relative));
        return JsonElement.Parse(text).GetProperty("record_types").EnumerateArray().ToDictionary(type => type.GetProperty("name").GetString()!, SampleTable.Read);
    }

    /// <summary>Imports the first so many sample records.</summary>
    /// <exception cref="InvalidOperationException">Not all of them were taken; the message is the answer's end.</exception>
    public async Task ImportAsync(SampleTable table, int count)
    {
        using var lines = new SampleLines(count);
        using var answer = await Client.PostAsync(new Uri($"/api/v1/records/import?record_type_id={table.Id}&report=failures", UriKind.Relative), lines);
        var text = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        if (text != string.Create(CultureInfo.InvariantCulture, $"{{\"succeeded\":{count},\"failed\":0}}\n"))
            throw new InvalidOperationException(text[^Math.Min(text.Length, 2_000)..]);
    }

    /// <summary>An answer, after as many 503 as it takes to build a replica.</summary>
    public async Task<JsonDocument> AnswerAsync(Uri target)
    {
        while (true)
        {
            using var answer = await Client.GetAsync(target);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable) return JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
            await Task.Delay(Look);
        }
    }

    /// <summary>Waits until it has done what it does in the background, such as indexes and a snapshot: for two minutes at most.</summary>
    public async Task SettleAsync()
    {
        for (var (waited, quiet) = (TimeSpan.Zero, 0); quiet < 3 && waited < LongestUnrest; waited += Look)
        {
            var before = ProcessorTime;
            await Task.Delay(Look);
            quiet = ProcessorTime - before < Look / 10 ? quiet + 1 : 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await process.DisposeAsync();
    }
}
