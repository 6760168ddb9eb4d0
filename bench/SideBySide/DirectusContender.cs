using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Casefile.Bench;
using Casefile.Load;

namespace Casefile.SideBySide;

/// <summary>Directus over the tables: one Node.js process, as it comes, but without pressure limiter and logs.</summary>
internal sealed class DirectusContender : IContender, IAsyncDisposable
{
    public const string Version = "11.1.0";

    private const string Email = "admin@example.com";
    private const string Password = "password-of-the-benchmark";
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);

    private readonly LocalProcess process;
    private readonly PostgresServer postgres;
    private readonly HttpClient client;
    private KeyValuePair<string, string>[] authorization = [];

    private DirectusContender(LocalProcess process, PostgresServer postgres, Uri url)
    {
        (this.process, this.postgres, Url) = (process, postgres, url);
        client = new HttpClient { BaseAddress = url };
    }

    public string Name => "Directus";

    public Uri Url { get; }

    public TimeSpan? ProcessorTime => process.ProcessorTime + postgres.ProcessorTime;

    /// <summary>Installs it where it is not there yet, starts it over the tables and registers them.</summary>
    public static async Task<DirectusContender> StartAsync(string peers, PostgresServer postgres, IReadOnlyList<int> sizes)
    {
        var folder = Path.Combine(peers, "directus");
        await InstallAsync(folder);
        var port = LocalProcess.FreePort();
        await LocalProcess.RunAsync(Command("bootstrap"));
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var contender = new DirectusContender(LocalProcess.Start(Command("start")), postgres, url);
        try
        {
            await contender.process.ReadyAsync(contender.AnswersAsync, StartPatience);
            await contender.LogInAsync();
            foreach (var size in sizes.Prepend(0)) await contender.KeepActivityAsync(size, "all");
            return contender;
        }
        catch
        {
            await contender.DisposeAsync();
            throw;
        }

        ProcessStartInfo Command(string command) => new("node", [Path.Combine(folder, "node_modules", "directus", "cli.js"), command])
        {
            WorkingDirectory = folder,
            Environment =
            {
                ["HOST"] = "127.0.0.1",
                ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["SECRET"] = "secret-of-the-benchmark",
                ["NODE_ENV"] = "production",
                ["DB_CLIENT"] = "pg",
                ["DB_HOST"] = "127.0.0.1",
                ["DB_PORT"] = postgres.Port.ToString(CultureInfo.InvariantCulture),
                ["DB_DATABASE"] = "postgres",
                ["DB_USER"] = "bench",
                ["DB_PASSWORD"] = "none",
                ["ADMIN_EMAIL"] = Email,
                ["ADMIN_PASSWORD"] = Password,
                ["ACCESS_TOKEN_TTL"] = "1d",
                ["PRESSURE_LIMITER_ENABLED"] = "false",
                ["RATE_LIMITER_ENABLED"] = "false",
                ["CACHE_ENABLED"] = "false",
                ["LOG_LEVEL"] = "fatal",
                ["TELEMETRY"] = "false",
                ["SERVE_APP"] = "false",
            },
        };
    }

    /// <summary>Whether it writes down who did what, and each revision: <c>all</c>, as it comes, or null.</summary>
    public async Task KeepActivityAsync(int size, string? accountability)
    {
        using var answer = await client.PatchAsJsonAsync($"/collections/{PostgresTables.Of(size)}", new { meta = new { accountability } });
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    public LoadRequest Create(int size, SampleRecord record) => Post(size, json => record.Write(json));

    public LoadRequest CreateMany(IReadOnlyList<SampleRecord> records) => Post(0, json =>
    {
        json.WriteStartArray();
        foreach (var record in records) record.Write(json);
        json.WriteEndArray();
    });

    public LoadRequest Get(int size, Random random)
        => new("GET", string.Create(CultureInfo.InvariantCulture, $"/items/{PostgresTables.Of(size)}/{random.Next(size) + 1}"), authorization);

    public LoadRequest List(int size, ListQuery query)
    {
        var above = query.Above is { } weight ? string.Create(CultureInfo.InvariantCulture, $"&filter%5Bweight%5D%5B_gt%5D={weight}") : "";
        return new LoadRequest(
            "GET",
            string.Create(
                CultureInfo.InvariantCulture,
                $"/items/{PostgresTables.Of(size)}?filter%5B{query.Field}%5D%5B_eq%5D={query.Value}{above}&sort=-weight,-id&limit={ListQuery.PerPage}&page={query.Page}&meta=filter_count&mark={query.Mark}"),
            authorization);
    }

    public PageContent Read(ReadOnlyMemory<byte> body)
    {
        using var answer = JsonDocument.Parse(body);
        return new PageContent(
            answer.RootElement.GetProperty("meta").GetProperty("filter_count").GetInt64(),
            [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("name").GetString()!)]);
    }

    public Task SettleAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await process.DisposeAsync();
    }

    private static async Task InstallAsync(string folder)
    {
        // The mark is made last, so that an install cut short is never taken for a whole one.
        var mark = Path.Combine(folder, ".installed");
        if (File.Exists(mark)) return;
        Console.Error.WriteLine($"Installing Directus {Version} into {folder}; it takes some minutes…");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"name":"peer","private":true}""");
        await LocalProcess.RunAsync(new ProcessStartInfo("npm", ["install", $"directus@{Version}", "pg", "--no-audit", "--no-fund"]) { WorkingDirectory = folder });
        await File.WriteAllTextAsync(mark, Version);
    }

    private LoadRequest Post(int size, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body)) write(json);
        return new LoadRequest("POST", $"/items/{PostgresTables.Of(size)}", [.. authorization, new("Content-Type", "application/json")], body.ToArray());
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var pong = await client.GetAsync(new Uri("/server/ping", UriKind.Relative));
            return pong.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A token that is checked by its signature: with a static one Directus would look the user up in its database for every request.</summary>
    private async Task LogInAsync()
    {
        using var answer = await client.PostAsJsonAsync("/auth/login", new { email = Email, password = Password });
        var token = JsonElement.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).GetProperty("data").GetProperty("access_token").GetString();
        authorization = [new("Authorization", $"Bearer {token}")];
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }
}
