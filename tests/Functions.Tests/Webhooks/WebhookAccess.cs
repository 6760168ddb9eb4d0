using Casefile.Functions.Tests.Tenancy;
using static Casefile.Functions.Tests.Tenancy.AccessRule;

namespace Casefile.Functions.Tests.Webhooks;

/// <summary>Who may call the endpoints of case webhooks.</summary>
internal static class WebhookAccess
{
    private const string All = "/api/v1/case_webhooks";

    public static IReadOnlyDictionary<string, AccessRule> Rules { get; } = new Dictionary<string, AccessRule>
    {
        ["CaseWebhooksCreate"] = new(Needs.Admin, team => At(All, Webhook(team))),
        ["CaseWebhooksDelete"] = new(Needs.Admin, async team => (await WebhookAsync(team), null)),
        ["CaseWebhooksDeliveries"] = new(Needs.Admin, async team => (await WebhookAsync(team) + "/deliveries", null)),
        ["CaseWebhooksGet"] = new(Needs.Admin, async team => (await WebhookAsync(team), null)),
        ["CaseWebhooksList"] = new(Needs.Admin, async team =>
        {
            await WebhookAsync(team);
            return ($"{All}?team_id={team.Id}", null);
        }),
        ["CaseWebhooksRedeliver"] = new(Needs.Admin, async team =>
        {
            var webhook = await WebhookAsync(team);
            return ($"{webhook}/deliveries/{await team.MakeAsync(webhook + "/test", "{}")}/redeliver", "{}");
        }),
        ["CaseWebhooksTest"] = new(Needs.Admin, async team => (await WebhookAsync(team) + "/test", "{}")),
        ["CaseWebhooksUpdate"] = new(Needs.Admin, async team => (await WebhookAsync(team), $$"""{"name":"{{team.Word}} hook, renamed"}""")),
    };

    private static string Webhook(TestTeam team) => $$"""{"team_id":{{team.Id}},"name":"{{team.Word}} hook","url":"https://{{team.Word}}.example/hook"}""";

    private static async Task<string> WebhookAsync(TestTeam team) => $"{All}/{await team.MakeAsync(All, Webhook(team))}";
}
