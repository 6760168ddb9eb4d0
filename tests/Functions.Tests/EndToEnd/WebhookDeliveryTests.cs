using Casefile.Functions.Tests.Webhooks;
using Casefile.Testing;
using static Casefile.Functions.Tests.Webhooks.WebhookFixture;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>Webhooks of several processes over one storage account.</summary>
public sealed class WebhookDeliveryTests
{
    [Fact]
    public async Task Every_activity_of_a_run_over_two_processes_is_delivered_in_the_order_of_its_case_by_a_receiver_that_fails_at_random()
    {
        var random = new Random(1);
        await using var receiver = new WebhookReceiver(async (_, stream, token) =>
        {
            int fate;
            lock (random) fate = random.Next(10);
            // Some fail, some are lost before their answer, some take their time.
            if (fate == 9) return;
            if (fate == 8) await Task.Delay(50, token);
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(fate < 2 ? 503 : 200), token);
        });
        await using var two = new Services();
        var (one, other) = (await two.AddAsync(), await two.AddAsync());
        var team = await TeamAsync(one);
        var webhook = (await CreateAsync(one, receiver.Url, team)).GetProperty("id").GetInt64();

        var cases = await Task.WhenAll(Enumerable.Range(0, 6).Select(async writer =>
        {
            var caseId = await CaseAsync(writer % 2 == 0 ? one : other, team, $"case {writer}");
            for (var i = 0; i < 8; i++)
                await ((writer + i) % 2 == 0 ? one : other).PutAsync($"/api/v2/cases/{caseId}", $$"""{"priority":"{{(i % 2 == 0 ? "high" : "low")}}"}""");
            return caseId;
        }));

        var happened = new Dictionary<long, IReadOnlyList<long>>();
        foreach (var caseId in cases) happened[caseId] = await ActivitiesAsync(one, caseId);
        Assert.Equal(6 * 9, happened.Values.Sum(activities => activities.Count));
        await UntilAsync(
            async () => await DeliveriesAsync(one, webhook) is { Count: 54 } log && log.All(each => each.GetProperty("status").GetString() == "delivered"),
            () => $"After {receiver.Received.Count} requests not everything is delivered");
        foreach (var (caseId, activities) in happened)
        {
            var came = receiver.Received.Where(got => WebhookTests.CaseOf(got) == caseId).Select(WebhookTests.ActivityOf).ToArray();
            Assert.Equal(activities, came.Distinct());
            Assert.Equal(came.Order(), came);
        }
    }

    [Fact]
    public async Task What_a_process_has_not_delivered_when_it_is_killed_another_delivers()
    {
        var hangs = true;
        await using var receiver = new WebhookReceiver(async (_, stream, token) =>
        {
            // The first request gets no answer before its sender is dead.
            while (Volatile.Read(ref hangs)) await Task.Delay(20, token);
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(200), token);
        });
        await using var services = new Services();
        var living = await services.AddAsync("--Webhooks:Deliver", "false");
        var doomed = await ServiceProcess.StartAsync((await Azurite.SharedAsync()).ConnectionString, services.Name, [.. WebhookFixture.Settings, "--Webhooks:RequestTimeout", "00:00:01", "--Webhooks:LeaseTime", "00:00:03"]);
        var team = await TeamAsync(doomed);
        await CreateAsync(doomed, receiver.Url, team);
        var caseId = await CaseAsync(doomed, team);
        await UntilReceivedAsync(receiver, 1);
        await doomed.PutAsync($"/api/v2/cases/{caseId}", """{"priority":"high"}""");
        await doomed.KillAsync();
        Volatile.Write(ref hangs, false);

        // Not before the dead one's lease ends.
        await UntilAsync(
            async () =>
            {
                await living.RunTimerAsync("MaintainStorage");
                return receiver.Received.Select(WebhookTests.ActivityOf).Distinct().Count() == 2;
            },
            () => "Nobody goes on");
        Assert.Equal(await ActivitiesAsync(living, caseId), receiver.Received.Select(WebhookTests.ActivityOf).Distinct());
        await doomed.DisposeAsync();
    }

    /// <summary>Services in this process that share their data.</summary>
    private sealed class Services : IAsyncDisposable
    {
        private readonly List<ServiceFixture> services = [];

        public string Name { get; } = "t" + Guid.NewGuid().ToString("N")[..12];

        public async Task<ServiceFixture> AddAsync(params string[] settings)
        {
            var service = new ServiceFixture { Name = Name, Settings = [.. WebhookFixture.Settings, .. settings] };
            services.Add(service);
            await service.InitializeAsync();
            return service;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var service in services) await service.DisposeAsync();
        }
    }
}
