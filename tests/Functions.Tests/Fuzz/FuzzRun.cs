using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Casefile.Functions.Tests.Tenancy;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>Random requests to every endpoint, held against what no answer may be.</summary>
/// <param name="world">The service.</param>
/// <param name="seed">The seed of the first request; each further one has the next.</param>
internal sealed class FuzzRun(FuzzWorld world, int seed) : IDisposable
{
    private const int AtOnce = 16;
    private const int EachRound = 2_500;
    private const int MostMutations = 3;
    private const int MostFailures = 10;

    private static readonly string[] Served = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    private static readonly Mutation[] Weighted = [.. Mutation.All.SelectMany(mutation => Enumerable.Repeat(mutation, mutation.Weight))];

    private readonly FuzzClient client = new(world.Address);
    private readonly ConcurrentDictionary<string, string> failures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> statuses = new();
    private readonly ConcurrentDictionary<string, byte> succeeded = new(StringComparer.Ordinal);
    private TimeSpan slowest;

    /// <summary>What was found wrong, a text each: seed, reason, a line for curl, the answer.</summary>
    public IReadOnlyCollection<string> Failures => [.. failures.Values];

    /// <summary>The endpoints that have answered a request of theirs as it should be asked for.</summary>
    public IReadOnlyCollection<string> Succeeded => [.. succeeded.Keys];

    /// <summary>How often each status was answered.</summary>
    public IReadOnlyDictionary<int, int> Statuses => statuses;

    /// <summary>The slowest answer.</summary>
    public TimeSpan Slowest => slowest;

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>Sends so many requests, or fewer where enough has been found wrong.</summary>
    public async Task SendAsync(int requests)
    {
        for (var sent = 0; sent < requests && failures.Count < MostFailures; sent += EachRound)
        {
            var round = await world.RoundAsync();
            await Parallel.ForAsync(0, Math.Min(EachRound, requests - sent), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await OneAsync(round, i, seed + sent + i));
        }
    }

    private async Task OneAsync(FuzzRound round, int number, int of)
    {
        var random = new Random(of);

        // The first of each endpoint is as it should be, so that a run shows that it knows how to ask.
        var isRight = number < round.Own.Count;
        var at = number % round.Own.Count;
        var sample = isRight || random.Next(4) != 0 ? round.Own[at] : round.Foreign[at];
        var key = isRight ? round.Keys[0] : round.Keys[random.Next(round.Keys.Count)];
        var steps = Enumerable.Range(0, isRight ? 0 : random.Next(MostMutations + 1)).Select(_ => (Mutation: Weighted[random.Next(Weighted.Length)], Seed: random.Next())).ToArray();

        var request = Made(round, sample, key, steps);
        var (answer, wrong) = await TryAsync(request);
        if (answer is not null)
        {
            statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            if (answer.Status is >= 200 and < 300 && request.Method == sample.Method) succeeded.TryAdd(sample.Endpoint, 0);
            lock (failures) slowest = answer.Took > slowest ? answer.Took : slowest;
        }

        if (wrong is null || failures.Count >= MostFailures) return;
        foreach (var step in steps)
        {
            var fewer = steps.Where(other => other != step).ToArray();
            var shorter = Made(round, sample, key, fewer);
            if (await TryAsync(shorter) is not { Wrong: { } still } tried) continue;
            (steps, request, answer, wrong) = (fewer, shorter, tried.Answer, still);
        }

        var by = steps.Length == 0 ? "as it should be" : string.Join(", ", steps.Select(step => step.Mutation.Name));
        var shown = answer is null ? "" : $"{answer.Status} {Cut(answer.Head, 600)}\n{Cut(answer.Text, 600)}";

        // One of a kind will do.
        failures.TryAdd($"{sample.Endpoint} {wrong}", $"seed {of}: {sample.Endpoint}, {by}: {wrong}\n{Cut(request.Curl(world.Address), 4_000)}\n{shown}");
    }

