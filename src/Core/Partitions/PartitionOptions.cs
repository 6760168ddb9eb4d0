using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>How the commit protocol paces itself. The defaults suit Azure; tests replace what they need.</summary>
public sealed record PartitionOptions
{
    /// <summary>How long a caller waits for its commit before it is told that the outcome is unknown, or that it was not tried.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How many operations wait for one partition at most; one more is refused at once as unavailable.</summary>
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>Actions of a commit that operations share, at most; 4 or more. With few, commits are full sooner, which a simulation asks for.</summary>
    internal int MostActions { get; init; } = StorageLimits.ActionsPerTransaction;

    /// <summary>After a commit of several operations, how long the next one waits for more to join it while more keep coming.</summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The least time between the starts of two head reads under load (design: at most one per 20 ms and process).</summary>
    public TimeSpan ReadSpacing { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How many requests served by one head read count as load. Holding the next read back saves storage requests where many wait, and would only
    /// slow down a few clients that each wait for their answer before they ask again.
    /// </summary>
    public int ReadCrowd { get; init; } = 64;

    /// <summary>The first wait after a lost race or a missing answer; doubles with each further one, with full jitter.</summary>
    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest such wait.</summary>
    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How far this machine's clock may be off the storage's before writes are refused; null to trust it always.</summary>
    public TimeSpan? ClockTolerance { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long work that a commit owes may hold back the answer to its caller; after that the maintenance timer does it.</summary>
    public TimeSpan OwedPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Waits; a simulation puts its own clock here.</summary>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>The source of jitter.</summary>
    public Random Random { get; init; } = Random.Shared;
}
