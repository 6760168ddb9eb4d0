using System.Globalization;
using System.Net;
using System.Text;
using Casefile.Core.Partitions;
using Casefile.Functions.Http;
using Casefile.Functions.Records;
using Casefile.Functions.Tests.Tenancy;
using Casefile.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.Functions.Tests.Records;

/// <summary>
/// Two services over one storage, as two processes have it. What the first keeps of lists can be replaced by a mark, so that an answer betrays whether it was kept; its
/// way to the tables can be cut, and its clock set forward.
/// </summary>
public sealed class KeptListFixture : IAsyncLifetime
{
    /// <summary>In place of the bytes of a kept answer.</summary>
    public const string Mark = """{"kept":"this is what was kept"}""";

    private readonly ShiftedClock clock = new();
    private FaultProxy? tables;

    /// <summary>The service that keeps.</summary>
    public ServiceFixture Service { get; private set; } = null!;

    /// <summary>Another one on the same data.</summary>
    public ServiceFixture Other { get; private set; } = null!;

    /// <summary>The teams, by the first service.</summary>
    internal TestTeam Own { get; private set; } = null!;

    /// <summary>The other team.</summary>
    internal TestTeam Foreign { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var azurite = await Azurite.SharedAsync();
        tables = ProxyTo(azurite.TablePort);
        Service = new ServiceFixture
        {
            ConnectionString = Azurite.ConnectionStringTo(azurite.BlobPort, tables.Port),
            Settings = ["--Storage:Retries", "0", "--Webhooks:Deliver", "false"],
            Services = services => services.AddSingleton<TimeProvider>(clock).AddSingleton(new PartitionOptions { ClockTolerance = null }),
        };
        await Service.InitializeAsync();
        Other = new ServiceFixture { Name = Service.Name, Settings = ["--Webhooks:Deliver", "false"] };
        await Other.InitializeAsync();
        Own = await TestTeam.CreateAsync(Service, "own");
        Foreign = await TestTeam.CreateAsync(Service, "foreign");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        await Other.DisposeAsync();
        await tables!.DisposeAsync();
    }

    /// <summary>Sets the first service's clock forward until what is answered is disposed.</summary>
    public IDisposable After(TimeSpan time) => clock.Forward(time);

    /// <summary>Lets nothing that the first service asks of the tables arrive, until what is answered is disposed.</summary>
    public IDisposable WithoutStorage()
    {
        tables!.OnRequest = _ => ProxyFault.CutRequest;
        return new Undo(() => tables.OnRequest = _ => ProxyFault.None);
    }

    /// <summary>A key of a team.</summary>
    public async Task<(string Key, long Id)> KeyAsync(long team, string role)
    {
        var made = await Service.PostAsync("/api/v1/api_keys", $$"""{"name":"kept","team_id":{{team}},"role":"{{role}}"}""");
        return (made.Json.GetProperty("key").GetString()!, made.Json.GetProperty("id").GetInt64());
    }

    /// <summary>A record type of a team.</summary>
    public async Task<long> TypeAsync(long team, string more = "")
    {
        var made = await Service.PostAsync("/api/v1/record_types", $$"""{"name":"kept {{Guid.NewGuid()}}","team_id":{{team}},"fields":[{"name":"name","result_type":"TEXT"}]{{more}}}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("id").GetInt64();
    }

    /// <summary>A record.</summary>
    public static async Task<long> RecordAsync(ServiceClient via, long type, string more = "")
    {
        var made = await via.PostAsync("/api/v1/records", $$"""{"record_type_id":{{type}},"field_values":[]{{more}}}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("id").GetInt64();
    }

    /// <summary>The path of a type's list.</summary>
    public static string ListOf(long type) => string.Create(CultureInfo.InvariantCulture, $"/api/v1/records?record_type_id={type}");

    /// <summary>GET by the first service.</summary>
    /// <param name="key">Whose key.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="etag">For <c>If-None-Match</c>, or null.</param>
    public Task<Answer> GetAsync(string key, string path, string? etag = null) => GetAsync(Service, key, path, etag);

    /// <summary>GET by a service.</summary>
    public static async Task<Answer> GetAsync(ServiceClient via, string key, string path, string? etag = null)
    {
        using var client = new HttpClient { BaseAddress = via.Client.BaseAddress };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        if (etag is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("If-None-Match", etag);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await Answer.OfAsync(response);
    }

    /// <summary>Has a list answered, and the answer that is kept of it replaced by the mark, which the same key is shown then.</summary>
    /// <returns>The true answer.</returns>
    public async Task<Answer> PlantAsync(string key, string path)
    {
        var answer = await GetAsync(key, path);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var url = new Uri(Service.Client.BaseAddress!, path);
        var question = new ListQuestion(new Address(url.Scheme, url.Authority, "", url.AbsolutePath, url.Query), key == ServiceClient.OwnerKey);
        var kept = Service.Get<RecordLists>().Kept;
        Assert.True(kept.TryFind(question, out var list));
        kept.Keep(question, list with { Body = Encoding.UTF8.GetBytes(Mark) });
        Assert.Equal(Mark, (await GetAsync(key, path)).Text);
        return answer;
    }

    private static FaultProxy ProxyTo(int port) => new(port);

    private sealed class Undo(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }

    /// <summary>The system's clock, set forward at will; only what reads the time of day notices.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        private TimeSpan ahead;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;

        public Undo Forward(TimeSpan time)
        {
            ahead = time;
            return new Undo(() => ahead = TimeSpan.Zero);
        }
    }
}