    private static FuzzRequest Made(FuzzRound round, Sample sample, string key, IReadOnlyList<(Mutation Mutation, int Seed)> steps)
    {
        var draft = new Draft(sample, key);
        foreach (var (mutation, seed) in steps)
        {
            var random = new Random(seed);
            mutation.Apply(draft, random, new Values(random, round.Ids));
        }

        return draft.Finish();
    }

    private async Task<(FuzzAnswer? Answer, string? Wrong)> TryAsync(FuzzRequest request)
    {
        try
        {
            var answer = await client.SendAsync(request);
            return (answer, Wrong(request, answer));
        }
        catch (Exception failure) when (failure is TimeoutException or HttpRequestException)
        {
            return (null, $"no answer: {failure.GetType().Name} {failure.Message} {failure.InnerException?.Message}");
        }
    }

    /// <summary>What is wrong with an answer; null when nothing is.</summary>
    private static string? Wrong(FuzzRequest request, FuzzAnswer answer)
    {
        if (answer.Status >= 500 && !IsReordering(answer)) return $"status {answer.Status}";
        if ((answer.Head + Unasked(answer.Text, request.Target)).Contains(TwoTeams.Mark, StringComparison.Ordinal)) return "something of the other team";
        if (request.IsForeign && answer.Status is >= 200 and < 300 && request.Method is not ("OPTIONS" or "HEAD")) return "success in the other team";
        if (answer.Took > FuzzClient.Patience) return "a hang";
        if (IsOfTheServer(request, answer)) return null;
        if (!answer.Head.Contains("x-request-id", StringComparison.OrdinalIgnoreCase)) return "no x-request-id";
        return request.Method == "HEAD" || IsInShape(answer) ? null : "not in the shape of an answer";
    }

    /// <summary>The one refusal above 499 that is no fault: creates that have to wait while the retention column of a full type changes.</summary>
    private static bool IsReordering(FuzzAnswer answer) => answer.Status == 503 && answer.Text.Contains("is being reordered", StringComparison.Ordinal);

    /// <summary>What is no HTTP, or by a method that no function has, the server refuses before the service sees it; whether it lives it also says without the service.</summary>
    private static bool IsOfTheServer(FuzzRequest request, FuzzAnswer answer) => answer.Text.Length == 0 && answer.Status switch
    {
        400 or 414 or 431 => true,
        405 => request.OnTheWire || !Served.Contains(request.Method),
        0 or 408 or 411 or 413 or 417 => request.OnTheWire,
        200 => request.Endpoint == "Live",
        _ => false,
    };

    /// <summary>An answer without what it repeats of the request's path.</summary>
    private static string Unasked(string text, string target)
        => target.Split('/', '?').Where(segment => segment.Contains(TwoTeams.Mark, StringComparison.Ordinal)).Aggregate(text, (rest, segment) => rest.Replace(segment, "", StringComparison.Ordinal));

    private static bool IsInShape(FuzzAnswer answer)
    {
        if (answer.Status is 204 or 304) return answer.Text.Length == 0;
        if (answer.Status < 400) return true;
        try
        {
            // On the wire an answer may be chunked: what is looked at is the JSON within.
            var (from, to) = (answer.Text.IndexOf('{', StringComparison.Ordinal), answer.Text.LastIndexOf('}'));
            var errors = JsonElement.Parse(answer.Text[from..(to + 1)]).GetProperty("errors");
            return errors.ValueKind == JsonValueKind.Object
                ? errors.EnumerateObject().Any()
                : errors.EnumerateArray().Any() && errors.EnumerateArray().All(error => error.GetProperty("message").GetString() is { Length: > 0 });
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Cut(string text, int most)
        => text.Length <= most ? text : new StringBuilder(text, 0, most, 0).Append(CultureInfo.InvariantCulture, $"… ({text.Length} characters)").ToString();
}
