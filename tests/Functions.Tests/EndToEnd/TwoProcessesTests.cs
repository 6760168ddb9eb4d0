using System.Globalization;
using System.Net;
using System.Text.Json;
using Casefile.Core.Storage;
using Casefile.Testing;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>Two processes of LocalHost over one storage account, as a scaled-out deployment has them.</summary>
public sealed class TwoProcessesTests(TwoProcesses processes) : IClassFixture<TwoProcesses>
{
    private const int Limit = 100;
    private const int Clients = 16;
    private const int CreatesEach = 15;
    private const int Creates = Clients * CreatesEach;

    [Fact]
    public async Task A_limit_that_rejects_holds_exactly_over_both()
    {
        var type = await TestType.MakeAsync(processes.One, $""","max_records_limit":{Limit},"on_limit_reached":"REJECT" """);

        var answers = await CreateEverywhereAsync(type);

        Assert.Equal(Creates - Limit, answers.Count(answer => answer.Status == HttpStatusCode.UnprocessableEntity));
        var made = answers.Where(answer => answer.Status != HttpStatusCode.UnprocessableEntity).Select(TestType.IdOf).Order().ToArray();
        await HoldsExactlyAsync(type, made);
    }

    [Fact]
    public async Task A_limit_that_evicts_holds_exactly_over_both()
    {
        var type = await TestType.MakeAsync(processes.One, $""","max_records_limit":{Limit},"on_limit_reached":"EVICT_OLDEST" """);

        var answers = await CreateEverywhereAsync(type);

        var made = answers.Select(TestType.IdOf).Order().ToArray();
        Assert.Equal(Creates, made.Distinct().Count());
        await HoldsExactlyAsync(type, made[^Limit..]);
    }

    [Fact]
    public async Task Each_lists_what_the_other_has_just_acknowledged()
    {
        var type = await TestType.MakeAsync(processes.One);

        await Task.WhenAll(WriteAndListAsync(processes.One, processes.Other), WriteAndListAsync(processes.Other, processes.One));

        async Task WriteAndListAsync(ServiceClient writer, ServiceClient reader)
        {
            for (var round = 0; round < 15; round++)
            {
                var record = await type.CreatedAsync(writer, "created");
                Assert.Equal("created", TestType.NameOf(await ListedAsync(reader, record)));

                Assert.Equal(HttpStatusCode.OK, (await type.RenameAsync(writer, record, "renamed")).Status);
                Assert.Equal("renamed", TestType.NameOf(await ListedAsync(reader, record)));

                if (round % 2 == 0) continue;
                Assert.Equal(HttpStatusCode.NoContent, (await writer.DeleteAsync(TestType.PathOf(record))).Status);
                Assert.DoesNotContain((await type.ListAsync(reader, "&per_page=500")).Rows, row => TestType.IdOf(row) == record);
                Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync(TestType.PathOf(record))).Status);
            }
        }

        async Task<JsonElement> ListedAsync(ServiceClient reader, long record)
            => Assert.Single((await type.ListAsync(reader, "&per_page=500")).Rows, row => TestType.IdOf(row) == record);
    }

    [Fact]
    public async Task An_idempotency_key_that_reaches_both_makes_one_record()
    {
        var type = await TestType.MakeAsync(processes.One);

        for (var round = 0; round < 5; round++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key {round}");
            var answers = await Task.WhenAll(processes.Both.SelectMany(each => Enumerable.Range(0, 3).Select(_ => type.CreateOnceAsync(each, key, "once"))));

            Assert.Single(answers.Select(TestType.IdOf).Distinct());
            Assert.Single(answers, answer => !answer.Headers.ContainsKey("idempotency-replayed"));
        }
    }

    /// <summary>Creates by clients that each wait for their answer, so that commits of the two processes meet again and again.</summary>
    private async Task<Answer[]> CreateEverywhereAsync(TestType type)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var some = new List<Answer>();
            for (var i = 0; i < CreatesEach; i++) some.Add(await type.CreateAsync(processes.Both[client % 2], "one of many"));
            return some;
        }));
        return [.. answers.SelectMany(some => some)];
    }

    private async Task HoldsExactlyAsync(TestType type, long[] records)
    {
        Assert.Equal(Limit, records.Length);
        foreach (var process in processes.Both) Assert.Equal(records, (await type.AllAsync(process)).Select(TestType.IdOf));
        Assert.Equal(records, await type.StoredAsync(processes.Storage));
    }
}

/// <summary>The two processes.</summary>
public sealed class TwoProcesses : IAsyncLifetime
{
    /// <summary>Both.</summary>
    public IReadOnlyList<ServiceProcess> Both { get; private set; } = [];

    /// <summary>The first.</summary>
    public ServiceProcess One => Both[0];

    /// <summary>The second.</summary>
    public ServiceProcess Other => Both[1];

    /// <summary>The storage beneath them, seen by neither.</summary>
    public IStorage Storage { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var options = TestStorage.OptionsTo((await Azurite.SharedAsync()).ConnectionString);
        Storage = await TestStorage.OverAsync(options);
        Both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ServiceProcess.StartAsync(options.ConnectionString!, options.Container)));
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.WhenAll(Both.Select(process => process.DisposeAsync().AsTask()));
}
