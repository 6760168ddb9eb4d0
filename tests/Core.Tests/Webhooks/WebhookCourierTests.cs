using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Webhooks;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Webhooks;

public sealed class WebhookCourierTests
{
    private const long Team = 1;

    private static readonly WebhookOptions Options = new();

    [Fact]
    public void What_a_process_tells_nobody_before_it_dies_another_delivers_at_its_next_maintenance() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var (dying, living) = (world.NewProcess(), world.NewProcess());
        await World.WebhookAsync(dying);
        await dying.TellAsync(Team, null, "before");
        await dying.TellAsync(Team, 1, "the last");
        dying.Storage.DieAfter(0);

        await Task.Delay(TimeSpan.FromMinutes(10), simulation.Time);
        await living.Maintenance.RunAsync(default);
        Assert.Equal(["before", "the last"], world.Received);
    });

    [Fact]
    public void What_a_process_tells_nobody_while_maintenance_looks_is_delivered_at_the_one_after() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var (dying, living) = (world.NewProcess(), world.NewProcess());
        await World.WebhookAsync(dying, ActivityType.Commented);
        await dying.TellAsync(Team, null, "nobody's business");
        var settled = false;
        world.Storage.BeforeTransaction = async transaction =>
        {
            // The promise to the timer is about to be taken back.
            if (settled || transaction.Table != TableNames.Cases || !transaction.Actions.Any(action => action.Row.Integer("n_due_maintenance") == 0)) return;
            settled = true;
            await dying.TellAsync(Team, 1, "meanwhile", type: ActivityType.Commented);
            dying.Storage.DieAfter(0);
        };
        await living.Maintenance.RunAsync(default);
        Assert.True(settled);

        for (var i = 0; i < 2; i++)
        {
            await Task.Delay(TimeSpan.FromMinutes(10), simulation.Time);
            await living.Maintenance.RunAsync(default);
        }

        Assert.Equal(["meanwhile"], world.Received);
    });

    [Fact]
    public void Webhooks_that_a_page_cut_short_leaves_out_are_told_all_the_same() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var process = world.NewProcess();
        for (var i = 0; i < 4; i++) await World.WebhookAsync(process);
        world.Storage.Faults = new SimulatedFaults { OddPages = 0.9 };
        for (var i = 0; i < 8; i++)
        {
            await process.TellAsync(Team, null, "to all four");
            await process.DispatchAsync(Team);
        }

        Assert.Equal(Enumerable.Repeat("to all four", 8 * 4), world.Received);
    });

    [Fact]
    public void A_log_that_would_be_pruned_is_told_of_first() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var (dying, living) = (world.NewProcess(), world.NewProcess());
        await World.WebhookAsync(dying);
        await dying.TellAsync(Team, null, "old");
        dying.Storage.DieAfter(0);

        await Task.Delay(TimeSpan.FromDays(3), simulation.Time);
        await living.Maintenance.RunAsync(default);
        Assert.Equal(["old"], world.Received);
        Assert.True(Head.FromRow(world.Storage.Row(TableNames.Cases, "1", RowKeys.Head)!).LogFloor > 1);
    });

    [Fact]
    public void A_log_is_not_pruned_while_its_telling_fails() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var process = world.NewProcess();
        await World.WebhookAsync(process);
        await process.TellAsync(Team, null, "old");
        world.Storage.BeforeRead = (table, _, _) => table == TableNames.Webhooks ? throw new StorageUnavailableException("away") : Task.CompletedTask;
        await Task.Delay(TimeSpan.FromDays(3), simulation.Time);
        await process.Maintenance.RunAsync(default);
        Assert.Equal(1, Head.FromRow(world.Storage.Row(TableNames.Cases, "1", RowKeys.Head)!).LogFloor);

        world.Storage.BeforeRead = null;
        await process.Maintenance.RunAsync(default);
        Assert.Equal(["old"], world.Received);
    });

    [Fact]
    public void A_delivery_that_keeps_failing_is_given_up_after_a_day_and_the_next_of_its_case_is_made() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var process = world.NewProcess();
        var webhook = await World.WebhookAsync(process);
        world.Answer = text => text == "bad" ? new WebhookAnswer(false, 400, "the receiver answered 400") : new WebhookAnswer(true, 200, null);
        await process.TellAsync(Team, null, "bad");
        await process.TellAsync(Team, 1, "good");
        var started = simulation.Time.GetUtcNow();
        while (world.Received.Count == 0)
        {
            await process.Maintenance.RunAsync(default);
            await Task.Delay(TimeSpan.FromMinutes(10), simulation.Time);
            Assert.True(simulation.Time.GetUtcNow() - started < TimeSpan.FromHours(26), "It is never given up");
        }

        Assert.True(simulation.Time.GetUtcNow() - started > TimeSpan.FromHours(22));
        var log = (await process.Deliveries.ListAsync(WebhookProcess.Owner, webhook, default)).Value!;
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Failed], log.Select(delivery => delivery.State));
        Assert.InRange(log[1].Attempts, 24, 60);
        Assert.Equal((400L, "the receiver answered 400", null), (log[1].Status, log[1].Error, log[1].Next));
    });

    [Fact]
    public void While_one_process_delivers_another_does_not_and_takes_over_when_it_is_dead() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var (one, other) = (world.NewProcess(), world.NewProcess());
        var webhook = await World.WebhookAsync(one);
        await one.TellAsync(Team, null, "text");
        await one.Planner.PlanAsync(Team, settle: false, default);
        world.Latency = TimeSpan.FromSeconds(9);
        var delivering = one.Courier.DeliverAsync(Team, webhook, DateTimeOffset.MaxValue, default);
        await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time);
        var after = await other.Courier.DeliverAsync(Team, webhook, DateTimeOffset.MaxValue, default);
        Assert.NotNull(after);
        Assert.Equal(1, world.Requests);
        one.Storage.DieAfter(0);

        await Task.Delay(after.Value - simulation.Time.GetUtcNow(), simulation.Time);
        Assert.Null(await other.Courier.DeliverAsync(Team, webhook, DateTimeOffset.MaxValue, default));
        Assert.False(delivering.IsCompleted);
        Assert.Equal(["text", "text"], world.Received);
    });

    [Fact]
    public void What_is_queued_while_the_holder_of_the_lease_is_about_to_give_it_back_is_delivered_by_it() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var (one, other) = (world.NewProcess(), world.NewProcess());
        var webhook = await World.WebhookAsync(one);
        await one.TellAsync(Team, null, "first");
        await one.Planner.PlanAsync(Team, settle: false, default);
        var meanwhile = false;
        DateTimeOffset? refused = null;
        world.Storage.BeforeTransaction = async transaction =>
        {
            var releases = transaction.Table == TableNames.Webhooks && transaction.Actions.Any(action => action.Row.RowKey == DeliveryQueue.LeaseKey(webhook) && action.Kind == RowActionKind.Delete);
            if (!releases || meanwhile) return;
            meanwhile = true;
            await other.TellAsync(Team, 1, "second");
            await other.Planner.PlanAsync(Team, settle: false, default);
            refused = await other.Courier.DeliverAsync(Team, webhook, DateTimeOffset.MaxValue, default);
        };

        Assert.Null(await one.Courier.DeliverAsync(Team, webhook, DateTimeOffset.MaxValue, default));
        Assert.NotNull(refused);
        Assert.Equal(["first", "second"], world.Received);
    });

    [Fact]
    public void A_webhook_is_told_of_nothing_older_than_itself_and_nothing_that_happened_while_it_was_off() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var process = world.NewProcess();
        await process.TellAsync(Team, null, "before");
        var webhook = await World.WebhookAsync(process);
        await process.TellAsync(Team, 1, "on");
        await process.DispatchAsync(Team);
        await EnableAsync(false);
        await process.TellAsync(Team, 1, "off");
        await process.DispatchAsync(Team);
        await EnableAsync(true);
        await process.TellAsync(Team, 1, "on again");
        await process.DispatchAsync(Team);
        Assert.Equal(["on", "on again"], world.Received);

        async Task EnableAsync(bool enabled) => Assert.Null((await process.Webhooks.UpdateAsync(
            WebhookProcess.Owner, webhook, new WebhookChanges(null, null, null, enabled), newSecret: false, null, default)).Problem);
    });

    [Fact]
    public void Deleting_a_webhook_takes_its_pending_deliveries_and_its_log_away() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var process = world.NewProcess();
        var webhook = await World.WebhookAsync(process);
        world.Answer = _ => WebhookAnswer.Failed("no connection");
        for (var i = 0; i < 60; i++) await process.TellAsync(Team, null, "text", activities: 2);
        await process.DispatchAsync(Team);
        Assert.Equal(60, world.Requests);

        Assert.Null(await process.Webhooks.DeleteAsync(WebhookProcess.Owner, webhook, null, default));
        Assert.DoesNotContain(world.Storage.Rows(TableNames.Webhooks, "1"), row => !RowKeys.IsProtocol(row.RowKey));
        Assert.Empty(await process.Courier.PendingAsync(Team, default));
    });

    [Fact]
    public void Deliveries_are_forgotten_after_a_week() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var process = world.NewProcess();
        var webhook = await World.WebhookAsync(process);
        await process.TellAsync(Team, null, "text");
        await process.DispatchAsync(Team);
        for (var day = 0; day < 6; day++)
        {
            await Task.Delay(TimeSpan.FromDays(1), simulation.Time);
            await process.Maintenance.RunAsync(default);
        }

        Assert.Single((await process.Deliveries.ListAsync(WebhookProcess.Owner, webhook, default)).Value!);
        await Task.Delay(TimeSpan.FromDays(1), simulation.Time);
        await process.Maintenance.RunAsync(default);
        Assert.Empty((await process.Deliveries.ListAsync(WebhookProcess.Owner, webhook, default)).Value!);
        Assert.DoesNotContain(world.Storage.Rows(TableNames.Webhooks, "1"), row => !RowKeys.IsProtocol(row.RowKey));
    });

    [Fact]
    public void A_team_without_webhooks_pays_nothing_and_an_idle_one_with_webhooks_neither() => Simulation.Run(1, async simulation =>
    {
        var world = new World(simulation);
        var process = world.NewProcess();
        await process.TellAsync(Team, null, "text");
        var before = world.Storage.Counts.All;
        await process.TellAsync(Team, 1, "text");
        Assert.Equal(1, world.Storage.Counts.All - before);

        await World.WebhookAsync(process);
        await process.TellAsync(Team, 1, "text");
        before = world.Storage.Counts.All;
        await process.TellAsync(Team, 1, "text");
        Assert.Equal(1, world.Storage.Counts.All - before);

        await process.DispatchAsync(Team);
        for (var i = 0; i < 3; i++)
        {
            await process.Maintenance.RunAsync(default);
            await Task.Delay(TimeSpan.FromMinutes(10), simulation.Time);
        }

        before = world.Storage.Counts.All;
        Assert.Equal(0, await process.Maintenance.RunAsync(default));
        Assert.Equal(1, world.Storage.Counts.All - before);
    });

    [Fact]
    public void What_came_with_a_case_from_another_team_was_told_there_and_a_changed_comment_is_no_new_one()
    {
        static Dictionary<string, object> Activity(long created, long revision) => new(StringComparer.Ordinal)
        {
            [ActivityRow.Type] = ActivityType.Commented,
            [ActivityRow.User] = 1L,
            [CaseRow.Created] = created,
            [CaseRow.Updated] = 5_000L,
            [CaseRow.Revision] = revision,
        };
        var entry = new LogEntry(7, Guid.Empty, 5_000, [
            new RowChange(CaseRow.PartKey(3, PartKind.Activity, 10), Activity(4_000, 1)),
            new RowChange(CaseRow.PartKey(3, PartKind.Activity, 11), Activity(5_000, 2)),
            new RowChange(CaseRow.PartKey(3, PartKind.Activity, 12), Activity(5_000, 1)),
            new RowChange(CaseRow.PartKey(3, PartKind.Activity, 13), null),
            new RowChange(CaseRow.PartKey(3, PartKind.Task, 14), Activity(5_000, 1)),
            new RowChange(CaseRow.Key(3), new Dictionary<string, object>(StringComparer.Ordinal) { [CaseRow.Name] = "case" }),
        ]);
        Assert.Equal([12L], CaseEvent.Of(entry).Select(told => told.Activity.Id));
    }

    /// <summary>A storage, and a receiver that remembers what it took.</summary>
    private sealed class World(Simulation simulation)
    {
        public SimulatedStorage Storage { get; } = new(1, time: simulation.Time);

        public List<string> Received { get; } = [];

        public int Requests { get; private set; }

        public TimeSpan Latency { get; set; }

        public Func<string, WebhookAnswer> Answer { get; set; } = _ => new WebhookAnswer(true, 200, null);

        public WebhookProcess NewProcess() => new(Storage, simulation.Time, 1, SendAsync, Options);

        public static async Task<long> WebhookAsync(WebhookProcess process, params string[] types)
            => (await process.Webhooks.CreateAsync(WebhookProcess.Owner, Team, new WebhookChanges("https://hooks.example/", null, types, null), "http://here", null, default)).Value!.Value.Webhook.Id;

        private async Task<WebhookAnswer> SendAsync(WebhookRequest request, CancellationToken cancellationToken)
        {
            Requests++;
            await Task.Delay(Latency, simulation.Time, cancellationToken);
            var text = JsonElement.Parse(request.Body.Span).GetProperty("activity").GetProperty("value").GetString()!;
            var answer = Answer(text);
            if (answer.Succeeded) Received.Add(text);
            return answer;
        }
    }
}
