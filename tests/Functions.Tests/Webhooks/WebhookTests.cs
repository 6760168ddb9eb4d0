using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Casefile.Core.Storage;
using Casefile.Core.Webhooks;
using Casefile.Testing;
using static Casefile.Functions.Tests.Webhooks.WebhookFixture;

namespace Casefile.Functions.Tests.Webhooks;

/// <summary>Case webhooks over HTTP, delivered to a receiver on this machine.</summary>
public sealed class WebhookTests(WebhookTests.Service running) : IClassFixture<WebhookTests.Service>
{
    private readonly ServiceFixture service = running.Fixture;

    [Fact]
    public async Task What_happens_to_a_case_is_delivered_signed_and_in_order_and_the_log_says_so()
    {
        await using var receiver = new WebhookReceiver();
        var team = await TeamAsync(service);
        var webhook = await CreateAsync(service, receiver.Url, team);
        var secret = webhook.GetProperty("secret").GetString()!;
        Assert.StartsWith("whs_", secret, StringComparison.Ordinal);

        var caseId = await CaseAsync(service, team);
        await service.PutAsync($"/api/v2/cases/{caseId}", """{"priority":"critical"}""");
        var activities = await ActivitiesAsync(service, caseId);
        await UntilReceivedAsync(receiver, activities.Count);

        Assert.Equal(activities, receiver.Received.Select(ActivityOf));
        foreach (var got in receiver.Received)
        {
            var timestamp = long.Parse(got.Headers["x-casefile-timestamp"], CultureInfo.InvariantCulture);
            Assert.Equal(WebhookSecret.Sign(secret, timestamp, got.Body.Span), got.Headers["x-casefile-signature"]);
            Assert.Equal(JsonElement.Parse(got.Text).GetProperty("id").GetRawText(), got.Headers["x-casefile-delivery"]);
            Assert.Equal(JsonElement.Parse(got.Text).GetProperty("event").GetString(), got.Headers["x-casefile-event"]);
        }

        var first = JsonElement.Parse(receiver.Received[0].Text);
        Assert.Equal("CREATED", first.GetProperty("event").GetString());
        Assert.Equal("Incident response", first.GetProperty("team").GetProperty("name").GetString());
        Assert.Equal("Phishing", first.GetProperty("case").GetProperty("name").GetString());
        Assert.Equal("LOW", first.GetProperty("case").GetProperty("priority").GetString());
        Assert.EndsWith($"/cases/{caseId}", first.GetProperty("case").GetProperty("url").GetString(), StringComparison.Ordinal);
        var shown = (await service.GetAsync($"/api/v2/cases/{caseId}")).Json;
        Assert.Equal(shown.GetProperty("url").GetString(), first.GetProperty("case").GetProperty("url").GetString());
        var last = JsonElement.Parse(receiver.Received[^1].Text);
        Assert.Equal("SEVERITY_UPDATED", last.GetProperty("activity").GetProperty("activity_type").GetString());
        Assert.Equal("CRITICAL", last.GetProperty("case").GetProperty("priority").GetString());
        Assert.Equal(1, last.GetProperty("activity").GetProperty("user").GetProperty("user_id").GetInt64());

        var id = webhook.GetProperty("id").GetInt64();
        await UntilAsync(async () => (await DeliveriesAsync(service, id)).All(IsDelivered), () => "The log does not say that it was delivered");
        var log = await DeliveriesAsync(service, id);
        Assert.Equal(activities.Reverse(), log.Select(each => each.GetProperty("activity_id").GetInt64()));
        Assert.All(log, each => Assert.Equal((204, 1), (each.GetProperty("response_code").GetInt32(), each.GetProperty("attempts").GetInt32())));
    }

    [Fact]
    public async Task Only_the_chosen_activities_are_delivered_and_only_of_the_own_team()
    {
        await using var receiver = new WebhookReceiver();
        var team = await TeamAsync(service);
        var other = await TeamAsync(service);
        await CreateAsync(service, receiver.Url, team, ""","activity_types":["status_updated","COMMENTED"]""");

        await CaseAsync(service, other, "elsewhere");
        var caseId = await CaseAsync(service, team);
        await service.PutAsync($"/api/v2/cases/{caseId}", """{"priority":"high"}""");
        await service.PutAsync($"/api/v2/cases/{caseId}", """{"status":"closed"}""");
        await UntilReceivedAsync(receiver, 1);
        await service.PutAsync($"/api/v2/cases/{caseId}", """{"status":"open"}""");
        await UntilReceivedAsync(receiver, 2);

        Assert.Equal(["STATUS_UPDATED", "STATUS_UPDATED"], receiver.Received.Select(each => each.Headers["x-casefile-event"]));
        Assert.Equal(["CLOSED", "OPEN"], receiver.Received.Select(each => JsonElement.Parse(each.Text).GetProperty("case").GetProperty("status").GetString()));
    }

