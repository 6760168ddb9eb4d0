using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Casefile.Bench;
using Casefile.Load;

namespace Casefile.Million;

/// <summary>Makes the records where they are not there yet, and measures lists over few and many.</summary>
internal sealed class Measurement(string folder, int many, TimeSpan time, int clients)
{
    private const int Few = 1_000;
    private const int Changes = 15;

    /// <summary>Requests of one client that come before what is measured, twice: each value of a kind of list several times, so that its totals are known and what is wanted of indexes is made.</summary>
    private const int WarmUp = 30;

    private static readonly string Never = long.MaxValue.ToString(CultureInfo.InvariantCulture);
    private static readonly KeyValuePair<string, string>[] Json = [.. Service.Authorization, new("Content-Type", "application/json")];

    private long marks;

    public async Task RunAsync()
    {
        // Snapshots hold the indexes of whoever wrote them: the only one is written while none are made.
        await using (var service = await StartAsync("--Replicas:IndexAfter", int.MaxValue.ToString(CultureInfo.InvariantCulture))) await MakeAsync(service);

        await using (var service = await StartAsync("--Replicas:SnapshotMinimumRows", Never))
        {
            var types = await service.TypesAsync();
            var (small, large) = (types[Name(Few)], types[Name(many)]);
            foreach (var table in (SampleTable[])[small, large]) (await service.AnswerAsync(new Uri(table.List([], null, 1), UriKind.Relative))).Dispose();
            await ListsAsync(service, small, large);
            await ChangesAsync(service, small, large);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nResident: {service.WorkingSet >> 20} MiB."));
        }
    }

    private Task<Service> StartAsync(params string[] settings)
        => Service.StartAsync(typeof(Measurement).Assembly.Location, [.. Service.Embedded(Path.Combine(folder, "embedded")), .. settings, "--serve", "true"]);

    private async Task MakeAsync(Service service)
    {
        var there = await service.TypesAsync();
        foreach (var records in (int[])[Few, many])
        {
            if (!there.TryGetValue(Name(records), out var table))
            {
                var started = Stopwatch.GetTimestamp();
                table = await service.MakeTypeAsync(Name(records));
                await service.ImportAsync(table, records);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{records:N0} records imported in {Stopwatch.GetElapsedTime(started).TotalSeconds:N1} s"));
            }

            using var first = await service.AnswerAsync(new Uri(table.List([], null, 1), UriKind.Relative));
            if (Count(first) != records) throw new InvalidOperationException($"{folder} holds {Count(first)} records where {records} are meant: an import was cut short. Remove the folder.");
        }

        await service.SettleAsync();
    }

