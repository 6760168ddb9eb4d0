namespace Casefile.Core.Webhooks;

/// <summary>The counters of webhooks: one in the head of a team's cases, the others in the head of its deliveries.</summary>
internal static class WebhookCounters
{
    /// <summary>In the partition of the cases: webhooks that are switched on. While there are none, commits owe nothing.</summary>
    public const string Enabled = "hooks";

    /// <summary>The version of the cases up to which everything that is to be delivered is in the queue.</summary>
    public const string Planned = "planned";

    /// <summary>How many activities of the version after <see cref="Planned"/> are in the queue already.</summary>
    public const string PlannedWithin = "plannedin";

    /// <summary>How many deliveries were ever put into the queue: tells whether one has been since somebody looked.</summary>
    public const string Queued = "queued";

    /// <summary>How many deliveries are in the queue.</summary>
    public const string Pending = "pending";
}