    [Fact]
    public async Task A_failing_delivery_holds_up_its_own_case_and_no_other()
    {
        var fails = true;
        var broken = 0L;
        await using var receiver = new WebhookReceiver(got => Volatile.Read(ref fails) && CaseOf(got) == Volatile.Read(ref broken) ? 500 : 200);
        var team = await TeamAsync(service);
        var stuck = await CaseAsync(service, team, "stuck");
        Volatile.Write(ref broken, stuck);
        var webhook = await CreateAsync(service, receiver.Url, team);
        await service.PutAsync($"/api/v2/cases/{stuck}", """{"priority":"high"}""");
        await service.PutAsync($"/api/v2/cases/{stuck}", """{"priority":"low"}""");
        var free = await CaseAsync(service, team, "free");

        await UntilAsync(() => Task.FromResult(receiver.Received.Any(got => CaseOf(got) == free)), () => "The other case waits");
        await UntilAsync(() => Task.FromResult(receiver.Received.Count(got => CaseOf(got) == stuck) > 3), () => "It is not tried again");
        var first = Assert.Single(receiver.Received.Where(got => CaseOf(got) == stuck).Select(ActivityOf).Distinct());
        var log = (await DeliveriesAsync(service, webhook.GetProperty("id").GetInt64())).Single(each => each.GetProperty("activity_id").GetInt64() == first);
        Assert.Equal(("pending", 500), (log.GetProperty("status").GetString(), log.GetProperty("response_code").GetInt32()));
        Assert.NotNull(log.GetProperty("next_attempt_at").GetString());

        Volatile.Write(ref fails, false);
        await UntilAsync(() => Task.FromResult(receiver.Received.Where(got => CaseOf(got) == stuck).Select(ActivityOf).Distinct().Count() == 2), () => "The next one is not delivered");
    }

    [Fact]
    public async Task A_webhook_whose_receiver_is_gone_is_switched_off()
    {
        await using var receiver = new WebhookReceiver(_ => 410);
        var team = await TeamAsync(service);
        var webhook = await CreateAsync(service, receiver.Url, team);
        var one = $"{All}/{webhook.GetProperty("id")}";

        await CaseAsync(service, team);
        await UntilAsync(async () => !(await service.GetAsync(one)).Json.GetProperty("enabled").GetBoolean(), () => "It is still on");
        Assert.Contains("410", (await service.GetAsync(one)).Json.GetProperty("disabled_reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(one + "/test", "{}")).Status);
        Assert.Single(receiver.Received);

        var on = await service.PutAsync(one, """{"enabled":true}""");
        Assert.True(on.Json.GetProperty("enabled").GetBoolean());
        Assert.Null(on.Json.GetProperty("disabled_reason").GetString());
    }

    [Fact]
    public async Task A_test_is_delivered_and_anything_can_be_delivered_again()
    {
        await using var receiver = new WebhookReceiver();
        var team = await TeamAsync(service);
        var id = (await CreateAsync(service, receiver.Url, team)).GetProperty("id").GetInt64();

        var test = await service.PostAsync($"{All}/{id}/test", "{}", ("Idempotency-Key", "one"));
        Assert.Equal(HttpStatusCode.Created, test.Status);
        await UntilReceivedAsync(receiver, 1);
        await UntilAsync(async () => (await DeliveriesAsync(service, id)).All(IsDelivered), () => "The log does not say that it was delivered");
        var again = await service.PostAsync($"{All}/{id}/test", "{}", ("Idempotency-Key", "one"));
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        Assert.Equal(test.Json.GetProperty("id").GetInt64(), again.Json.GetProperty("id").GetInt64());

        var redelivered = await service.PostAsync($"{All}/{id}/deliveries/{test.Json.GetProperty("id")}/redeliver", "{}");
        Assert.Equal("pending", redelivered.Json.GetProperty("status").GetString());
        await UntilReceivedAsync(receiver, 2);
        Assert.Equal(receiver.Received[0].Text, receiver.Received[1].Text);
        Assert.Equal("TEST", receiver.Received[0].Headers["x-casefile-event"]);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PostAsync($"{All}/{id}/deliveries/999999/redeliver", "{}")).Status);
    }

