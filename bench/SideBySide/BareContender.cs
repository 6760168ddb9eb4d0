using System.Globalization;
using System.Text.Json;
using Casefile.Bench;
using Casefile.Load;

namespace Casefile.SideBySide;

/// <summary>The bare program over the tables.</summary>
internal sealed class BareContender : IContender, IAsyncDisposable
{
    private static readonly KeyValuePair<string, string>[] Json = [new("Content-Type", "application/json")];

    private readonly ServerProcess process;
    private readonly PostgresServer postgres;

    private BareContender(ServerProcess process, PostgresServer postgres) => (this.process, this.postgres) = (process, postgres);

    public string Name => "bare program";

    public Uri Url => process.Url;

    public TimeSpan? ProcessorTime => process.ProcessorTime + postgres.ProcessorTime;

    public static async Task<BareContender> StartAsync(PostgresServer postgres)
        => new(await ServerProcess.StartAsync(typeof(BareContender).Assembly.Location, ["--serve-bare", postgres.ConnectionString]), postgres);

    public LoadRequest Create(int size, SampleRecord record) => new("POST", Path(size), Json, JsonSerializer.SerializeToUtf8Bytes(record, JsonSerializerOptions.Web));

    public LoadRequest CreateMany(IReadOnlyList<SampleRecord> records) => new("POST", Path(0) + "/batch", Json, JsonSerializer.SerializeToUtf8Bytes(records, JsonSerializerOptions.Web));

    public LoadRequest Get(int size, Random random) => new("GET", string.Create(CultureInfo.InvariantCulture, $"{Path(size)}/{random.Next(size) + 1}"));

    public LoadRequest List(int size, ListQuery query)
        => new("GET", string.Create(CultureInfo.InvariantCulture, $"{Path(size)}?field={query.Field}&value={query.Value}&above={query.Above}&page={query.Page}&mark={query.Mark}"));

    public PageContent Read(ReadOnlyMemory<byte> body)
    {
        using var answer = JsonDocument.Parse(body);
        return new PageContent(
            answer.RootElement.GetProperty("meta").GetProperty("count").GetInt64(),
            [.. answer.RootElement.GetProperty("record_results").EnumerateArray().Select(row => row.GetProperty("name").GetString()!)]);
    }

    public Task SettleAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static string Path(int size) => string.Create(CultureInfo.InvariantCulture, $"/{size}");
}
