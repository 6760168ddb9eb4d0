using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Casefile.Faults;

/// <summary>An answer; status 0 where the connection broke or nothing came in time.</summary>
internal sealed record Reply(int Status, string Text, string? ETag)
{
    /// <summary>Whether it says when to come back.</summary>
    public bool HasRetryAfter { get; init; }

    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>Whether the request was certainly without effect.</summary>
    public bool WroteNothing => Status == 503 && Text.Contains("Nothing was written", StringComparison.Ordinal);

    /// <summary>Whether a careful client asks again.</summary>
    public bool IsPassing => Status is 0 or 503;

    public override string ToString() => $"{Status} {(Text.Length > 300 ? Text[..300] : Text)}";
}

/// <summary>The API of one process, as a client sees it.</summary>
internal sealed class RecordsApi : IDisposable
{
    /// <summary>Longer than the service may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient http;

    public RecordsApi(Uri service)
    {
        http = new HttpClient { BaseAddress = service, Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServiceSettings.OwnerKey);
    }

    public void Dispose() => http.Dispose();

    public Task<Reply> CreateAsync(Wanted wanted) => SendAsync(
        HttpMethod.Post, "/api/v1/records", $$"""{"record_type_id":{{wanted.Type.Id}},"field_values":[{{Value(wanted.Type.Name, wanted.Name)}}{{(wanted.Notes is { } notes ? "," + Value(wanted.Type.Notes, notes) : "")}}]}""",
        wanted.Key is { } key ? ("Idempotency-Key", key) : null);

    public Task<Reply> RenameAsync(Wanted wanted, string name, string etag) => SendAsync(
        HttpMethod.Put, Path(wanted), $$"""{"field_values":[{{Value(wanted.Type.Name, name)}}]}""", ("If-Match", etag));

    public Task<Reply> DeleteAsync(Wanted wanted) => SendAsync(HttpMethod.Delete, Path(wanted));

    public Task<Reply> GetAsync(Wanted wanted) => SendAsync(HttpMethod.Get, Path(wanted));

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Reply> PageAsync(FaultType type, int page, int perPage) => GetAsync(string.Create(
        CultureInfo.InvariantCulture, $"/api/v1/records?record_type_id={type.Id}&order_direction=ASC&resolve_artifacts=true&per_page={perPage}&page={page}"));

    /// <summary>Makes a type.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<FaultType> MakeTypeAsync(string name, WhenFull whenFull, int limit)
    {
        var more = whenFull switch
        {
            WhenFull.Evicts => $$""","max_records_limit":{{limit}},"on_limit_reached":"EVICT_OLDEST" """,
            WhenFull.Rejects => $$""","max_records_limit":{{limit}},"on_limit_reached":"REJECT" """,
            _ => "",
        };
        var made = await SendAsync(
            HttpMethod.Post, "/api/v1/record_types", $$"""{"name":"{{name}}","team_id":1,"fields":[{"name":"name","result_type":"TEXT"},{"name":"notes","result_type":"ARTIFACT"}]{{more}}}""");
        if (made.Status != 201) throw new InvalidOperationException($"A record type was refused: {made}");
        var fields = made.Json.GetProperty("record_fields");
        return new FaultType(made.Json.GetProperty("id").GetInt64(), fields[0].GetProperty("id").GetInt64(), fields[1].GetProperty("id").GetInt64(), whenFull);
    }

    private async Task<Reply> SendAsync(HttpMethod method, string path, string? json = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (header is { } given) request.Headers.TryAddWithoutValidation(given.Name, given.Value);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        try
        {
            using var response = await http.SendAsync(request);
            return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.ETag?.ToString()) { HasRetryAfter = response.Headers.RetryAfter is not null };
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return new Reply(0, failure.Message, null);
        }
    }

    private static string Path(Wanted wanted) => string.Create(CultureInfo.InvariantCulture, $"/api/v1/records/{wanted.Id}");

    private static string Value(long field, string value) => $$"""{"field_id":{{field}},"value":"{{value}}"}""";
}
