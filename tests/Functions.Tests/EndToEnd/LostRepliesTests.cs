using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Casefile.Testing;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>The connection to the storage account cut before it has got a request, and after it has done the work.</summary>
public sealed class LostRepliesTests : IAsyncLifetime
{
    private IReadOnlyList<FaultProxy> proxies = [];
    private ServiceFixture service = null!;
    private ServiceFixture witness = null!;

    private FaultProxy Tables => proxies[0];

    private FaultProxy Blobs => proxies[1];

    public async Task InitializeAsync()
    {
        var azurite = await Azurite.SharedAsync();
        proxies = [new FaultProxy(azurite.TablePort), new FaultProxy(azurite.BlobPort)];
        service = new ServiceFixture
        {
            ConnectionString = Azurite.ConnectionStringTo(Blobs.Port, Tables.Port),
            Settings = ["--Storage:TransactionTimeout", "00:00:01", "--Storage:ReadTimeout", "00:00:06"],
        };
        witness = new ServiceFixture { Name = service.Name };
        await service.InitializeAsync();
        await witness.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await service.DisposeAsync();
        await witness.DisposeAsync();
        foreach (var proxy in proxies) await proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(ProxyFault.CutRequest)]
    [InlineData(ProxyFault.CutReply)]
    [InlineData(ProxyFault.CutReplyHalfway)]
    [InlineData(ProxyFault.SwallowReply)]
    [InlineData(ProxyFault.Hold)]
    public async Task A_write_whose_connection_is_lost_is_done_once_and_acknowledged(ProxyFault fault)
    {
        var type = await TestType.MakeAsync(service);
        await type.CreatedAsync(service, "warm");

        Tables.FailNextTransaction(fault);
        var created = await type.CreateAsync(service, "created");
        var record = TestType.IdOf(created);

        Tables.FailNextTransaction(fault);
        var renamed = await type.RenameAsync(service, record, "renamed", ("If-Match", created.Headers["ETag"]));
        Assert.True(renamed.Status == HttpStatusCode.OK, renamed.Text);

        Tables.FailNextTransaction(fault);
        var gone = await type.CreatedAsync(service, "gone");
        Tables.FailNextTransaction(fault);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(TestType.PathOf(gone))).Status);

        // What was held arrives now, after all that followed it.
        Tables.Release();
        await type.CreatedAsync(service, "last");
        foreach (var each in new ServiceClient[] { service, witness })
            Assert.Equal(["warm", "renamed", "last"], (await type.AllAsync(each)).Select(TestType.NameOf));
    }

    [Fact]
    public async Task A_read_whose_answer_never_comes_is_asked_for_again()
    {
        var type = await TestType.MakeAsync(service);
        var record = await type.CreatedAsync(service, "read", NotesOf("4"));

        SwallowNextAnswer(Tables);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(TestType.PathOf(record))).Status);
        SwallowNextAnswer(Blobs);
        Assert.Single(await type.AllAsync(service), row => row.GetProperty("notes").GetString() == NotesOf("4"));

        static void SwallowNextAnswer(FaultProxy proxy)
        {
            var pending = 1;
            proxy.OnRequest = _ => Interlocked.Exchange(ref pending, 0) == 1 ? ProxyFault.SwallowReply : ProxyFault.None;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nothing_is_lost_doubled_or_refused_where_connections_are_cut_at_random(int seed)
    {
        const int clients = 12;
        const int records = 12;
        var type = await TestType.MakeAsync(service);
        var expected = new ConcurrentDictionary<long, string>();
        var faults = CutAtRandom(seed);

        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            for (var i = 0; i < records; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{client}.{i}");
                var created = await type.CreateAsync(service, name, NotesOf(name));
                var record = TestType.IdOf(created);

                var renamed = await type.RenameAsync(service, record, name + " renamed", ("If-Match", created.Headers["ETag"]));
                Assert.True(renamed.Status == HttpStatusCode.OK, renamed.Text);

                if (i % 3 == 2)
                {
                    var deleted = await service.SendAsync(HttpMethod.Delete, TestType.PathOf(record), null, ("If-Match", renamed.Headers["ETag"]));
                    Assert.True(deleted.Status == HttpStatusCode.NoContent, deleted.Text);
                }
                else
                {
                    Assert.True(expected.TryAdd(record, name), $"record {record} was made twice");
                }
            }
        }));

        Heal();
        Assert.Contains(ProxyFault.CutReply, faults);
        foreach (var each in new ServiceClient[] { service, witness })
        {
            var found = await type.AllAsync(each);
            Assert.Equal(expected.OrderBy(one => one.Key).Select(one => (one.Key, one.Value + " renamed")), found.Select(row => (TestType.IdOf(row), TestType.NameOf(row)!)));
            Assert.All(found, row => Assert.Equal(NotesOf(expected[TestType.IdOf(row)]), row.GetProperty("notes").GetString()));
        }

        Assert.Equal(expected.Keys.Order(), await type.StoredAsync(witness.Storage));
    }

    [Fact]
    public async Task A_counter_that_two_services_raise_under_its_ETag_ends_at_what_they_were_acknowledged()
    {
        const int clients = 8;
        const int raises = 8;
        var type = await TestType.MakeAsync(service);
        var counter = await type.CreatedAsync(service, "0");
        CutAtRandom(seed: 4);

        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            ServiceClient via = client % 2 == 0 ? service : witness;
            for (var done = 0; done < raises;)
            {
                var read = await via.GetAsync(TestType.PathOf(counter));
                Assert.True(read.Status == HttpStatusCode.OK, read.Text);
                var next = NumberOf(read) + 1;
                var raised = await type.RenameAsync(via, counter, next.ToString(CultureInfo.InvariantCulture), ("If-Match", read.Headers["ETag"]));
                Assert.True(raised.Status is HttpStatusCode.OK or HttpStatusCode.PreconditionFailed, raised.Text);
                if (raised.Status == HttpStatusCode.OK) done++;
            }
        }));

        // More would mean that a change was made and refused, fewer that an acknowledged one was lost.
        Heal();
        Assert.Equal(clients * raises, NumberOf(await witness.GetAsync(TestType.PathOf(counter))));

        static int NumberOf(Answer record) => int.Parse(record.Json.GetProperty("result").GetProperty("name").GetString()!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Record_types_are_made_once_and_take_records_where_connections_are_cut_at_random()
    {
        const int types = 8;
        var before = await NamesOfTypesAsync();
        CutAtRandom(seed: 3);

        var made = await Task.WhenAll(Enumerable.Range(0, types).Select(_ => TestType.MakeAsync(service)));
        var records = await Task.WhenAll(made.Select(type => type.CreatedAsync(service, "first")));

        Heal();
        Assert.Equal(types, made.Select(type => type.Id).Distinct().Count());
        Assert.Equal(types, records.Distinct().Count());
        Assert.Equal(before + types, await NamesOfTypesAsync());
        foreach (var (type, record) in made.Zip(records)) Assert.Equal([record], (await type.AllAsync(witness)).Select(TestType.IdOf));

        async Task<int> NamesOfTypesAsync()
            => (await witness.GetAsync("/api/v1/record_types?per_page=500")).Json.GetProperty("record_types").GetArrayLength();
    }

    /// <summary>Cuts two in five transactions one way or another, and now and then another request.</summary>
    private ConcurrentBag<ProxyFault> CutAtRandom(int seed)
    {
        ProxyFault[] kinds = [ProxyFault.CutRequest, ProxyFault.CutReply, ProxyFault.CutReply, ProxyFault.CutReplyHalfway];
        var cut = new ConcurrentBag<ProxyFault>();
        var random = new Random(seed);
        Tables.OnRequest = Blobs.OnRequest = line =>
        {
            lock (random)
            {
                if (random.NextDouble() > (line.Contains("$batch", StringComparison.Ordinal) ? 0.4 : 0.04)) return ProxyFault.None;
                var kind = kinds[random.Next(kinds.Length)];
                cut.Add(kind);
                return kind;
            }
        };
        return cut;
    }

    private void Heal() => Tables.OnRequest = Blobs.OnRequest = _ => ProxyFault.None;

    /// <summary>The notes of the record of this name: every fourth has an artifact, which tells whose it is.</summary>
    private static string? NotesOf(string name)
        => name[^1] % 4 != 0 ? null : string.Concat(Enumerable.Repeat($"Notes of {name}. ", 500));
}
