using Casefile.Core.Cases;
using Casefile.Core.Partitions;

namespace Casefile.Core.Webhooks;

/// <summary>How far a delivery is.</summary>
public enum DeliveryState
{
    /// <summary>It is in the queue.</summary>
    Pending,

    /// <summary>The receiver has answered 2xx.</summary>
    Delivered,

    /// <summary>It was given up.</summary>
    Failed,
}

/// <summary>An activity on its way to a webhook, or at its end: a line of the delivery log.</summary>
/// <param name="Id">Its id, unique in the tenant and the same at every try.</param>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Event">The activity's type, or <see cref="TestEvent"/>.</param>
/// <param name="CaseId">The case; null for a test.</param>
/// <param name="ActivityId">The activity; null for a test.</param>
/// <param name="State">How far it is.</param>
/// <param name="Attempts">How often it has been tried.</param>
/// <param name="Status">The status of the last answer, or null where none came.</param>
/// <param name="Error">What went wrong at the last try, or null.</param>
/// <param name="Created">When it was put into the queue.</param>
/// <param name="Attempted">When it was last tried, or null.</param>
/// <param name="Next">When it is tried next, or null when it has ended.</param>
/// <param name="Lane">The lane of the queue that it is in (<see cref="DeliveryQueue"/>).</param>
public sealed record Delivery(
    long Id,
    long WebhookId,
    string Event,
    long? CaseId,
    long? ActivityId,
    DeliveryState State,
    long Attempts,
    long? Status,
    string? Error,
    DateTimeOffset Created,
    DateTimeOffset? Attempted,
    DateTimeOffset? Next,
    long Lane)
{
    /// <summary>The event of a delivery that only tests the way.</summary>
    public const string TestEvent = "TEST";

    internal Dictionary<string, object> Encode()
    {
        var image = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["event"] = Event,
            ["state"] = (long)State,
            ["attempts"] = Attempts,
            ["lane"] = Lane,
            [CaseRow.Created] = Created.ToUnixTimeMilliseconds(),
        };
        if (CaseId is { } caseId) image["case"] = caseId;
        if (ActivityId is { } activityId) image["activity"] = activityId;
        if (Status is { } status) image["status"] = status;
        if (Error is not null) image["error"] = Error;
        if (Attempted is { } attempted) image["attempted"] = attempted.ToUnixTimeMilliseconds();
        if (Next is { } next) image["next"] = next.ToUnixTimeMilliseconds();
        return image;
    }

    internal static Delivery Read(string rowKey, IReadOnlyDictionary<string, object> image) => new(
        RowKeys.LastNumber(rowKey),
        RowKeys.FirstNumber(rowKey, DeliveryQueue.LogPrefix),
        (string)image["event"],
        image.GetValueOrDefault("case") as long?,
        image.GetValueOrDefault("activity") as long?,
        (DeliveryState)(long)image["state"],
        (long)image["attempts"],
        image.GetValueOrDefault("status") as long?,
        image.GetValueOrDefault("error") as string,
        DateTimeOffset.FromUnixTimeMilliseconds((long)image[CaseRow.Created]),
        Time(image, "attempted"),
        Time(image, "next"),
        (long)image["lane"]);

    private static DateTimeOffset? Time(IReadOnlyDictionary<string, object> image, string name)
        => image.GetValueOrDefault(name) is long milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
