using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Casefile.Core.Storage;
using Casefile.LocalHost;
using Casefile.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Casefile.Functions.Tests;

/// <summary>
/// The whole service over the emulator: LocalHost in this process on a free port, with tables and a container of its own, and what a test needs to
/// talk to it. One for all tests of a class.
/// </summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    /// <summary>The key that may do everything.</summary>
    public const string OwnerKey = "owner-key-of-the-tests";

    private WebApplication? app;

    /// <summary>Talks to the service with the owner's key.</summary>
    public HttpClient Client { get; private set; } = new();

    /// <summary>The storage beneath it.</summary>
    public IStorage Storage => app!.Services.GetRequiredService<IStorage>();

    /// <summary>What the service asked of its storage.</summary>
    public StorageCounter Counter { get; } = new();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var azurite = await Azurite.SharedAsync();
        var name = "t" + Guid.NewGuid().ToString("N")[..12];
        app = LocalHostApp.Build(
            [
                "--urls", "http://127.0.0.1:0",
                "--Storage:ConnectionString", azurite.ConnectionString,
                "--Storage:TablePrefix", name,
                "--Storage:Container", name,
                "--RECORDS_OWNER_KEY", OwnerKey,
                "--RateLimits:Default", "0",
                "--RateLimits:Records", "0",
                "--RateLimits:Queries", "0",
                "--RateLimits:Tokens", "0",
                "--Http:BodyLimit", "1000000",
            ],
            builder =>
            {
                builder.Services.AddSingleton<IStorageObserver>(Counter);
                builder.Logging.SetMinimumLevel(LogLevel.Warning);
            });
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerKey);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (app is null) return;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Sends a request, its body as it stands.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, byte[]? body, string? contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text, response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Sends a request with a body of JSON, or none.</summary>
    public Task<Answer> SendAsync(HttpMethod method, string path, string? json = null)
        => SendAsync(method, path, json is null ? null : Encoding.UTF8.GetBytes(json));

    /// <summary>POST.</summary>
    public Task<Answer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, json);

    /// <summary>PUT.</summary>
    public Task<Answer> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, json);

    /// <summary>GET.</summary>
    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>DELETE.</summary>
    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Makes a record type in the first team and answers it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fields">The member <c>fields</c>, in JSON.</param>
    /// <param name="more">Further members, in JSON, with a leading comma.</param>
    public async Task<JsonElement> CreateTypeAsync(string name, string fields = "[]", string more = "")
    {
        var answer = await PostAsync("/api/v1/record_types/", $$"""{"name":{{JsonSerializer.Serialize(name)}},"team_id":1,"fields":{{fields}}{{more}}}""");
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer.Json;
    }

    /// <summary>Everything that is stored in the tables, row by row with its version, and every blob: what a refused request must not change.</summary>
    public async Task<IReadOnlyList<string>> EverythingAsync(params string[] recordTypes)
    {
        var rows = new List<string>();
        foreach (var (table, partition) in recordTypes.Select(type => (TableNames.Records, type)).Prepend((TableNames.Tenant, "tenant")))
        {
            string? continuation = null;
            do
            {
                var page = await Storage.Table(table).ReadAsync(new RowRange(partition, "!", "~", Continuation: continuation), default);
                rows.AddRange(page.Rows.Select(row => $"{table}/{partition}/{row.RowKey} {row.ETag}"));
                continuation = page.Continuation;
            }
            while (continuation is not null);
        }

        await foreach (var blob in Storage.Blobs.ListAsync("artifacts/", default)) rows.Add(blob);
        return rows;
    }
}

/// <summary>An answer of the service.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Text">Its body.</param>
/// <param name="Headers">Its headers but the content's.</param>
public sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Its body, read as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The details of its errors, in their order.</summary>
    public IReadOnlyList<string?> Details =>
        [.. Json.GetProperty("errors").EnumerateArray().Select(error => error.TryGetProperty("details", out var details) ? details.GetString() : null)];
}
