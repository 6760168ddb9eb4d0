using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Partitions;

/// <summary>
/// Random histories of several processes over one partition, with storage that loses requests, loses replies, delivers late and throttles; checked
/// against what the callers were told. A failure names its seed, and the seed replays.
/// </summary>
public sealed class PartitionHistories
{
    private const string Count = "count";
    private const string NextId = "next";
    private const int Limit = 8;

    private static readonly PartitionAddress Address = new(TableNames.Records, "7");

    [Fact]
    public void Whatever_goes_wrong_what_was_acknowledged_is_there_and_what_was_refused_is_not()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            try
            {
                Simulation.Run(seed, simulation => HistoryAsync(simulation, seed));
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException { Message: [] })
            {
                throw new Xunit.Sdk.XunitException($"Seed {seed}: {exception}");
            }
        }
    }

    private static async Task HistoryAsync(Simulation simulation, int seed)
    {
        var storage = new SimulatedStorage(seed, time: simulation.Time);
        var processes = Enumerable.Range(0, 1 + simulation.Random.Next(3)).Select(_ => PartitionFixture.Process(storage, simulation.Time)[Address]).ToArray();
        Assert.True(await processes[0].CreateAsync(new Dictionary<string, long>(), NoRows, null, default));
        storage.Faults = seed % 4 == 0 ? SimulatedFaults.None : SimulatedFaults.Rough;

        var told = new List<Told>();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(caller => CallAsync(caller)));

        storage.Faults = SimulatedFaults.None;
        storage.DeliverLate();
        await Task.WhenAll(processes.Select(process => process.CommitAsync<long>((scope, _) => ValueTask.FromResult<Result<long>>(++scope["last"]), default)));
        await CheckAsync(storage, told);

        async Task CallAsync(int caller)
        {
            var mine = new Random(StableHash.Of(seed, caller));
            for (var call = 0; call < 6; call++)
            {
                var process = processes[mine.Next(processes.Length)];
                var mark = string.Create(CultureInfo.InvariantCulture, $"{caller}-{call}");
                told.Add(mine.Next(4) == 0
                    ? new Told(mark, Deletes: true, await process.CommitAheadAsync(DeleteOldest(mark), default))
                    : new Told(mark, Deletes: false, await process.CommitAheadAsync(Create(mark), default)));
            }
        }
    }

    private static Operation<long> Create(string mark) => async (scope, token) =>
    {
        // Nothing may depend on how often an operation runs.
        await scope.FirstAsync("rec-", 1, token);
        if (scope[Count] >= Limit) return Problem.Invalid("Full");
        var id = ++scope[NextId];
        scope[Count]++;
        scope.Insert(Key(id), new Dictionary<string, object> { ["mark"] = mark, ["version"] = scope.Version });
        return id;
    };

    private static Operation<long> DeleteOldest(string mark) => async (scope, token) =>
    {
        var first = await scope.FirstAsync("rec-", 1, token);
        if (first.Count == 0) return Problem.NotFound("Anything", mark);
        scope[Count]--;
        scope.Delete(first[0].RowKey);
        return RowKeys.LastNumber(first[0].RowKey);
    };

    private static async Task CheckAsync(SimulatedStorage storage, List<Told> told)
    {
        var rows = storage.Rows(Address.Table, Address.Key);
        var head = Head.FromRow(rows.Single(row => row.RowKey == RowKeys.Head));
        var records = rows.Where(row => row.RowKey.StartsWith("rec-", StringComparison.Ordinal)).ToDictionary(row => RowKeys.LastNumber(row.RowKey));
        var created = told.Where(t => !t.Deletes && t.Answer.Problem is null).ToDictionary(t => t.Answer.Value, t => t.Mark);
        var deleted = told.Where(t => t.Deletes && t.Answer.Problem is null).Select(t => t.Answer.Value).ToList();
        var unsure = told.Where(t => IsUnsure(t)).Select(t => t.Mark).ToHashSet();
        var unsureDeletes = told.Count(t => t.Deletes && IsUnsure(t));

        Assert.Equal(head[Count], records.Count);
        Assert.InRange(records.Count, 0, Limit);
        Assert.Equal(deleted.Count, deleted.Distinct().Count());
        Assert.All(deleted, id => Assert.False(records.ContainsKey(id)));
        var missing = created.Keys.Except(records.Keys).Except(deleted).Count();
        Assert.True(missing <= unsureDeletes, $"{missing} acknowledged records are missing");
        Assert.All(records, record => Assert.True(
            created.TryGetValue(record.Key, out var mark) ? mark == record.Value.Text("mark") : unsure.Contains(record.Value.Text("mark")!),
            $"record {record.Key} was never acknowledged"));

        await CheckLogAsync(rows, head, records);
    }

    /// <summary>The log has every version, and played from the beginning it makes the rows.</summary>
    private static async Task CheckLogAsync(IReadOnlyList<Row> rows, Head head, Dictionary<long, Row> records)
    {
        var log = rows.Where(row => row.RowKey.StartsWith(RowKeys.LogPrefix, StringComparison.Ordinal)).ToList();
        Assert.Equal(Enumerable.Range(1, (int)head.Version).Select(version => RowKeys.Log(version)), log.Select(row => row.RowKey));

        var played = new Dictionary<string, IReadOnlyDictionary<string, object>>();
        var table = new SimulatedStorage();
        var copy = table.Table(TableNames.Records);
        foreach (var row in log) await copy.TransactAsync(Address.Key, [RowAction.Insert(row)], default);
        await foreach (var entry in CommitLog.ReadAsync(copy, Address.Key, 1, head.Version, default))
        {
            foreach (var change in entry.Changes)
            {
                if (change.Image is { } image) played[change.RowKey] = image;
                else Assert.True(played.Remove(change.RowKey));
            }
        }

        Assert.Equal(records.Values.Select(row => row.RowKey).Order(), played.Keys.Order());
        Assert.All(records.Values, row => Assert.Equal(row.Text("mark"), played[row.RowKey]["mark"]));
    }

    /// <summary>Only "nothing was written" is a refusal that a caller may rely on; anything else may have happened.</summary>
    private static bool IsUnsure(Told t)
        => t.Answer.Problem is { Kind: ProblemKind.Unavailable } problem && problem.Faults[0].Details != "Nothing was written.";

    private static string Key(long id) => "rec-" + RowKeys.Number(id);

    private static readonly Dictionary<string, IReadOnlyDictionary<string, object>> NoRows = [];

    private sealed record Told(string Mark, bool Deletes, Result<long> Answer);
}
