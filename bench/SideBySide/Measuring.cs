using System.Text;
using Casefile.Load;

namespace Casefile.SideBySide;

/// <summary>Takes figures of contenders.</summary>
internal sealed class Measuring(SideBySideOptions options, List<Figure> figures, CancellationToken stopped)
{
    private const int Seed = 20_261_128;
    private const int EnoughForP99 = 100;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Has a contender show that it answers what it must.</summary>
    /// <exception cref="InvalidOperationException">It answers something else.</exception>
    public static void Check(IContender contender, IEnumerable<int> sizes)
    {
        using var connection = new LoadConnection(contender.Url);
        foreach (var size in sizes)
        {
            var random = new Random(Seed);
            ListQuery[] queries = [Operation.NewQuery(random), new("source", "source-42", 2_500, 1), Operation.DeepQuery(size, random)];
            foreach (var query in queries)
            {
                var answer = connection.Send(contender.List(size, query));
                if (!answer.IsSuccess) throw new InvalidOperationException($"{contender.Name}: {answer.Status} {Encoding.UTF8.GetString(answer.Body.Span)}");
                var (found, expected) = (contender.Read(answer.Body), query.Expected(size));
                if (!found.Same(expected))
                    throw new InvalidOperationException($"{contender.Name}, {size} records, {query}: {found.Count} {string.Join(", ", found.Names)}; expected {expected.Count} {string.Join(", ", expected.Names)}");
            }
        }
    }

    /// <summary>Has a process that has just started compile what it will run, and its caches fill.</summary>
    public async Task WarmAsync(IContender contender, int size)
    {
        foreach (var operation in (Operation[])[Operation.List, Operation.SameList, Operation.DeepPage]) Run(contender, operation, size, options.Clients);
        await contender.SettleAsync();
    }

    /// <summary>Measures a kind of request.</summary>
    public async Task TakeAsync(IContender contender, bool indexed, Operation operation, int size, int? clients = null)
    {
        await WarmAsync(contender, operation, size, clients);
        Add(contender, indexed, operation.Name + (clients is { } many ? $", {many} clients" : ""), size, () => Run(contender, operation, size, clients ?? options.Clients));
    }

    /// <summary>Measures lists, while one more client creates records in what is listed, one after another.</summary>
    public async Task TakeBesideAWriterAsync(IContender contender, int size)
    {
        await WarmAsync(contender, Operation.List, size, null);
        var writing = Task.Run(() => Run(contender, Operation.Create, size, 1));
        Add(contender, true, Operation.List.Name + "; one client writes", size, () => Run(contender, Operation.List, size, options.Clients));
        figures.Add(FigureOf(contender, true, "that client's creates", size, await writing, used: null));
    }

    private async Task WarmAsync(IContender contender, Operation operation, int size, int? clients)
    {
        Run(contender, operation, size, clients ?? options.Clients, WarmUp);
        await contender.SettleAsync();
    }

    private void Add(IContender contender, bool indexed, string request, int size, Func<LoadResult> run)
    {
        var before = contender.ProcessorTime;
        var result = run();
        var used = contender.ProcessorTime - before;
        figures.Add(FigureOf(contender, indexed, request, size, result, used));
        Console.Error.WriteLine($"{contender.Name}{(indexed ? "" : ", not indexed")}, {size}: {request}: {result}");
    }

    private static Figure FigureOf(IContender contender, bool indexed, string request, int size, LoadResult result, TimeSpan? used) => new(
        contender.Name, indexed, request, size, result.PerSecond, result.P50, result.Count < EnoughForP99 ? null : result.P99, used?.TotalMilliseconds / Math.Max(1, result.Count),
        result.Errors.Count == 0 ? null : $"{string.Join(", ", result.Errors.Select(error => $"{error.Value} × {error.Key}"))}: {result.FirstError}");

    private LoadResult Run(IContender contender, Operation operation, int size, int clients, TimeSpan? time = null)
    {
        stopped.ThrowIfCancellationRequested();
        return new LoadRun(contender.Url, clients, long.MaxValue, time ?? options.Time).Send(client =>
        {
            var make = operation.Make(contender, size, new Random(HashCode.Combine(Environment.TickCount, client)));
            return _ => make();
        });
    }
}
