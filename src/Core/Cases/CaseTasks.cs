using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Tasks of a case (cases.md, "tasks").</summary>
internal static class CaseTasks
{
    /// <summary>The image of a new task; faults where it is none.</summary>
    public static Dictionary<string, object> Image(TenantSnapshot tenant, Caller caller, long teamId, NewTask task, string place, List<Fault> faults)
    {
        if (task.Description.Length == 0) faults.Add(new Fault("Parameter is invalid", $"{place}.description: must not be empty"));
        if (LongText.TooLong($"{place}.description", task.Description) is { } tooLong) faults.Add(tooLong);
        var assignees = CaseUsers.Find(tenant, caller, teamId, task.AssigneeEmails, $"{place}.assignee_emails", faults).Concat(task.AssigneeIds).ToArray();
        var image = new Dictionary<string, object>(StringComparer.Ordinal);
        LongText.Write(image, TaskRow.Description, task.Description);
        IdList.Write(image, TaskRow.Assignees, assignees);
        return image;
    }
}
