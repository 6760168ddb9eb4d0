using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Webhooks;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Webhooks;

/// <summary>Webhooks of a team's cases, and the log of their deliveries; for the team's admins.</summary>
public sealed class WebhookEndpoints(Endpoints endpoints, WebhookStore webhooks, WebhookDeliveries deliveries)
{
    private const string All = "api/v1/case_webhooks";
    private const string One = All + "/{id:long}";
    private const string Deliveries = One + "/deliveries";

    /// <summary>Makes a webhook; its secret is in this answer and in no other.</summary>
    [Function("CaseWebhooksCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, CreateAsync);

    /// <summary>Deletes a webhook with its deliveries.</summary>
    [Function("CaseWebhooksDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => DeleteAsync(call, id));

    /// <summary>Lists the deliveries of a webhook, the newest first.</summary>
    [Function("CaseWebhooksDeliveries")]
    public Task<IResult> ListDeliveries([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Deliveries)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => ListDeliveriesAsync(call, id));

    /// <summary>Answers a webhook without its secret.</summary>
    [Function("CaseWebhooksGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, async call => call.Answer(
            await webhooks.FindAsync(call.Caller, id, call.Cancelled),
            webhook => call.Ok(json => Write(json, webhook), webhook.Revision)));

    /// <summary>Lists the webhooks of a team, by id.</summary>
    [Function("CaseWebhooksList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, ListAsync);

    /// <summary>Makes a delivery once more.</summary>
    [Function("CaseWebhooksRedeliver")]
    public Task<IResult> Redeliver([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Deliveries + "/{deliveryId:long}/redeliver")] HttpRequest request, long id, long deliveryId)
        => endpoints.RunAsync(request, RateClass.Default, async call => call.Parameters.Problem is { } problem
            ? call.Refuse(problem)
            : call.Answer(await deliveries.RedeliverAsync(call.Caller, id, deliveryId, call.Cancelled), delivery => call.Ok(json => Write(json, delivery))));

    /// <summary>Delivers something that only tests the way.</summary>
    [Function("CaseWebhooksTest")]
    public Task<IResult> Test([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/test")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => TestAsync(call, id));

    /// <summary>Changes a webhook; with <c>rotate_secret</c> the answer has its new secret.</summary>
    [Function("CaseWebhooksUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => UpdateAsync(call, id));

    private async Task<IResult> CreateAsync(Call call)
    {
        var teamId = call.Parameters.RequiredId("team_id");
        call.Parameters.Require("url");
        var given = Read(call.Parameters);
        var once = call.Once("case_webhooks");
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await webhooks.CreateAsync(call.Caller, teamId, given, call.Address.Host, once, call.Cancelled),
            made => call.Created(json => WriteWithSecret(json, call, made.Value), made.Value.Webhook.Revision, made.Replayed));
    }

    private async Task<IResult> DeleteAsync(Call call, long id)
    {
        var ifMatch = call.IfMatch();
        var problem = call.Parameters.Problem ?? await webhooks.DeleteAsync(call.Caller, id, ifMatch, call.Cancelled);
        return problem is null ? call.NoContent() : call.Refuse(problem);
    }

    private async Task<IResult> ListDeliveriesAsync(Call call, long id)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await deliveries.ListAsync(call.Caller, id, call.Cancelled),
            found => call.Ok(json => ListJson.Write(json, "deliveries", found, Write, paging, call)));
    }

    private async Task<IResult> ListAsync(Call call)
    {
        var teamId = call.Parameters.RequiredId("team_id");
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await webhooks.ListAsync(call.Caller, teamId, call.Cancelled),
            found => call.Ok(json => ListJson.Write(json, "case_webhooks", found, Write, paging, call)));
    }

    private async Task<IResult> TestAsync(Call call, long id)
    {
        var once = call.Once($"case_webhooks/{id}/test");
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await deliveries.TestAsync(call.Caller, id, once, call.Cancelled),
            made => call.Created(json => Write(json, made.Value), replayed: made.Replayed));
    }

    private async Task<IResult> UpdateAsync(Call call, long id)
    {
        var given = Read(call.Parameters);
        var newSecret = call.Parameters.Flag("rotate_secret") ?? false;
        var ifMatch = call.IfMatch();
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await webhooks.UpdateAsync(call.Caller, id, given, newSecret, ifMatch, call.Cancelled),
            updated => call.Ok(json => WriteWithSecret(json, call, updated), updated.Webhook.Revision));
    }

    private static WebhookChanges Read(Parameters parameters) => new(
        parameters.Text("url"),
        parameters.Text("name"),
        parameters.Texts("activity_types")?.Select(type => type.ToUpperInvariant()).Distinct(StringComparer.Ordinal).ToArray(),
        parameters.Flag("enabled"));

    private static void WriteWithSecret(Utf8JsonWriter json, Call call, NewWebhook made)
    {
        if (made.Secret is not null) call.Request.HttpContext.Response.Headers.CacheControl = "no-store";
        json.WriteStartObject();
        WriteMembers(json, made.Webhook);
        if (made.Secret is not null) json.WriteString("secret"u8, made.Secret);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Webhook webhook)
    {
        json.WriteStartObject();
        WriteMembers(json, webhook);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, Webhook webhook)
    {
        json.WriteNumber("id"u8, webhook.Id);
        json.WriteNumber("team_id"u8, webhook.TeamId);
        json.WriteString("name"u8, webhook.Name);
        json.WriteString("url"u8, webhook.Url.AbsoluteUri);
        json.WriteStartArray("activity_types"u8);
        foreach (var type in webhook.ActivityTypes) json.WriteStringValue(type);
        json.WriteEndArray();
        json.WriteBoolean("enabled"u8, webhook.Enabled);
        json.WriteString("disabled_reason"u8, webhook.DisabledReason);
        CaseJson.WriteTime(json, "created_at", webhook.Created);
        CaseJson.WriteTime(json, "updated_at", webhook.Updated);
    }

    private static void Write(Utf8JsonWriter json, Delivery delivery)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, delivery.Id);
        json.WriteString("event"u8, delivery.Event);
        WriteNumber(json, "case_id", delivery.CaseId);
        WriteNumber(json, "activity_id", delivery.ActivityId);
        json.WriteString("status"u8, delivery.State switch
        {
            DeliveryState.Pending => "pending"u8,
            DeliveryState.Delivered => "delivered"u8,
            _ => "failed"u8,
        });
        json.WriteNumber("attempts"u8, delivery.Attempts);
        WriteNumber(json, "response_code", delivery.Status);
        json.WriteString("error"u8, delivery.Error);
        CaseJson.WriteTime(json, "created_at", delivery.Created);
        CaseJson.WriteTime(json, "last_attempt_at", delivery.Attempted);
        CaseJson.WriteTime(json, "next_attempt_at", delivery.Next);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } given) json.WriteNumber(name, given);
        else json.WriteNull(name);
    }
}
