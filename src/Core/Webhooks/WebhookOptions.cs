namespace Casefile.Core.Webhooks;

/// <summary>How case webhooks are delivered; the configuration section <c>Webhooks</c>.</summary>
public sealed record WebhookOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Webhooks";

    /// <summary>Whether this process delivers after its own commits. The maintenance timer delivers in any case.</summary>
    public bool Deliver { get; init; } = true;

    /// <summary>Whether <c>http</c> is taken beside <c>https</c>; for trials.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>
    /// Networks in CIDR notation that are delivered to although their addresses are not public: <c>127.0.0.0/8</c> for trials, an internal network
    /// where its owner wants that.
    /// </summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];

    /// <summary>How long a receiver may take from the connection to the head of its answer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait after the first failure; it doubles with each further one.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest such wait.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>For how long a delivery is tried; after that it counts as failed, and the next one of its case is tried.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>For how long deliveries that ended are kept in the delivery log.</summary>
    public TimeSpan LogKept { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many deliveries that ended a webhook's log keeps at most, the newest.</summary>
    public int LogLength { get; init; } = 5_000;

    /// <summary>How many webhooks a team may have.</summary>
    public int PerTeam { get; init; } = 20;

    /// <summary>How many requests to one webhook are under way at once, each of another case.</summary>
    public int Lanes { get; init; } = 4;

    /// <summary>How long another process waits before it goes on where one has died; at least twice <see cref="RequestTimeout"/>.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromMinutes(1);
}
