using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Casefile.Core.Partitions;
using Casefile.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>The storage account stopped while the service runs, and started again.</summary>
public sealed class StorageAwayTests
{
    private const int Records = 20;
    private const int Creates = 8;

    /// <summary>What the settings below allow a request: a blob's three seconds and a commit's three, and as much again for a slow machine.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(12);

    /// <summary>How long the service may take to notice that storage has gone or come: what its health remembers, and as much again for a slow machine.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(20);

    private const string Empty = """{"name":"Alerts","team_id":1,"fields":[]}""";

    private static readonly Uri Types = new("/api/v1/record_types", UriKind.Relative);

    [Fact]
    public async Task While_storage_is_away_requests_are_told_to_come_back_and_afterwards_all_is_there()
    {
        var folder = Directory.CreateTempSubdirectory("casefile-away-");
        var azurite = await Azurite.StartAsync(folder.FullName);
        var service = ServiceOver(azurite.ConnectionString);
        try
        {
            await service.InitializeAsync();
            using var member = await MemberAsync(service);
            var type = await TestType.MakeAsync(service);
            var before = (await Task.WhenAll(Enumerable.Range(Creates, Records).Select(i => CreateOnceAsync(service, type, i)))).Select(TestType.IdOf).ToArray();
            await type.ListAsync(service);

            await azurite.DisposeAsync();

            var asking = member.GetAsync(Types);
            var creating = UnavailableAsync(Enumerable.Range(0, Creates).Select(i => CreateOnceAsync(service, type, i)));
            await UnavailableAsync(OtherCalls(service, type, before[0]));
            var creates = await creating;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await asking).StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await HealthAsync(service, until: HttpStatusCode.ServiceUnavailable));

            azurite = await Azurite.StartAsync(folder.FullName, azurite.BlobPort, azurite.TablePort);

