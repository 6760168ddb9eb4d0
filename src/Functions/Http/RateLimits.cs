using System.Globalization;
using System.Threading.RateLimiting;

namespace Casefile.Functions.Http;

/// <summary>Counts requests in windows of a minute, in this process alone: over several processes the limit is approximate.</summary>
internal sealed class RateLimits(RateLimitOptions options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Source> limiter = PartitionedRateLimiter.Create<Source, Source>(source =>
        RateLimitPartition.GetFixedWindowLimiter(source, _ => new FixedWindowRateLimiterOptions { PermitLimit = PermitsOf(options, source.Rate), Window = Window }));

    /// <summary>Counts a request; when it is one too many, how long to wait.</summary>
    /// <param name="rate">The class of the endpoint.</param>
    /// <param name="keyId">The key that was shown, or null when it is not known.</param>
    /// <param name="address">The client's address.</param>
    /// <returns>Null when the request may go on.</returns>
    public TimeSpan? Exceeded(RateClass rate, long? keyId, string address)
    {
        if (PermitsOf(options, rate) <= 0) return null;
        using var lease = limiter.AttemptAcquire(new Source(rate, keyId, address));
        if (lease.IsAcquired) return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
    }

    /// <summary>The limit, for the message.</summary>
    public string Describe(RateClass rate)
        => string.Create(CultureInfo.InvariantCulture, $"{PermitsOf(options, rate)} requests a minute");

    /// <inheritdoc/>
    public void Dispose() => limiter.Dispose();

    private static int PermitsOf(RateLimitOptions options, RateClass rate) => rate switch
    {
        RateClass.Records => options.Records,
        RateClass.Queries => options.Queries,
        RateClass.Tokens => options.Tokens,
        _ => options.Default,
    };

    private readonly record struct Source(RateClass Rate, long? KeyId, string Address);
}
