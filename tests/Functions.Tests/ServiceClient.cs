using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Casefile.Functions.Tests;

/// <summary>What a test needs to talk to a service, wherever it runs.</summary>
public abstract class ServiceClient
{
    /// <summary>The key that may do everything.</summary>
    public const string OwnerKey = "owner-key-of-the-tests";

    /// <summary>The first second of a year, which is never while tests run.</summary>
    private const string Never = "0 0 0 1 1 *";

    /// <summary>Talks to the service with the owner's key.</summary>
    public HttpClient Client { get; private set; } = new();

    /// <summary>Talks to the service without a key.</summary>
    private HttpClient Keyless { get; set; } = new();

    /// <summary>Sends a request, its body as it stands.</summary>
    public Task<Answer> SendAsync(
        HttpMethod method, string path, byte[]? body, string? contentType = "application/json", IEnumerable<(string Name, string Value)>? headers = null)
        => SendAsync(Client, method, path, body, contentType, headers);

    /// <summary>Sends a request with a key of its own, or with none.</summary>
    public Task<Answer> SendAsAsync(string? key, HttpMethod method, string path, string? json = null, string contentType = "application/json")
        => SendAsync(
            Keyless,
            method,
            path,
            json is null ? null : Encoding.UTF8.GetBytes(json),
            contentType,
            key is null ? null : [("Authorization", $"Bearer {key}")]);

    private static async Task<Answer> SendAsync(
        HttpClient client, HttpMethod method, string path, byte[]? body, string? contentType, IEnumerable<(string Name, string Value)>? headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers ?? []) request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await client.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    /// <summary>Sends a request with a body of JSON, or none.</summary>
    public Task<Answer> SendAsync(HttpMethod method, string path, string? json = null, params IEnumerable<(string Name, string Value)> headers)
        => SendAsync(method, path, json is null ? null : Encoding.UTF8.GetBytes(json), headers: headers);

    /// <summary>POST.</summary>
    public Task<Answer> PostAsync(string path, string json, params IEnumerable<(string Name, string Value)> headers)
        => SendAsync(HttpMethod.Post, path, json, headers);

    /// <summary>PUT.</summary>
    public Task<Answer> PutAsync(string path, string json, params IEnumerable<(string Name, string Value)> headers)
        => SendAsync(HttpMethod.Put, path, json, headers);

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

    /// <summary>Makes a case in the first team and answers its id.</summary>
    public async Task<long> CreateCaseAsync(string name = "case")
    {
        var answer = await PostAsync("/api/v2/cases", $$"""{"name":{{JsonSerializer.Serialize(name)}},"team_id":1}""");
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer.Json.GetProperty("case_id").GetInt64();
    }

    /// <summary>A name for tables and a container that nothing has yet.</summary>
    protected static string NewName() => "t" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>A service on loopback, on a free port, without rate limits, where nothing happens by the clock.</summary>
    /// <param name="connectionString">The way to its storage account.</param>
    /// <param name="name">What its tables' names begin with and its container is called.</param>
    protected static IEnumerable<string> SettingsOf(string connectionString, string name) =>
    [
        "--urls", "http://127.0.0.1:0",
        "--Storage:ConnectionString", connectionString,
        "--Storage:TablePrefix", name,
        "--Storage:Container", name,
        "--RECORDS_OWNER_KEY", OwnerKey,
        "--RateLimits:Default", "0",
        "--RateLimits:Records", "0",
        "--RateLimits:Queries", "0",
        "--RateLimits:Tokens", "0",
        "--EnforceRetentionSchedule", Never,
        "--MaintainStorageSchedule", Never,
    ];

    /// <summary>Talks to the service at this address from now on.</summary>
    protected void Connect(Uri address)
    {
        Client.Dispose();
        Client = new HttpClient { BaseAddress = address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerKey);
        Keyless.Dispose();
        Keyless = new HttpClient { BaseAddress = address };
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

    /// <summary>Reads an answer to its end.</summary>
    public static async Task<Answer> OfAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        await response.Content.ReadAsStringAsync(),
        response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));

    /// <summary>The details of its errors, in their order.</summary>
    public IReadOnlyList<string?> Details => Json.GetProperty("errors") is { ValueKind: JsonValueKind.Object } byPath
        ? [.. byPath.EnumerateObject().SelectMany(path => path.Value.EnumerateArray().Select(reason => $"{path.Name}: {reason.GetString()}"))]
        : [.. Json.GetProperty("errors").EnumerateArray().Select(error => error.TryGetProperty("details", out var details) ? details.GetString() : null)];
}
