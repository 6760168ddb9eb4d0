using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases.Files;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>What is inside a case, as v2 answers it (cases.md, "Inside a case").</summary>
public static class PartJson
{
    /// <summary>Writes an activity: v1 calls its type "action".</summary>
    public static void WriteActivity(Utf8JsonWriter json, CasePart activity, TenantSnapshot tenant, CaseStyle style, long caseId)
    {
        json.WriteStartObject();
        WriteActivityMembers(json, activity, tenant, style, caseId);
        json.WriteEndObject();
    }

    /// <summary>Writes a comment: its activity, and who reacted how.</summary>
    public static void WriteComment(Utf8JsonWriter json, CasePart comment, TenantSnapshot tenant, CaseStyle style, long caseId)
    {
        json.WriteStartObject();
        WriteActivityMembers(json, comment, tenant, style, caseId);
        json.WriteStartArray("reactions"u8);
        foreach (var (name, reactants) in ReactionList.Read(comment.Image))
        {
            json.WriteStartObject();
            json.WriteString("emoji"u8, $":{name}:");
            json.WriteStartArray("reactants"u8);
            foreach (var (userId, at) in reactants)
            {
                json.WriteStartObject();
                json.WriteNumber("user_id"u8, userId);
                json.WriteString("user_name"u8, tenant.Users.GetValueOrDefault(userId)?.Name ?? "");
                json.WriteString("reacted_at"u8, DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes what is known of a file's content (cases.md, "files"): size in bytes, hashes in hexadecimal.</summary>
    public static void WriteFileInfo(Utf8JsonWriter json, CasePart file, long caseId)
    {
        json.WriteStartObject();
        json.WriteNumber("case_id"u8, caseId);
        json.WriteNumber("id"u8, file.Id);
        json.WriteString("filename"u8, file.Text(FileRow.Name));
        json.WriteString("content_type"u8, file.Text(FileRow.MediaType));
        json.WriteString("guid"u8, file.Text(FileRow.Blob)![^32..]);
        json.WriteString("md5"u8, file.Text(FileRow.Md5));
        json.WriteString("sha256"u8, file.Text(FileRow.Sha256));
        json.WriteNumber("sizeinbytes"u8, file.Number(FileRow.Bytes) ?? 0);
        CaseJson.WriteTime(json, "created_at", file.Created);
        json.WriteEndObject();
    }

    /// <summary>Writes a subscriber in a list: the user, and the id under which the subscription is ended.</summary>
    public static void WriteSubscriber(Utf8JsonWriter json, CasePart subscriber, TenantSnapshot tenant)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, subscriber.Id);
        CaseJson.WriteActorMembers(json, tenant, subscriber.Id);
        json.WriteEndObject();
    }

    /// <summary>Writes a new subscriber: <c>{case_id, id, user}</c>; within a batch, which says the case once, without it.</summary>
    public static void WriteSubscription(Utf8JsonWriter json, CasePart subscriber, TenantSnapshot tenant, long? caseId)
    {
        json.WriteStartObject();
        if (caseId is { } id) json.WriteNumber("case_id"u8, id);
        json.WriteNumber("id"u8, subscriber.Id);
        CaseJson.WriteActor(json, "user", tenant, subscriber.Id);
        json.WriteEndObject();
    }

    /// <summary>Writes a task.</summary>
    public static void WriteTask(Utf8JsonWriter json, CasePart task, TenantSnapshot tenant)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, task.Id);
        json.WriteString("description"u8, task.LongText(TaskRow.Description));
        json.WriteBoolean("completed"u8, task.Flag(TaskRow.Completed));
        CaseJson.WriteUsers(json, "assignees", tenant, task.Ids(TaskRow.Assignees));
        CaseJson.WriteTime(json, "created_at", task.Created);
        CaseJson.WriteTime(json, "updated_at", task.Updated);
        json.WriteEndObject();
    }

    private static void WriteActivityMembers(Utf8JsonWriter json, CasePart activity, TenantSnapshot tenant, CaseStyle style, long caseId)
    {
        json.WriteNumber("case_id"u8, caseId);
        json.WriteNumber("id"u8, activity.Id);
        json.WriteString(style.V1 ? "action"u8 : "activity_type"u8, activity.Text(ActivityRow.Type));
        json.WriteString("value"u8, style.Text(activity.LongText(ActivityRow.Value), tenant));
        if (activity.Text(FileRow.Name) is { } filename)
        {
            json.WriteStartObject("file"u8);
            json.WriteString("filename"u8, filename);
            json.WriteString("url"u8, string.Create(CultureInfo.InvariantCulture, $"{style.Host}/api/{(style.V1 ? "v1" : "v2")}/cases/{caseId}/files/{activity.Id}/download"));
            json.WriteEndObject();
        }

        CaseJson.WriteActor(json, "user", tenant, activity.Number(ActivityRow.User));
        CaseJson.WriteTime(json, "created_at", activity.Created);
    }
}
