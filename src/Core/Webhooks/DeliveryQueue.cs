using System.Globalization;
using System.IO.Compression;
using System.Text;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Webhooks;

/// <summary>
/// The rows of a team's partition in the table <c>webhooks</c>. A delivery is a row of the log, a row of its body, and while it is pending a row of the queue, which
/// is ordered by webhook, lane and id: a lane is a case, and its deliveries are made one after another. Lane 0 has those that wait for nobody: tests, and what is delivered again.
/// </summary>
internal static class DeliveryQueue
{
    /// <summary>Begins a delivery's row of the log: <c>delivery-{webhook:D19}-{id:D19}</c>.</summary>
    public const string LogPrefix = "delivery-";

    /// <summary>Begins a row of the queue: <c>queue-{webhook:D19}-{lane:D19}-{id:D19}</c>.</summary>
    public const string Prefix = "queue-";

    /// <summary>The lane of deliveries that wait for no other.</summary>
    public const long OwnLane = 0;

    private const string BodyPrefix = "body-";
    private const string LeasePrefix = "lease-";
    private const string BodyProperty = "body";
    private const string DeflatedProperty = "deflated";

    /// <summary>Under this size compressing costs more than it saves.</summary>
    private const int CompressFrom = 1_024;

    public static PartitionAddress Address(long teamId) => new(TableNames.Webhooks, teamId.ToString(CultureInfo.InvariantCulture));

    public static string LogOf(long webhookId) => $"{LogPrefix}{RowKeys.Number(webhookId)}-";

    public static string LogKey(long webhookId, long id) => LogOf(webhookId) + RowKeys.Number(id);

    public static string Of(long webhookId) => $"{Prefix}{RowKeys.Number(webhookId)}-";

    public static string Key(long webhookId, long lane, long id) => $"{Of(webhookId)}{RowKeys.Number(lane)}-{RowKeys.Number(id)}";

    public static string BodyOf(long webhookId) => $"{BodyPrefix}{RowKeys.Number(webhookId)}-";

    public static string BodyKey(long webhookId, long id) => BodyOf(webhookId) + RowKeys.Number(id);

    public static string LeaseKey(long webhookId) => LeasePrefix + RowKeys.Number(webhookId);

    /// <summary>Puts a new delivery into log and queue.</summary>
    /// <param name="scope">Of the team's partition of deliveries.</param>
    /// <param name="delivery">The delivery; its <see cref="Delivery.Next"/> is now.</param>
    /// <param name="body">Its body but for the id, which is put before it.</param>
    public static void Add(OperationScope scope, Delivery delivery, ReadOnlySpan<byte> body)
    {
        scope.Insert(BodyKey(delivery.WebhookId, delivery.Id), Encode([.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{delivery.Id},")), .. body]));
        scope.Insert(LogKey(delivery.WebhookId, delivery.Id), delivery.Encode());
        Enqueue(scope, delivery, scope.Now);
    }

    /// <summary>Puts a delivery that is in the log into the queue, where it is tried from now on.</summary>
    public static void Enqueue(OperationScope scope, Delivery delivery, DateTimeOffset now)
    {
        scope.Insert(Key(delivery.WebhookId, delivery.Lane, delivery.Id), new QueuedDelivery(delivery.WebhookId, delivery.Lane, delivery.Id, now, now, 0).Encode());
        scope[WebhookCounters.Queued]++;
        scope[WebhookCounters.Pending]++;
        scope.DueBy(DueKind.Maintenance, now);
    }

    /// <summary>The body of a delivery, from its row.</summary>
    public static byte[] Body(Row row)
    {
        var stored = row.Bytes(BodyProperty) ?? [];
        if (row.Flag(DeflatedProperty) != true) return stored;
        using var deflate = new DeflateStream(new MemoryStream(stored), CompressionMode.Decompress);
        var body = new MemoryStream(stored.Length * 4);
        deflate.CopyTo(body);
        return body.ToArray();
    }

    private static Dictionary<string, object> Encode(byte[] body)
    {
        if (body.Length < CompressFrom) return new Dictionary<string, object>(StringComparer.Ordinal) { [BodyProperty] = body };
        var target = new MemoryStream(body.Length / 2);
        using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(body);
        return new Dictionary<string, object>(StringComparer.Ordinal) { [BodyProperty] = target.ToArray(), [DeflatedProperty] = true };
    }
}

/// <summary>A delivery in the queue.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="Id">The delivery.</param>
/// <param name="Since">From when on the time counts after which it is given up.</param>
/// <param name="Next">When it is to be tried.</param>
/// <param name="Failures">How often it has failed since then.</param>
internal sealed record QueuedDelivery(long WebhookId, long Lane, long Id, DateTimeOffset Since, DateTimeOffset Next, long Failures)
{
    public string Key => DeliveryQueue.Key(WebhookId, Lane, Id);

    public Dictionary<string, object> Encode() => new(StringComparer.Ordinal)
    {
        ["since"] = Since.ToUnixTimeMilliseconds(),
        ["next"] = Next.ToUnixTimeMilliseconds(),
        ["failures"] = Failures,
    };

    public static QueuedDelivery Read(Row row) => new(
        RowKeys.FirstNumber(row.RowKey, DeliveryQueue.Prefix),
        RowKeys.FirstNumber(row.RowKey, $"{DeliveryQueue.Prefix}{new string('0', 19)}-"),
        RowKeys.LastNumber(row.RowKey),
        DateTimeOffset.FromUnixTimeMilliseconds(row.Integer("since") ?? 0),
        DateTimeOffset.FromUnixTimeMilliseconds(row.Integer("next") ?? 0),
        row.Integer("failures") ?? 0);
}
