using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Casefile.Core.Storage;
using Casefile.Testing;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>The service killed while it links, takes apart, deletes and moves: what it leaves half done is done by one run of the timer.</summary>
public sealed class KilledLinkTests
{
    private const int Rounds = 2;
    private const int Clients = 8;
    private const int AnswersBeforeTheKill = 60;

    private readonly ConcurrentDictionary<long, bool> records = new();
    private readonly ConcurrentDictionary<long, bool> cases = new();

    [Fact]
    public async Task After_SIGKILL_and_one_maintenance_both_sides_of_every_link_agree()
    {
        var options = TestStorage.OptionsTo((await Azurite.SharedAsync()).ConnectionString);
        for (var round = 0; round < Rounds; round++)
        {
            var killed = await ServiceProcess.StartAsync(options.ConnectionString!, options.Container);
            await using (killed)
            {
                await WorkUntilKilledAsync(killed, round);
            }

            var service = new ServiceFixture { ConnectionString = options.ConnectionString, Name = options.Container };
            await service.InitializeAsync();
            try
            {
                await service.RunTimerAsync("MaintainStorage");
                await AgreeAsync(service);
            }
            finally
            {
                await service.DisposeAsync();
            }
        }
    }

    private async Task WorkUntilKilledAsync(ServiceProcess service, int round)
    {
        var type = await TestType.MakeAsync(service);
        var team = (await service.PostAsync("/api/v1/teams", $$"""{"name":"team {{round}}"}""")).Json.GetProperty("id").GetInt64();
        for (var i = 0; i < 8; i++)
        {
            cases[await service.CreateCaseAsync()] = true;
            records[await type.CreatedAsync(service, "made")] = true;
        }

        var answers = 0;
        var enough = new TaskCompletionSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(round * 100 + client);
            try
            {
                while (true)
                {
                    await AskAsync(service, type, team, random);
                    if (Interlocked.Increment(ref answers) == AnswersBeforeTheKill) enough.SetResult();
                }
            }
            catch (HttpRequestException)
            {
                // It was killed: this may have been done, half or not at all.
            }
        })).ToArray();
        await await Task.WhenAny(enough.Task, Task.WhenAll(clients));
        await service.KillAsync();
        await Task.WhenAll(clients);
    }

    private async Task AskAsync(ServiceProcess service, TestType type, long team, Random random)
    {
        var (record, one, other) = (Any(records), Any(cases), Any(cases));
        switch (random.Next(10))
        {
            case 0:
                records[TestType.IdOf(await service.PostAsync("/api/v1/records", $$"""{"record_type_id":{{type.Id}},"field_values":[]}"""))] = true;
                break;
            case 1:
                await service.PutAsync(TestType.PathOf(record), $$"""{"add_case_ids":[{{one}}],"remove_case_ids":[{{other}}]}""");
                break;
            case 2 or 3:
                await service.PostAsync($"/api/v2/cases/{one}/records", $$"""{"record_id":{{record}}}""");
                break;
            case 4:
                await service.DeleteAsync($"/api/v2/cases/{one}/records/{record}");
                break;
            case 5 or 6:
                await service.PostAsync($"/api/v2/cases/{one}/linked_cases", $$"""{"id":{{other}}}""");
                break;
            case 7:
                await service.DeleteAsync($"/api/v2/cases/{one}/linked_cases/{other}");
                break;
            case 8:
                await service.PutAsync($"/api/v2/cases/{one}", $$"""{"team_id":{{(random.Next(2) == 0 ? 1 : team)}}}""");
                break;
            default:
                if (random.Next(2) == 0) await service.DeleteAsync(TestType.PathOf(record));
                else await service.DeleteAsync($"/api/v2/cases/{one}");
                break;
        }

        long Any(ConcurrentDictionary<long, bool> ids) => ids.Keys.ElementAt(random.Next(ids.Count));
    }

    private async Task AgreeAsync(ServiceFixture service)
    {
        var ofRecords = new HashSet<(long Case, long Record)>();
        var ofCases = new HashSet<(long Case, long Record)>();
        var linked = new HashSet<(long One, long Other)>();
        foreach (var record in records.Keys)
        {
            var found = await service.GetAsync(TestType.PathOf(record));
            if (found.Status == HttpStatusCode.OK) ofRecords.UnionWith(Ids(found.Json.GetProperty("case_ids")).Select(id => (id, record)));
        }

        foreach (var id in cases.Keys)
        {
            var found = await service.GetAsync($"/api/v2/cases/{id}/records?per_page=500");
            if (found.Status == HttpStatusCode.NotFound) continue;
            Assert.True(found.Status == HttpStatusCode.OK, found.Text);
            ofCases.UnionWith(found.Json.GetProperty("records").EnumerateArray().Select(record => (id, record.GetProperty("id").GetInt64())));
            Assert.Equal(found.Json.GetProperty("meta").GetProperty("count").GetInt64(), found.Json.GetProperty("records").GetArrayLength());
            var others = await service.GetAsync($"/api/v2/cases/{id}/linked_cases?per_page=500");
            linked.UnionWith(others.Json.GetProperty("linked_cases").EnumerateArray().Select(other => (id, other.GetProperty("case_id").GetInt64())));
        }

        Assert.Equal(ofRecords.Order(), ofCases.Order());
        Assert.Equal(linked.Order(), linked.Select(link => (link.Other, link.One)).Order());
        await NothingIsOwedAsync(service);
    }

    private static async Task NothingIsOwedAsync(ServiceFixture service)
    {
        foreach (var team in Enumerable.Range(1, 1 + Rounds))
        {
            var owed = await service.Storage.Table(TableNames.Cases).ReadAsync(RowRange.Prefix(team.ToString(CultureInfo.InvariantCulture), "out-"), default);
            Assert.Empty(owed.Rows.Select(row => row.RowKey));
        }
    }

    private static IEnumerable<long> Ids(JsonElement ids) => ids.EnumerateArray().Select(id => id.GetInt64());
}