    [Fact]
    public async Task A_secret_is_shown_once_never_stored_in_the_clear_and_can_be_replaced()
    {
        await using var receiver = new WebhookReceiver();
        var team = await TeamAsync(service);
        var body = $$"""{"team_id":{{team}},"url":"{{receiver.Url}}","name":"Chat"}""";
        var made = await service.PostAsync(All, body, ("Idempotency-Key", "hook"));
        var secret = made.Json.GetProperty("secret").GetString()!;
        var one = $"{All}/{made.Json.GetProperty("id")}";
        Assert.Equal("no-store", made.Headers["Cache-Control"]);

        var repeat = await service.PostAsync(All, body, ("Idempotency-Key", "hook"));
        Assert.Equal(("true", made.Json.GetProperty("id").GetInt64()), (repeat.Headers["idempotency-replayed"], repeat.Json.GetProperty("id").GetInt64()));
        foreach (var answer in new[] { repeat, await service.GetAsync(one), await service.GetAsync($"{All}?team_id={team}") })
            Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal);
        var page = await service.Storage.Table(TableNames.Cases).ReadAsync(new RowRange($"{team}", "!", "~"), default);
        Assert.NotEmpty(page.Rows);
        foreach (var value in page.Rows.SelectMany(row => row.Properties.Values))
            Assert.DoesNotContain(secret, value as string ?? Encoding.Latin1.GetString(value as byte[] ?? []), StringComparison.Ordinal);

