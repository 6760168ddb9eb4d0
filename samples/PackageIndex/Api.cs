using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Casefile.Samples.PackageIndex;

/// <summary>A client of the records API, as a user would write one: a key, JSON, and another try when the service says to wait.</summary>
internal sealed class Api(Uri address, string key, int clients) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = clients })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(2),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, null);

    public Task<JsonNode> PostAsync(string path, JsonNode body, string? idempotencyKey = null)
        => SendAsync(HttpMethod.Post, path, body.ToJsonString(), idempotencyKey);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body, string? idempotencyKey)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
            // With it a repeat is safe: the service answers what it answered first.
            if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);

            using var response = await http.SendAsync(request);
            var answer = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode) return JsonNode.Parse(answer)!;

            var mayTryAgain = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && attempt < 10;
            if (!mayTryAgain) throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {answer}");
            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
        }
    }

    public void Dispose() => http.Dispose();
}
