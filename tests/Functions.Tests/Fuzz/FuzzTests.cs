using System.Globalization;
using Xunit.Abstractions;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>
/// Every endpoint under random requests, most of them wrong: of every parameter that it reads, of every kind of value, and against HTTP itself. Whatever is
/// asked, the service answers in its own shape and in time, never by a fault of its own, and never with, or by changing, anything of another team.
/// <c>CASEFILE_FUZZ</c> says how many requests, <c>CASEFILE_TEST_SEED</c> the seed of the first.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Usual = 3_000;

    /// <summary>What may be left on the heap behind all requests: the replicas' and caches' bounded share, not a share of each request.</summary>
    private const long MostLeft = 512L << 20;

    [Fact]
    public async Task No_request_breaks_the_service_or_reaches_another_team()
    {
        var requests = Setting("CASEFILE_FUZZ") ?? Usual;
        var seed = Setting("CASEFILE_TEST_SEED") ?? Random.Shared.Next(1_000_000) * 1_000;
        await using var world = new FuzzWorld();
        await world.BeginAsync();
        using var run = new FuzzRun(world, seed);
        var heap = GC.GetTotalMemory(forceFullCollection: true);

        await run.SendAsync(requests);

        var left = GC.GetTotalMemory(forceFullCollection: true) - heap;
        var answered = string.Join(", ", run.Statuses.OrderBy(status => status.Key).Select(status => $"{status.Value} x {status.Key}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {answered}; {run.Succeeded.Count} of {world.Grammar.Count} endpoints succeeded; {world.Grammar.Values.Sum(each => each.Count)} parameters learned; slowest {run.Slowest.TotalSeconds:N1} s; {left >> 20} MiB more on the heap"));
        output.WriteLine($"never succeeded: {string.Join(", ", world.Grammar.Keys.Except(run.Succeeded).Order(StringComparer.Ordinal))}");
        Assert.True(run.Failures.Count == 0, $"seed {seed}: {run.Failures.Count} kinds of wrong answers:\n{string.Join("\n\n", run.Failures)}");
        Assert.Empty(await world.ChangesAsync());
        Assert.True(left < MostLeft, $"{left >> 20} MiB are left behind");
    }

    private static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : null;
}
