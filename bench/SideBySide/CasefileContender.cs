using System.Globalization;
using System.Text.Json;
using Casefile.Bench;
using Casefile.Load;

namespace Casefile.SideBySide;

/// <summary>This service, in a process of its own.</summary>
internal sealed class CasefileContender : IContender, IAsyncDisposable
{
    private const int KnownIds = 5_000;
    private const int PerRequest = 500;

    private readonly Service service;
    private readonly bool processorTimeIsAll;
    private readonly Dictionary<int, SampleTable> tables = [];
    private readonly Dictionary<int, long[]> ids = [];

    private CasefileContender(string name, Service service, bool processorTimeIsAll) => (Name, this.service, this.processorTimeIsAll) = (name, service, processorTimeIsAll);

    public string Name { get; }

    public Uri Url => service.Url;

    public TimeSpan? ProcessorTime => processorTimeIsAll ? service.ProcessorTime : null;

    /// <summary>Starts it, and brings in by import what is not there yet.</summary>
    public static async Task<CasefileContender> StartAsync(string name, IEnumerable<string> settings, IEnumerable<int> sizes, bool processorTimeIsAll)
    {
        var service = await Service.StartAsync(Path.Combine(AppContext.BaseDirectory, "Casefile.LocalHost.dll"), settings);
        var contender = new CasefileContender(name, service, processorTimeIsAll);
        try
        {
            var there = await service.TypesAsync();
            foreach (var size in sizes.Prepend(0))
            {
                var title = string.Create(CultureInfo.InvariantCulture, $"records {size}");
                if (!there.TryGetValue(title, out var table))
                {
                    table = await service.MakeTypeAsync(title);
                    if (size > 0) await service.ImportAsync(table, size);
                }

                contender.tables[size] = table;
                if (size > 0) contender.ids[size] = await contender.IdsAsync(table, size);
            }

            return contender;
        }
        catch
        {
            await contender.DisposeAsync();
            throw;
        }
    }

    public LoadRequest Create(int size, SampleRecord record) => new("POST", "/api/v1/records?resolve_artifacts=false", Json, tables[size].Create(record));

    public LoadRequest CreateMany(IReadOnlyList<SampleRecord> records) => new("POST", $"/api/v1/records/batch", Json, tables[0].CreateMany(records));

    public LoadRequest Get(int size, Random random)
        => new("GET", string.Create(CultureInfo.InvariantCulture, $"/api/v1/records/{ids[size][random.Next(ids[size].Length)]}"), Service.Authorization);

    public LoadRequest List(int size, ListQuery query)
    {
        List<(string, string, object?)> filters = [(query.Field, "EQUAL", query.Value)];
        if (query.Above is { } above) filters.Add(("weight", "GREATER_THAN", above));
        return new LoadRequest("GET", string.Create(CultureInfo.InvariantCulture, $"{tables[size].List(filters, "weight", query.Page)}&mark={query.Mark}"), Service.Authorization);
    }

    public PageContent Read(ReadOnlyMemory<byte> body)
    {
        using var answer = JsonDocument.Parse(body);
        return new PageContent(
            answer.RootElement.GetProperty("meta").GetProperty("count").GetInt64(),
            [.. answer.RootElement.GetProperty("record_results").EnumerateArray().Select(row => row.GetProperty("name").GetString()!)]);
    }

    public Task SettleAsync() => service.SettleAsync();

    public ValueTask DisposeAsync() => service.DisposeAsync();

    private static IEnumerable<KeyValuePair<string, string>> Json => [.. Service.Authorization, new("Content-Type", "application/json")];

    /// <summary>Ids of some records from all over the set. The first list builds the replica, which may take longer than a request waits.</summary>
    private async Task<long[]> IdsAsync(SampleTable table, int size)
    {
        var found = new List<long>();
        var requests = Math.Min(size, KnownIds) / PerRequest;
        for (var n = 0; n < Math.Max(requests, 1); n++)
        {
            var page = 1 + (n * (size / PerRequest / Math.Max(requests, 1)));
            var target = new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/v1/records?record_type_id={table.Id}&per_page={PerRequest}&page={page}"), UriKind.Relative);
            using var answer = await service.AnswerAsync(target);
            found.AddRange(answer.RootElement.GetProperty("record_results").EnumerateArray().Select(row => row.GetProperty("id").GetInt64()));
        }

        return [.. found];
    }
}