        var rotated = (await service.PutAsync(one, """{"rotate_secret":true}""")).Json.GetProperty("secret").GetString()!;
        Assert.NotEqual(secret, rotated);
        await service.PostAsync($"{one}/test", "{}");
        await UntilReceivedAsync(receiver, 1);
        var got = receiver.Received[0];
        Assert.Equal(WebhookSecret.Sign(rotated, long.Parse(got.Headers["x-casefile-timestamp"], CultureInfo.InvariantCulture), got.Body.Span), got.Headers["x-casefile-signature"]);
    }

    [Fact]
    public async Task A_webhook_is_listed_changed_under_its_etag_and_deleted_with_its_log()
    {
        var team = await TeamAsync(service);
        var made = await service.PostAsync(All, $$"""{"team_id":{{team}},"url":"https://hooks.example/a","activity_types":["CREATED"],"enabled":false}""");
        var one = $"{All}/{made.Json.GetProperty("id")}";
        Assert.Equal("hooks.example", made.Json.GetProperty("name").GetString());

        var etag = made.Headers["ETag"];
        var changed = await service.PutAsync(one, """{"name":"Chat","activity_types":[]}""", ("If-Match", etag));
        Assert.Equal(("Chat", 0), (changed.Json.GetProperty("name").GetString(), changed.Json.GetProperty("activity_types").GetArrayLength()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.PutAsync(one, """{"name":"Late"}""", ("If-Match", etag))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.SendAsync(HttpMethod.Delete, one, headers: [("If-Match", etag)])).Status);
        var list = (await service.GetAsync($"{All}?team_id={team}&per_page=1")).Json;
        Assert.Equal((1, "Chat"), (list.GetProperty("meta").GetProperty("count").GetInt32(), list.GetProperty("case_webhooks")[0].GetProperty("name").GetString()));

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
        foreach (var path in new[] { one, one + "/deliveries" }) Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path)).Status);
        Assert.Equal(0, (await service.GetAsync($"{All}?team_id={team}")).Json.GetProperty("meta").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_deleted_team_leaves_no_secret_and_no_delivery_behind()
    {
        await using var receiver = new WebhookReceiver();
        var team = await TeamAsync(service);
        var id = (await CreateAsync(service, receiver.Url, team)).GetProperty("id").GetInt64();
        await service.DeleteAsync($"/api/v2/cases/{await CaseAsync(service, team)}");
        await UntilReceivedAsync(receiver, 1);
        await UntilAsync(async () => (await DeliveriesAsync(service, id)).All(IsDelivered), () => "The log does not say that it was delivered");

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/api/v1/teams/{team}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"{All}/{id}")).Status);
        await service.RunTimerAsync("MaintainStorage");
        foreach (var table in new[] { TableNames.Cases, TableNames.Webhooks })
            Assert.DoesNotContain((await service.Storage.Table(table).ReadAsync(new RowRange($"{team}", "!", "~"), default)).Rows, row => row.RowKey != "head");
    }

    [Theory]
    [InlineData("""{"team_id":1}""", "url: is required")]
    [InlineData("""{"url":"https://a.example/"}""", "team_id: is required")]
    [InlineData("""{"team_id":1,"url":"https://169.254.169.254/metadata"}""", "url: its address is not a public one")]
    [InlineData("""{"team_id":1,"url":"https://user:pass@a.example/"}""", "url: must not carry credentials; check the signature instead")]
    [InlineData("""{"team_id":1,"url":"ftp://a.example/"}""", "url: must begin with https:// or http://")]
    [InlineData("""{"team_id":1,"url":"https://a.example/","activity_types":["NO_SUCH"]}""", "activity_types: there is no NO_SUCH")]
    [InlineData("""{"team_id":1,"url":"https://a.example/","name":""}""", "name: must have 1 to 255 characters")]
    [InlineData("""{"team_id":1,"url":"https://a.example/","enabled":"perhaps"}""", "enabled: must be true or false")]
    public async Task What_is_wrong_with_a_webhook_is_named(string body, string details)
        => Assert.Contains(details, (await service.PostAsync(All, body)).Details);

    [Fact]
    public async Task A_team_has_so_many_webhooks_and_no_more()
    {
        var team = await TeamAsync(service);
        for (var i = 0; i < 20; i++) await CreateAsync(service, "https://a.example/", team, ""","enabled":false""");
        var refused = await service.PostAsync(All, $$"""{"team_id":{{team}},"url":"https://a.example/"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
    }

    [Fact]
    public async Task Line_breaks_in_what_users_write_stay_inside_the_json()
    {
        await using var receiver = new WebhookReceiver();
        var team = await TeamAsync(service);
        await service.PostAsync(All, $$"""{"team_id":{{team}},"url":"{{receiver.Url}}","name":"a\r\nx-injected: 1"}""");
        await CaseAsync(service, team, @"b\r\nx-injected: 1\u0000".Replace("\\u0000", "", StringComparison.Ordinal));
        await UntilReceivedAsync(receiver, 1);
        Assert.DoesNotContain("x-injected", receiver.Received[0].Headers.Keys);
        Assert.Equal("b\r\nx-injected: 1", JsonElement.Parse(receiver.Received[0].Text).GetProperty("case").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Long_values_are_cut_and_say_so()
    {
        await using var receiver = new WebhookReceiver();
        var team = await TeamAsync(service);
        await CreateAsync(service, receiver.Url, team, ""","activity_types":["CHECKLIST_ITEM_COMPLETED"]""");
        var caseId = await CaseAsync(service, team);
        var task = (await service.PostAsync($"/api/v2/cases/{caseId}/tasks", $$"""{"description":"{{new string('d', 20_000)}}"}""")).Json.GetProperty("id");
        await service.PutAsync($"/api/v2/cases/{caseId}/tasks/{task}", """{"completed":true}""");
        await UntilReceivedAsync(receiver, 1);
        var activity = JsonElement.Parse(receiver.Received[0].Text).GetProperty("activity");
        Assert.Equal((16_000, true), (activity.GetProperty("value").GetString()!.Length, activity.GetProperty("value_truncated").GetBoolean()));
    }

    internal static long ActivityOf(ReceivedWebhook got) => JsonElement.Parse(got.Text).GetProperty("activity").GetProperty("id").GetInt64();

    internal static long CaseOf(ReceivedWebhook got) => JsonElement.Parse(got.Text).GetProperty("case").GetProperty("case_id").GetInt64();

    private static bool IsDelivered(JsonElement delivery) => delivery.GetProperty("status").GetString() == "delivered";

    /// <summary>The service with webhooks to loopback.</summary>
    public sealed class Service : IAsyncLifetime
    {
        public ServiceFixture Fixture { get; } = new() { Settings = WebhookFixture.Settings };

        public Task InitializeAsync() => Fixture.InitializeAsync();

        public Task DisposeAsync() => Fixture.DisposeAsync();
    }
}
