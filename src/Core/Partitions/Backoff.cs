namespace Casefile.Core.Partitions;

/// <summary>Waits between tries: exponential with full jitter, so that those who collided do not collide again.</summary>
internal static class Backoff
{
    public static TimeSpan Jittered(PartitionOptions options, int attempt)
        => options.Random.NextDouble() * Ceiling(options, attempt);

    private static TimeSpan Ceiling(PartitionOptions options, int attempt)
    {
        var ceiling = options.BackoffBase * Math.Pow(2, Math.Min(attempt, 20));
        return ceiling < options.BackoffCap ? ceiling : options.BackoffCap;
    }
}
