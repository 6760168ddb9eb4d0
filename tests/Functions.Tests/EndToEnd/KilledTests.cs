using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Casefile.Testing;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>The service killed in the middle of its work, and started again.</summary>
public sealed class KilledTests
{
    private const int Rounds = 3;
    private const int Clients = 16;
    private const int AcknowledgedBeforeTheKill = 60;

    [Fact]
    public async Task Every_acknowledged_record_outlives_SIGKILL_and_none_is_half_there()
    {
        var options = TestStorage.OptionsTo((await Azurite.SharedAsync()).ConnectionString);
        var storage = await TestStorage.OverAsync(options);
        var sent = new ConcurrentDictionary<string, long?>(StringComparer.Ordinal);
        var service = await ServiceProcess.StartAsync(options.ConnectionString!, options.Container);
        try
        {
            var type = await TestType.MakeAsync(service);
            for (var round = 0; round < Rounds; round++)
            {
                await KillUnderLoadAsync(service, type, round, sent);
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(options.ConnectionString!, options.Container);

                var listed = await type.AllAsync(service);
                Assert.Equal(listed.Select(TestType.IdOf), await type.StoredAsync(storage));
                Assert.All(listed, row => Assert.Equal(NotesOf(TestType.NameOf(row)!), row.GetProperty("notes").GetString()));
                var byId = listed.ToDictionary(TestType.IdOf, TestType.NameOf);
                Assert.All(sent.Where(each => each.Value is not null), each => Assert.Equal(each.Key, byId[each.Value!.Value]));
                Assert.True(listed.Count <= sent.Count, "there are more records than were asked for");
            }

            await EachMadeOneAsync(service, type, sent);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Acknowledged_changes_and_deletions_outlive_SIGKILL_and_what_they_owed_is_done_by_maintenance()
    {
        var options = TestStorage.OptionsTo((await Azurite.SharedAsync()).ConnectionString);
        var killed = await ServiceProcess.StartAsync(options.ConnectionString!, options.Container);
        await using var stop = killed;
        var type = await TestType.MakeAsync(killed);
        var records = await Task.WhenAll(Enumerable.Range(0, 120).Select(_ => type.CreatedAsync(killed, "made", "Notes.")));

        var changed = new ConcurrentBag<long>();
        var deleted = new ConcurrentBag<long>();
        var waiting = new ConcurrentQueue<long>(records);
        var enough = new TaskCompletionSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (waiting.TryDequeue(out var record))
                {
                    if (record % 2 == 0)
                    {
                        Assert.Equal(HttpStatusCode.OK, (await type.RenameAsync(killed, record, "changed")).Status);
                        changed.Add(record);
                    }
                    else
                    {
                        Assert.Equal(HttpStatusCode.NoContent, (await killed.DeleteAsync(TestType.PathOf(record))).Status);
                        deleted.Add(record);
                        if (deleted.Count >= Clients) enough.TrySetResult();
                    }
                }
            }
            catch (HttpRequestException)
            {
                // It was killed: this change may have been made or not.
            }
        })).ToArray();
        await await Task.WhenAny(enough.Task, Task.WhenAll(clients));
        await killed.KillAsync();
        await Task.WhenAll(clients);

        var service = new ServiceFixture { ConnectionString = options.ConnectionString, Name = options.Container };
        await service.InitializeAsync();
        try
        {
            await service.RunTimerAsync("MaintainStorage");

            var there = (await type.AllAsync(service)).ToDictionary(TestType.IdOf);
            Assert.Empty(deleted.Intersect(there.Keys));
            Assert.True(records.Length - there.Count - deleted.Count <= Clients, "more has gone than was asked for");
            Assert.All(changed, record => Assert.Equal("changed", TestType.NameOf(there[record])));
            Assert.All(there.Values, row => Assert.Equal("Notes.", row.GetProperty("notes").GetString()));
            Assert.Equal(there.Keys.Order(), await type.StoredAsync(service.Storage));

            // Every artifact but those of the records that are left has been deleted, whoever was to do it.
            var blobs = 0;
            await foreach (var blob in service.Storage.Blobs.ListAsync("artifacts/", CancellationToken.None)) blobs++;
            Assert.Equal(there.Count, blobs);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    /// <summary>Creates records, some with an artifact, until so many are acknowledged that the process is killed under the others.</summary>
    private static async Task KillUnderLoadAsync(ServiceProcess service, TestType type, int round, ConcurrentDictionary<string, long?> sent)
    {
        var acknowledged = 0;
        var enough = new TaskCompletionSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{round}.{client}.{i}");
                sent[name] = null;
                try
                {
                    sent[name] = TestType.IdOf(await type.CreateOnceAsync(service, name, name, NotesOf(name)));
                }
                catch (HttpRequestException)
                {
                    // It was killed: this one may have been kept or not.
                    return;
                }

                if (Interlocked.Increment(ref acknowledged) == AcknowledgedBeforeTheKill) enough.SetResult();
            }
        })).ToArray();

        await await Task.WhenAny(enough.Task, Task.WhenAll(clients));
        await service.KillAsync();
        await Task.WhenAll(clients);
    }

    /// <summary>Sends every request again, as clients do that had no answer: those that were acknowledged are answered the same, and each has made one record.</summary>
    private static async Task EachMadeOneAsync(ServiceProcess service, TestType type, ConcurrentDictionary<string, long?> sent)
    {
        var repeated = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var some in sent.Chunk(Clients))
        {
            var answers = await Task.WhenAll(some.Select(each => type.CreateOnceAsync(service, each.Key, each.Key, NotesOf(each.Key))));
            foreach (var (each, answer) in some.Zip(answers))
            {
                repeated[each.Key] = TestType.IdOf(answer);
                Assert.Equal(NotesOf(each.Key), answer.Json.GetProperty("result").GetProperty("notes").GetString());
                if (each.Value is not { } first) continue;
                Assert.Equal(first, repeated[each.Key]);
                Assert.Equal("true", answer.Headers["idempotency-replayed"]);
            }
        }

        Assert.Equal(sent.Count, repeated.Values.Distinct().Count());
        Assert.Equal(repeated.Values.Order(), (await type.AllAsync(service)).Select(TestType.IdOf));
    }

    /// <summary>The notes of the record of this name: three in ten have an artifact, which tells whose it is.</summary>
    private static string? NotesOf(string name)
        => name[^1] % 4 != 0 ? null : string.Concat(Enumerable.Repeat($"Notes of {name}. ", 500));
}
