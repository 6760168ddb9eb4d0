using Casefile.Core.Storage;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions;

/// <summary>Says whether the service can work, without a key: for load balancers and people.</summary>
public sealed class Health(Endpoints endpoints, StorageProbe probe)
{
    /// <summary>200 when storage answers, 503 when it does not.</summary>
    [Function("Health")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request)
        => endpoints.RunOpenAsync(request, async exchange => Answer(exchange, await probe.AnswersAsync()));

    /// <summary>The same, where clients of the other door look for it.</summary>
    [Function("TracyHealth")]
    public Task<IResult> GetForTracy([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/health")] HttpRequest request) => Get(request);

    private static JsonAnswer Answer(Exchange exchange, bool storageAnswers)
    {
        exchange.Request.HttpContext.Response.Headers.CacheControl = "no-store";
        return new JsonAnswer(storageAnswers ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, json =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, storageAnswers ? "ok"u8 : "unavailable"u8);
            json.WriteString("storage"u8, storageAnswers ? "answers"u8 : "does not answer"u8);
            if (!storageAnswers) json.WriteString("request_id"u8, exchange.RequestId);
            json.WriteEndObject();
        });
    }
}

/// <summary>Asks storage for one row at most every five seconds, whoever asks how often.</summary>
public sealed class StorageProbe(IStorage storage, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private Task<bool> latest = Task.FromResult(false);
    private DateTimeOffset? askedAt;

    /// <summary>Whether storage answered within five seconds when it was last asked.</summary>
    public Task<bool> AnswersAsync()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (askedAt is { } at && (!latest.IsCompleted || now - at < Kept)) return latest;
            askedAt = now;
            return latest = AskAsync();
        }
    }

    private async Task<bool> AskAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await storage.Table(TableNames.Tenant).GetAsync("tenant", "head", patience.Token);
            return true;
        }
        catch (Exception fault) when (fault is StorageUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }
}