    private async Task ListsAsync(Service service, SampleTable small, SampleTable large)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| list | match | first, not indexed, ms | 1 client: p50 (p99) ms at {Few:N0} | at {many:N0} | times | {clients} clients: lists/s, p50 (p99) ms at {Few:N0} | at {many:N0} | times | storage requests a list |"));
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var kind in ListKind.All)
        {
            var (count, first) = First(service, kind, large, many);
            var (few, _) = First(service, kind, small, Few);
            await RowAsync(service, kind, kind.Name, string.Create(CultureInfo.InvariantCulture, $"{count:N0} | {first:N0}"), new Side(small, Few, 1), new Side(large, many, 1));
            if (kind != ListKind.Changed) continue;
            var (near, deep) = (ListKind.DeepPage(few), ListKind.DeepPage(count));
            await RowAsync(service, kind, string.Create(CultureInfo.InvariantCulture, $"the same, page {deep:N0} ({near:N0} of {Few:N0})"), " | ", new Side(small, Few, near), new Side(large, many, deep));
        }

        foreach (var side in (Side[])[new(small, Few, 1), new(large, many, 1)])
        {
            var request = new LoadRequest("GET", ListKind.Changed.Target(side.Table, side.Records, 0, 1, "same"), Service.Authorization);
            var run = new LoadRun(service.Url, clients, long.MaxValue, time).Send(request).OrThrow();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nOne list again and again, {side.Records:N0} records, {clients} clients: {run}"));
        }
    }

    private async Task RowAsync(Service service, ListKind kind, string name, string start, Side small, Side large)
    {
        var figures = new Dictionary<(int Clients, int Records), LoadResult>();
        var storage = 0.0;
        foreach (var at in (int[])[1, clients])
        {
            foreach (var side in (Side[])[small, large])
            {
                for (var pass = 0; pass < 2; pass++)
                {
                    Run(service, kind, side, 1, TimeSpan.MaxValue, WarmUp);
                    await service.SettleAsync();
                }

                var before = await StorageRequestsAsync(service);
                var result = Run(service, kind, side, at, time);
                figures[(at, side.Records)] = result;
                storage = Math.Max(storage, (await StorageRequestsAsync(service) - before) / (double)result.Count);
            }
        }

        var (one, oneOfMany, all, allOfMany) = (figures[(1, small.Records)], figures[(1, large.Records)], figures[(clients, small.Records)], figures[(clients, large.Records)]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {start} | {one.P50:N2} ({one.P99:N1}) | {oneOfMany.P50:N2} ({oneOfMany.P99:N1}) | {oneOfMany.P50 / one.P50:N1} | {all.PerSecond:N0}, {all.P50:N1} ({all.P99:N0}) | {allOfMany.PerSecond:N0}, {allOfMany.P50:N1} ({allOfMany.P99:N0}) | {allOfMany.P50 / all.P50:N1} | {storage:N2} |"));
    }

    /// <summary>Times a list with its total right after a change of what it counts.</summary>
    private async Task ChangesAsync(Service service, SampleTable small, SampleTable large)
    {
        Console.WriteLine("\n| records | the list after a create, ms: median (highest) | after a deletion |");
        Console.WriteLine("|---|---|---|");
        using var connection = new LoadConnection(service.Url);
        foreach (var side in (Side[])[new(small, Few, 1), new(large, many, 1)])
        {
            var (created, deleted) = (new List<double>(), new List<double>());
            var record = SampleRecord.Of(many + 3);
            var turn = SampleRecord.Kinds.ToList().IndexOf(record.Kind);
            var (_, count) = Time(turn);
            for (var n = 0; n < Changes; n++)
            {
                var made = Sent(connection, new LoadRequest("POST", "/api/v1/records?resolve_artifacts=false", Json, side.Table.Create(record)));
                var id = made.RootElement.GetProperty("id").GetInt64();
                var (after, one) = Time(turn);
                created.Add(after);
                connection.Send(new LoadRequest("DELETE", string.Create(CultureInfo.InvariantCulture, $"/api/v1/records/{id}"), Service.Authorization));
                var (gone, none) = Time(turn);
                deleted.Add(gone);
                if (one != count + 1 || none != count) throw new InvalidOperationException($"{count} records became {one} by a create and {none} by its deletion.");
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {side.Records:N0} | {Median(created):N2} ({created.Max():N1}) | {Median(deleted):N2} ({deleted.Max():N1}) |"));
            await service.SettleAsync();

            (double Milliseconds, long Count) Time(int at)
            {
                var request = new LoadRequest("GET", ListKind.Changed.Target(side.Table, side.Records, at, 1, Mark()), Service.Authorization);
                var started = Stopwatch.GetTimestamp();
                var answer = connection.Send(request);
                var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                using var json = Read(answer);
                return (took, Count(json));
            }
        }
    }

    private (long Count, double Milliseconds) First(Service service, ListKind kind, SampleTable table, int records)
    {
        using var connection = new LoadConnection(service.Url);
        connection.Open();
        var request = new LoadRequest("GET", kind.Target(table, records, 0, 1, Mark()), Service.Authorization);
        var started = Stopwatch.GetTimestamp();
        var answer = connection.Send(request);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        using var json = Read(answer);
        return (Count(json), took);
    }

    private LoadResult Run(Service service, ListKind kind, Side side, int at, TimeSpan longest, long most = long.MaxValue)
        => new LoadRun(service.Url, at, most, longest).Send(client =>
        {
            var turn = client;
            return _ => new LoadRequest("GET", kind.Target(side.Table, side.Records, turn++, side.Page, Mark()), Service.Authorization);
        }).OrThrow();

    private string Mark() => Interlocked.Increment(ref marks).ToString(CultureInfo.InvariantCulture);

    private static async Task<long> StorageRequestsAsync(Service service)
        => long.Parse(await service.Client.GetStringAsync(new Uri(CountedService.Path, UriKind.Relative)), CultureInfo.InvariantCulture);

    private static JsonDocument Sent(LoadConnection connection, LoadRequest request) => Read(connection.Send(request));

    private static JsonDocument Read(LoadAnswer answer)
        => answer.IsSuccess ? JsonDocument.Parse(answer.Body) : throw new InvalidOperationException($"{answer.Status}: {Encoding.UTF8.GetString(answer.Body.Span)}");

    private static long Count(JsonDocument list) => list.RootElement.GetProperty("meta").GetProperty("count").GetInt64();

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Name(int records) => string.Create(CultureInfo.InvariantCulture, $"sample {records}");

    private sealed record Side(SampleTable Table, int Records, int Page);
}