            Assert.Equal(HttpStatusCode.OK, await HealthAsync(service, until: HttpStatusCode.OK));
            await WorksAgainAsync(service, type, creates, before);
            Assert.Equal(HttpStatusCode.OK, (await member.GetAsync(Types)).StatusCode);
        }
        finally
        {
            await service.DisposeAsync();
            await azurite.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_service_that_starts_while_storage_is_away_tells_to_come_back_and_works_as_soon_as_it_is_there()
    {
        var folder = Directory.CreateTempSubdirectory("casefile-away-");
        var azurite = await Azurite.StartAsync(folder.FullName);
        var service = ServiceOver(azurite.ConnectionString);
        try
        {
            await azurite.DisposeAsync();
            await service.InitializeAsync();
            await UnavailableAsync([service.GetAsync("/api/v1/record_types"), service.PostAsync("/api/v1/record_types", Empty)]);

            azurite = await Azurite.StartAsync(folder.FullName, azurite.BlobPort, azurite.TablePort);

            var started = Stopwatch.GetTimestamp();
            Answer made;
            do made = await service.PostAsync("/api/v1/record_types", Empty);
            while (made.Status != HttpStatusCode.Created && Stopwatch.GetElapsedTime(started) < Notice);
            Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        }
        finally
        {
            await service.DisposeAsync();
            await azurite.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Storage_that_never_answers_does_not_hold_requests_back_for_longer_than_it_may()
    {
        var azurite = await Azurite.SharedAsync();
        await using var tables = new FaultProxy(azurite.TablePort);
        await using var blobs = new FaultProxy(azurite.BlobPort);
        var service = ServiceOver(Azurite.ConnectionStringTo(blobs.Port, tables.Port));
        await service.InitializeAsync();
        try
        {
            var type = await TestType.MakeAsync(service);
            var record = await type.CreatedAsync(service, "before", Notes);

            tables.OnRequest = blobs.OnRequest = _ => ProxyFault.SwallowReply;
            await UnavailableAsync(
            [
                type.CreateAsync(service, "plain"),
                type.CreateAsync(service, "noted", Notes),
                type.RenameAsync(service, record, "renamed"),
                service.DeleteAsync(TestType.PathOf(record)),
                .. OtherCalls(service, type, record),
            ]);

            tables.OnRequest = blobs.OnRequest = _ => ProxyFault.None;
            await CreatedAtLastAsync(service, type, "after");
            Assert.Contains(await type.AllAsync(service), row => TestType.NameOf(row) == "after");
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Clients_that_repeat_what_was_refused_lose_and_double_nothing_while_storage_comes_and_goes()
    {
        const int clients = 8;
        const int records = 12;
        var folder = Directory.CreateTempSubdirectory("casefile-away-");
        var azurite = await Azurite.StartAsync(folder.FullName);
        var service = ServiceOver(azurite.ConnectionString);
        try
        {
            await service.InitializeAsync();
            var type = await TestType.MakeAsync(service);
            var made = 0;
            var half = new TaskCompletionSource();
            var working = Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
            {
                var ids = new List<long>();
                for (var i = 0; i < records; i++)
                {
                    Answer answer;
                    do answer = await CreateOnceAsync(service, type, client * records + i);
                    while (answer.Status == HttpStatusCode.ServiceUnavailable);
                    ids.Add(TestType.IdOf(answer));
                    if (Interlocked.Increment(ref made) == clients * records / 2) half.SetResult();
                }

                return ids;
            }));

            await await Task.WhenAny(half.Task, working);
            await azurite.DisposeAsync();
            azurite = await Azurite.StartAsync(folder.FullName, azurite.BlobPort, azurite.TablePort);

            var ids = (await working).SelectMany(each => each).Order().ToArray();
            var there = await type.AllAsync(service);
            Assert.Equal(ids, there.Select(TestType.IdOf));
            Assert.Equal(Enumerable.Range(0, clients * records).Select(Name).Order(StringComparer.Ordinal), there.Select(TestType.NameOf).Order(StringComparer.Ordinal));
        }
        finally
        {
            await service.DisposeAsync();
            await azurite.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    private static ServiceFixture ServiceOver(string connectionString) => new()
    {
        ConnectionString = connectionString,
        Settings = ["--Storage:TransactionTimeout", "00:00:02", "--Storage:ReadTimeout", "00:00:03", "--Tenancy:RefreshAfter", "00:00:00"],
        Services = services => services.AddSingleton(new PartitionOptions { Patience = TimeSpan.FromSeconds(3) }),
    };

    /// <summary>Talks with a key that is in the storage, not in the settings.</summary>
    private static async Task<HttpClient> MemberAsync(ServiceFixture service)
    {
        var made = await service.PostAsync("/api/v1/api_keys", """{"name":"member","team_id":1,"role":"viewer"}""");
        var member = new HttpClient { BaseAddress = service.Client.BaseAddress };
        member.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.Json.GetProperty("key").GetString());
        return member;
    }

    private static IEnumerable<Task<Answer>> OtherCalls(ServiceFixture service, TestType type, long record) =>
    [
        service.GetAsync(TestType.PathOf(record)),
        service.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/records?record_type_id={type.Id}")),
        service.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/record_types/{type.Id}")),
        service.GetAsync("/api/v1/record_types"),
        service.PostAsync("/api/v1/record_types", """{"name":"Never","team_id":1,"fields":[]}"""),
        service.PostAsync("/api/v1/records/query", $$"""{"record_type_id":{{type.Id}},"aggregations":[{"function":"COUNT"}]}"""),
    ];

    private static async Task<Answer[]> UnavailableAsync(IEnumerable<Task<Answer>> calls)
    {
        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(calls);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Budget);
        Assert.All(answers, answer =>
        {
            Assert.True(answer.Status == HttpStatusCode.ServiceUnavailable, $"{answer.Status} {answer.Text}");
            Assert.True(int.Parse(answer.Headers["Retry-After"], CultureInfo.InvariantCulture) > 0);
            Assert.Equal(answer.Headers["x-request-id"], answer.Json.GetProperty("request_id").GetString());
        });
        return answers;
    }

    /// <summary>What health says, as soon as it says this, or at the end of the time that it has to notice.</summary>
    private static async Task<HttpStatusCode> HealthAsync(ServiceFixture service, HttpStatusCode until)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var status = (await service.GetAsync("/api/health")).Status;
            if (status == until || Stopwatch.GetElapsedTime(started) > Notice) return status;
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Creates a record as soon as the service takes it: what it began while storage was away may still have to time out.</summary>
    private static async Task CreatedAtLastAsync(ServiceFixture service, TestType type, string name)
    {
        var started = Stopwatch.GetTimestamp();
        Answer answer;
        do answer = await type.CreateOnceAsync(service, name, name);
        while (answer.Status == HttpStatusCode.ServiceUnavailable && Stopwatch.GetElapsedTime(started) < Notice);
        TestType.IdOf(answer);
    }

    private static async Task WorksAgainAsync(ServiceFixture service, TestType type, Answer[] refused, long[] before)
    {
        await CreatedAtLastAsync(service, type, "after");

        var there = await type.AllAsync(service);
        Assert.Empty(before.Except(there.Select(TestType.IdOf)));
        Assert.All(there.Where(row => TestType.IdOf(row) == before[0]), row => Assert.Equal(Notes, row.GetProperty("notes").GetString()));
        for (var i = 0; i < refused.Length; i++)
        {
            if (refused[i].Details.Contains("Nothing was written."))
                Assert.DoesNotContain(there, row => TestType.NameOf(row) == Name(i));
        }

        // Whatever became of those whose outcome was unknown, a repeat ends with one record each.
        var repeated = await Task.WhenAll(Enumerable.Range(0, Creates).Select(i => CreateOnceAsync(service, type, i)));
        Assert.Equal(Creates, repeated.Select(TestType.IdOf).Distinct().Count());
        Assert.Equal(before.Length + 1 + Creates, (await type.AllAsync(service)).Count);
    }

    /// <summary>A create under a key of its own; every fourth has an artifact.</summary>
    private static Task<Answer> CreateOnceAsync(ServiceClient service, TestType type, int number)
        => type.CreateOnceAsync(service, Name(number), Name(number), number % 4 == 0 ? Notes : null);

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"name {number}");

    private static string Notes { get; } = new('n', 20_000);
}
