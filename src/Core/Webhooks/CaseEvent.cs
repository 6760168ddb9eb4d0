using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Webhooks;

/// <summary>An activity as a commit wrote it, with the case as that change left it.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Case">The properties of its row (<see cref="CaseRow"/>).</param>
/// <param name="Activity">The activity.</param>
internal sealed record CaseEvent(long CaseId, IReadOnlyDictionary<string, object> Case, CasePart Activity)
{
    /// <summary>UTF-16 units of an activity's value that are delivered; the rest is to be had from the activity.</summary>
    private const int LongestValue = 16_000;

    /// <summary>The type (<see cref="ActivityType"/>).</summary>
    public string Type => Activity.Text(ActivityRow.Type) ?? "";

    /// <summary>
    /// The activities that a commit made, in their order. Those that it only changed are none, and neither are those that came with a case from another team, where they
    /// were told already: both are older than the commit.
    /// </summary>
    public static IEnumerable<CaseEvent> Of(LogEntry entry)
    {
        for (var i = 0; i < entry.Changes.Count; i++)
        {
            var (rowKey, image) = entry.Changes[i];
            if (image is null || !rowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal) || CaseRow.KindOf(rowKey) != PartKind.Activity) continue;
            var activity = CasePart.Read(rowKey, image);
            if (activity.Revision != 1 || activity.Created.ToUnixTimeMilliseconds() != entry.At) continue;
            var caseId = CaseRow.CaseOf(rowKey);
            // The change that made the activity writes the case's row after it; another one in the same commit may have come before or may follow.
            var caseKey = CaseRow.Key(caseId);
            if (entry.Changes.Skip(i + 1).FirstOrDefault(change => change.RowKey == caseKey)?.Image is { } found) yield return new CaseEvent(caseId, found, activity);
        }
    }

    /// <summary>The body of its delivery, but for the opening brace and the id.</summary>
    public byte[] Body(TenantSnapshot tenant, Webhook webhook) => Write(json =>
    {
        json.WriteString("event"u8, Type);
        CaseJson.WriteTeam(json, tenant, webhook.TeamId);
        json.WriteStartObject("case"u8);
        json.WriteNumber("case_id"u8, CaseId);
        json.WriteString("name"u8, Case.GetValueOrDefault(CaseRow.Name) as string);
        json.WriteString("status"u8, Case.GetValueOrDefault(CaseRow.Closed) is true ? "CLOSED"u8 : "OPEN"u8);
        json.WriteString("priority"u8, ((CasePriority)(Case.GetValueOrDefault(CaseRow.Priority) as long? ?? 0)).ToString().ToUpperInvariant());
        json.WriteString("url"u8, string.Create(CultureInfo.InvariantCulture, $"{webhook.Host}/cases/{CaseId}"));
        json.WriteEndObject();
        json.WriteStartObject("activity"u8);
        json.WriteNumber("id"u8, Activity.Id);
        json.WriteString("activity_type"u8, Type);
        WriteValue(json, Activity.LongText(ActivityRow.Value));
        CaseJson.WriteActor(json, "user", tenant, Activity.Number(ActivityRow.User));
        CaseJson.WriteTime(json, "created_at", Activity.Created);
        json.WriteEndObject();
    });

    /// <summary>The body of a delivery that only tests the way, but for the opening brace and the id.</summary>
    public static byte[] TestBody(TenantSnapshot tenant, Webhook webhook) => Write(json =>
    {
        json.WriteString("event"u8, Delivery.TestEvent);
        CaseJson.WriteTeam(json, tenant, webhook.TeamId);
        json.WriteNull("case"u8);
        json.WriteNull("activity"u8);
    });

    private static void WriteValue(Utf8JsonWriter json, string? value)
    {
        if (value is not { Length: > LongestValue })
        {
            json.WriteString("value"u8, value);
            return;
        }

        json.WriteString("value"u8, value.AsSpan(0, char.IsHighSurrogate(value[LongestValue - 1]) ? LongestValue - 1 : LongestValue));
        json.WriteBoolean("value_truncated"u8, true);
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray()[1..];
    }
}
