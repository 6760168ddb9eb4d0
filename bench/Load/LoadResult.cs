using System.Globalization;

namespace Casefile.Load;

/// <summary>What a run came to.</summary>
/// <param name="Count">The requests that were answered as expected: with 2xx, unless the run names another status.</param>
/// <param name="Elapsed">From the common start of all clients to the last one's end.</param>
/// <param name="Latencies">Of each of them, in milliseconds, ascending.</param>
/// <param name="Errors">How often each other outcome came: a status, or the kind of a cut connection. Empty in a run that counts.</param>
/// <param name="FirstError">Request and answer of the first of these; null where there is none.</param>
public sealed record LoadResult(
    long Count, TimeSpan Elapsed, IReadOnlyList<double> Latencies, IReadOnlyDictionary<string, long> Errors, string? FirstError)
{
    /// <summary>Good answers a second.</summary>
    public double PerSecond => Count / Elapsed.TotalSeconds;

    /// <summary>The median, in milliseconds.</summary>
    public double P50 => Percentile(50);

    /// <summary>In milliseconds.</summary>
    public double P90 => Percentile(90);

    /// <summary>In milliseconds.</summary>
    public double P99 => Percentile(99);

    /// <summary>The smallest latency that so many percent do not exceed (nearest rank); 0 without any.</summary>
    public double Percentile(double percent) =>
        Latencies.Count == 0 ? 0 : Latencies[Math.Clamp((int)Math.Ceiling(Latencies.Count * percent / 100) - 1, 0, Latencies.Count - 1)];

    /// <summary>This run, for a figure that only a run without errors may give.</summary>
    /// <exception cref="InvalidOperationException">There were errors.</exception>
    public LoadResult OrThrow() => Errors.Count == 0
        ? this
        : throw new InvalidOperationException($"{string.Join(", ", Errors.Select(error => $"{error.Value} times {error.Key}"))}; the first: {FirstError}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Count} in {Elapsed.TotalSeconds:N2} s, {PerSecond:N0}/s, p50 {P50:N2} ms, p90 {P90:N2} ms, p99 {P99:N2} ms, errors {Errors.Values.Sum()}");
}
