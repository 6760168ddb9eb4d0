using System.Text.Json;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>What is inside a case, as v2 answers it (cases.md, "Inside a case").</summary>
public static class PartJson
{
    /// <summary>Writes an activity.</summary>
    public static void WriteActivity(Utf8JsonWriter json, CasePart activity, TenantSnapshot tenant, CaseStyle style, long caseId)
    {
        json.WriteStartObject();
        json.WriteNumber("case_id"u8, caseId);
        json.WriteNumber("id"u8, activity.Id);
        json.WriteString("activity_type"u8, activity.Text(ActivityRow.Type));
        json.WriteString("value"u8, style.Text(activity.LongText(ActivityRow.Value), tenant));
        CaseJson.WriteActor(json, "user", tenant, activity.Number(ActivityRow.User));
        CaseJson.WriteTime(json, "created_at", activity.Created);
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
}
