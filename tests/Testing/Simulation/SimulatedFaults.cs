namespace Casefile.Testing.Simulation;

/// <summary>How often the simulated storage misbehaves, each a probability of 0..1 a request.</summary>
public sealed record SimulatedFaults
{
    /// <summary>Nothing ever goes wrong; pages are full.</summary>
    public static SimulatedFaults None { get; } = new();

    /// <summary>Everything goes wrong, often enough that a history of some hundred requests meets all of it.</summary>
    public static SimulatedFaults Rough { get; } = new()
    {
        RequestLost = 0.04,
        ReplyLost = 0.04,
        ArrivesLate = 0.04,
        Throttled = 0.04,
        ReadFails = 0.02,
        OddPages = 0.5,
    };

    /// <summary>The transaction never arrives: Unknown, no effect.</summary>
    public double RequestLost { get; init; }

    /// <summary>The transaction takes effect (or is refused) and the answer is lost: Unknown.</summary>
    public double ReplyLost { get; init; }

    /// <summary>The sender gives up, and the transaction arrives some requests later: Unknown now, its effect or refusal then.</summary>
    public double ArrivesLate { get; init; }

    /// <summary>The service is busy: Unknown, no effect.</summary>
    public double Throttled { get; init; }

    /// <summary>A read, or a request to the blobs, fails for good: StorageUnavailableException.</summary>
    public double ReadFails { get; init; }

    /// <summary>A page is shorter than asked for, perhaps empty, and has a continuation.</summary>
    public double OddPages { get; init; }

    /// <summary>The longest time that a request takes, on the clock of the storage. Zero: requests only yield.</summary>
    public TimeSpan Latency { get; init; }
}

/// <summary>A fault asked for by name, for the very next transaction.</summary>
public enum TransactionFault
{
    /// <summary>The transaction never arrives.</summary>
    RequestLost,

    /// <summary>It takes effect, and the answer is lost.</summary>
    ReplyLost,

    /// <summary>It arrives after its sender gave up: with a later request, or at <see cref="SimulatedStorage.DeliverLate"/>.</summary>
    ArrivesLate,

    /// <summary>The service is busy.</summary>
    Throttled,

    /// <summary>It arrives, and the service does not take its content, though nothing here saw anything wrong with it.</summary>
    Rejected,
}
