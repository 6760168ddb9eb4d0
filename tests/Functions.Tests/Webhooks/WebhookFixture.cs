using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Casefile.Testing;

namespace Casefile.Functions.Tests.Webhooks;

/// <summary>What tests of webhooks share: settings under which loopback is delivered to, and the requests.</summary>
internal static class WebhookFixture
{
    public const string All = "/api/v1/case_webhooks";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Plain http to loopback, and hardly a wait between tries.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        "--Webhooks:AllowHttp", "true",
        "--Webhooks:AllowedNetworks:0", "127.0.0.0/8",
        "--Webhooks:FirstRetry", "00:00:00.020",
        "--Webhooks:LongestRetry", "00:00:00.100",
        "--Webhooks:RequestTimeout", "00:00:05",
    ];

    public static async Task<JsonElement> CreateAsync(ServiceClient service, string url, long team = 1, string more = "")
    {
        var made = await service.PostAsync(All, $$"""{"team_id":{{team}},"url":"{{url}}"{{more}}}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json;
    }

    public static async Task<long> TeamAsync(ServiceClient service)
        => (await service.PostAsync("/api/v1/teams", """{"name":"Incident response"}""")).Json.GetProperty("id").GetInt64();

    public static async Task<long> CaseAsync(ServiceClient service, long team, string name = "Phishing")
        => (await service.PostAsync("/api/v2/cases", $$"""{"team_id":{{team}},"name":"{{name}}"}""")).Json.GetProperty("case_id").GetInt64();

    /// <summary>The activities of a case by id, oldest first.</summary>
    public static async Task<IReadOnlyList<long>> ActivitiesAsync(ServiceClient service, long caseId)
        => [.. (await service.GetAsync($"/api/v2/cases/{caseId}")).Json.GetProperty("activities").EnumerateArray().Select(each => each.GetProperty("id").GetInt64()).Order()];

    public static async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(ServiceClient service, long webhook)
        => [.. (await service.GetAsync($"{All}/{webhook}/deliveries?per_page=500")).Json.GetProperty("deliveries").EnumerateArray()];

    /// <summary>Waits for what another thread does, as long as it takes and not for ever.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> otherwise)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, otherwise());
            await Task.Delay(20);
        }
    }

    public static Task UntilReceivedAsync(WebhookReceiver receiver, int count)
        => UntilAsync(
            () => Task.FromResult(receiver.Received.Count >= count),
            () => string.Create(CultureInfo.InvariantCulture, $"{receiver.Received.Count} of {count} deliveries came: {string.Join('\n', receiver.Received.Select(each => each.Text))}"));
}
