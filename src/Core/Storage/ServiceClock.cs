namespace Casefile.Core.Storage;

/// <summary>How far this machine's clock is from the service's, by the Date headers of its answers.</summary>
internal sealed class ServiceClock(TimeProvider time)
{
    private const long Unknown = long.MinValue;

    // A Date header has whole seconds, cut off: on average it is half a second old.
    private static readonly TimeSpan HalfSecond = TimeSpan.FromMilliseconds(500);

    private long aheadTicks = Unknown;

    /// <summary>Positive when this machine's clock is ahead; null before the first answer.</summary>
    public TimeSpan? Ahead => Interlocked.Read(ref aheadTicks) is var ticks and not Unknown ? TimeSpan.FromTicks(ticks) : null;

    public void Read(DateTimeOffset serviceDate)
        => Interlocked.Exchange(ref aheadTicks, (time.GetUtcNow() - (serviceDate + HalfSecond)).Ticks);
}
