using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Storage;
using Casefile.Core.Webhooks;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Webhooks;

/// <summary>Random histories of several processes that tell two webhooks what happens to cases, over rough storage, to receivers that fail, with processes that die.</summary>
public sealed class WebhookHistories
{
    private const long Team = 1;
    private const int Histories = 60;

    private static readonly WebhookOptions Options = new() { AllowHttp = true };

    [Fact]
    public void Whatever_goes_wrong_every_activity_is_delivered_in_the_order_of_its_case()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            try
            {
                Simulation.Run(seed, simulation => RunAsync(simulation, seed));
            }
            catch (Exception exception)
            {
                Assert.Fail($"Seed {seed}: {exception}");
            }
        }
    }

    private static async Task RunAsync(Simulation simulation, int seed)
    {
        var (random, time) = (simulation.Random, simulation.Time);
        var storage = new SimulatedStorage(seed, time: time);
        var receiver = new Receiver(random, time, failing: seed % 3 * 0.25);
        var processes = Enumerable.Range(0, 2).Select(_ => NewProcess()).ToArray();
        var webhooks = new List<long>();
        foreach (var types in (string[][])[[], [ActivityType.FieldUpdated]])
        {
            var made = await processes[0].Webhooks.CreateAsync(WebhookProcess.Owner, Team, new WebhookChanges("https://hooks.example/", null, types, null), "http://here", null, default);
            webhooks.Add(made.Value!.Value.Webhook.Id);
        }

        storage.Faults = seed % 2 == 0 ? SimulatedFaults.None : SimulatedFaults.Rough;
        var background = new List<Task>();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TellAsync()));
        storage.Faults = SimulatedFaults.None;
        receiver.Failing = 0;

        // Whatever the others were about to do, this one and the maintenance timer do it.
        using var last = NewProcess();
        for (var round = 0; round < 12; round++)
        {
            await last.Maintenance.RunAsync(default);
            await Task.Delay(TimeSpan.FromMinutes(10), time);
        }

        await Task.WhenAll(background.Where(task => task.IsCompleted));
        Assert.Empty(await last.Courier.PendingAsync(Team, default));
        Check(storage, receiver, webhooks);
        foreach (var process in processes) process.Dispose();

        WebhookProcess NewProcess() => new(storage, time, random.Next(), receiver.SendAsync, Options);

        async Task TellAsync()
        {
            long? caseId = null;
            for (var i = 0; i < 8; i++)
            {
                var slot = random.Next(processes.Length);
                if (processes[slot].Storage.Death.IsCompleted) processes[slot] = NewProcess();
                var process = processes[slot];
                if (random.Next(4) == 0) process.Storage.DieAfter(1 + random.Next(60));
                var told = process.TellAsync(Team, caseId, $"change {i}", 1 + random.Next(3));
                await Task.WhenAny(told, process.Storage.Death);
                if (!told.IsCompletedSuccessfully || !told.Result.Try(out var id, out _)) continue;
                if (random.Next(3) > 0) caseId = id;
                background.Add(DispatchAsync(process));
                if (random.Next(2) == 0) await Task.Delay(TimeSpan.FromSeconds(random.Next(30)), time);
            }
        }

        static async Task DispatchAsync(WebhookProcess process)
        {
            try
            {
                await process.DispatchAsync(Team);
            }
            catch (StorageUnavailableException)
            {
                // The maintenance timer does it.
            }
        }
    }

    /// <summary>What the rows say happened is what the receiver was told, each activity once at the least, and all of them in the order of the case.</summary>
    private static void Check(SimulatedStorage storage, Receiver receiver, List<long> webhooks)
    {
        var happened = storage.Rows(TableNames.Cases, Team.ToString(CultureInfo.InvariantCulture))
            .Where(row => row.RowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal))
            .GroupBy(row => CaseRow.CaseOf(row.RowKey), row => CasePart.Read(row.RowKey, row.Properties).Id)
            .ToDictionary(each => each.Key, each => each.Order().ToArray());
        Assert.NotEmpty(happened);
        foreach (var webhook in webhooks)
        {
            var log = storage.Rows(TableNames.Webhooks, Team.ToString(CultureInfo.InvariantCulture))
                .Where(row => row.RowKey.StartsWith(DeliveryQueue.LogOf(webhook), StringComparison.Ordinal))
                .Select(row => Delivery.Read(row.RowKey, row.Properties)).ToArray();
            Assert.All(log, delivery => Assert.Equal(DeliveryState.Delivered, delivery.State));
            var ids = log.Select(delivery => delivery.Id).ToHashSet();
            var told = log.Select(delivery => (delivery.CaseId, delivery.ActivityId)).ToHashSet();
            var untold = happened.SelectMany(each => each.Value.Select(activity => (Case: each.Key, Activity: activity))).Where(each => !told.Contains(each)).ToArray();
            Assert.True(untold.Length == 0, $"webhook {webhook} was not told of {string.Join(' ', untold)}");
            Assert.Equal(happened.Values.Sum(activities => activities.Length), log.Length);
            foreach (var (caseId, activities) in happened)
            {
                // Some may come several times, but none after a later one.
                var taken = receiver.Taken.Where(each => ids.Contains(each.Delivery) && each.Case == caseId).Select(each => each.Activity).ToArray();
                Assert.Equal(activities, taken.Distinct());
                Assert.Equal(taken.Order(), taken);
            }
        }
    }

    /// <summary>A receiver that fails before or after it has taken something, and takes its time.</summary>
    private sealed class Receiver(Random random, TimeProvider time, double failing)
    {
        public double Failing { get; set; } = failing;

        public List<(long Delivery, long Case, long Activity)> Taken { get; } = [];

        public async Task<WebhookAnswer> SendAsync(WebhookRequest request, CancellationToken cancellationToken)
        {
            var body = JsonElement.Parse(request.Body.Span);
            var caseId = body.GetProperty("case").GetProperty("case_id").GetInt64();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3) == 0 ? random.Next(8_000) : 5), time, cancellationToken);
            if (random.NextDouble() < Failing) return new WebhookAnswer(false, 503, "the receiver answered 503");
            Taken.Add((request.DeliveryId, caseId, body.GetProperty("activity").GetProperty("id").GetInt64()));
            return random.NextDouble() < Failing ? WebhookAnswer.Failed("no answer within 10 seconds") : new WebhookAnswer(true, 200, null);
        }
    }
}
