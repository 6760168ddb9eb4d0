using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Casefile.Samples;

/// <summary>A client of the API, as a user would write one: a key, JSON, and another try when the service says to wait.</summary>
public sealed class Api(Uri address, string key, int clients) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = clients })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(2),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    public Task<JsonNode> GetAsync(string path) => JsonAsync(HttpMethod.Get, path, null, null);

    public Task<JsonNode> PostAsync(string path, JsonNode body, string? idempotencyKey = null) => JsonAsync(HttpMethod.Post, path, body, idempotencyKey);

    public Task<JsonNode> PutAsync(string path, JsonNode body) => JsonAsync(HttpMethod.Put, path, body, null);

    public Task DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, null, status => (int)status is >= 200 and < 300);

    public async Task<byte[]> BytesAsync(string path) => (await SendAsync(HttpMethod.Get, path, null, null, status => status == HttpStatusCode.OK)).Content;

    /// <summary>The status of a request that may be refused.</summary>
    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, JsonNode? body = null) => (await SendAsync(method, path, body, null, _ => true)).Status;

    public void Dispose() => http.Dispose();

    private async Task<JsonNode> JsonAsync(HttpMethod method, string path, JsonNode? body, string? idempotencyKey)
        => JsonNode.Parse((await SendAsync(method, path, body, idempotencyKey, status => (int)status is >= 200 and < 300)).Content)!;

    private async Task<(HttpStatusCode Status, byte[] Content)> SendAsync(
        HttpMethod method, string path, JsonNode? body, string? idempotencyKey, Func<HttpStatusCode, bool> expected)
    {
        var text = body?.ToJsonString();
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, path);
            if (text is not null) request.Content = new StringContent(text, MediaTypeHeaderValue.Parse("application/json"));
            // With it a repeat is safe: the service answers what it answered first.
            if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);

            using var response = await http.SendAsync(request);
            var answer = await response.Content.ReadAsByteArrayAsync();
            var mayTryAgain = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && attempt < 10;
            if (!mayTryAgain)
            {
                return expected(response.StatusCode)
                    ? (response.StatusCode, answer)
                    : throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(answer)}");
            }

            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
        }
    }
}
