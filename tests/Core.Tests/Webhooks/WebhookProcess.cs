using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Casefile.Core.Tests.Histories;
using Casefile.Core.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Webhooks;

/// <summary>One process of the service, as far as cases and their webhooks go. It may die at any of its requests to storage.</summary>
internal sealed class WebhookProcess : IDisposable
{
    public static readonly Caller Owner = new(1, 0, IsOwner: true, new Dictionary<long, TeamRole>());

    private readonly TenantDirectory tenant;
    private readonly CaseIds ids;
    private readonly CaseDesk desk;

    public WebhookProcess(IStorage account, TimeProvider time, int seed, SendWebhook send, WebhookOptions options)
    {
        Storage = new MortalStorage(account);
        var pacing = new PartitionOptions { Delay = (span, token) => Task.Delay(span, time, token), Random = new Random(seed), ReadSpacing = TimeSpan.Zero };
        var owedWork = new OwedWorkHandlers(Storage, NullLogger<OwedWorkHandlers>.Instance);
        var due = new DueTable(Storage);
        var tenancy = new TenancyOptions { OwnerKey = "the-owners-key", Pepper = "pepper" };
        Partitions = new PartitionSet(Storage, due, owedWork, pacing, time, NullLogger<Partition>.Instance);
        tenant = new TenantDirectory(Storage, Partitions, time, tenancy);
        ids = new CaseIds(Storage, pacing);
        desk = new CaseDesk(Partitions, tenant, ids, Storage);
        var secrets = new WebhookSecret(tenancy);
        var cleanup = new DeliveryCleanup(Partitions);
        owedWork.Add(cleanup);
        Webhooks = new WebhookStore(desk, Partitions, Storage, new WebhookUrl(options, new AddressGuard(options)), secrets, options);
        Deliveries = new WebhookDeliveries(Webhooks, desk, Partitions, Storage);
        Planner = new WebhookPlanner(Partitions, Storage, Webhooks, tenant, ids, NullLogger<WebhookPlanner>.Instance);

        // A process that is dead sends nothing more, and hears nothing.
        Courier = new WebhookCourier(
            Partitions, Storage, Webhooks, Deliveries, cleanup, secrets, (request, token) => Storage.AliveAsync(() => send(request, token)), options, pacing, time, NullLogger<WebhookCourier>.Instance);
        Maintenance = new Maintenance(
            Storage,
            Partitions,
            due,
            new PartitionSettling(Partitions, due),
            owedWork,
            [new WebhookHousekeeping(Planner, Courier, Deliveries, cleanup, Webhooks, tenant, options)],
            time,
            NullLogger<Maintenance>.Instance);
    }

    public MortalStorage Storage { get; }

    public PartitionSet Partitions { get; }

    public WebhookStore Webhooks { get; }

    public WebhookDeliveries Deliveries { get; }

    public WebhookPlanner Planner { get; }

    public WebhookCourier Courier { get; }

    public Maintenance Maintenance { get; }

    /// <summary>Makes a case with an activity, or tells something in one that is there; answers the case.</summary>
    public Task<Result<long>> TellAsync(long team, long? caseId, string text, int activities = 1, string type = ActivityType.FieldUpdated) => desk.CommitAsync<long>(
        team,
        async (scope, token) =>
        {
            var edit = caseId is { } id ? await CaseEdit.FindAsync(scope, ids, Owner, id, token) : await CaseEdit.NewAsync(scope, ids, Owner, token);
            edit!.Image[CaseRow.Name] = text;
            edit.Image[CaseRow.Priority] = (long)CasePriority.Low;
            for (var i = 0; i < activities; i++) await edit.TellAsync(type, text, token);
            edit.Save();
            return edit.Id;
        },
        default);

    /// <summary>What the dispatch of a living process does after a commit: plans, and delivers what is due.</summary>
    public async Task DispatchAsync(long team)
    {
        await Planner.PlanAsync(team, settle: false, default);
        foreach (var webhook in (await Courier.PendingAsync(team, default)).Keys) await Courier.DeliverAsync(team, webhook, DateTimeOffset.MaxValue, default);
    }

    public void Dispose() => tenant.Dispose();
}
