using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Tasks of a case (cases.md, "tasks"). A singleton.</summary>
public sealed class CaseTasks(CaseInside inside)
{
    /// <summary>The tasks, in the order in which they were made.</summary>
    public Task<Result<PartList>> ListAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => inside.ListAsync(caller, caseId, PartKind.Task, newestFirst: false, cancellationToken);

    /// <summary>A task.</summary>
    public Task<Result<PartView>> GetAsync(Caller caller, long caseId, long id, CancellationToken cancellationToken)
        => inside.GetAsync(caller, caseId, PartKind.Task, id, cancellationToken);

    /// <summary>Makes a task.</summary>
    public Task<Result<Made<PartView>>> CreateAsync(Caller caller, long caseId, NewTask task, Once? once, CancellationToken cancellationToken)
        => inside.MakeAsync(
            caller,
            caseId,
            once,
            async (edit, tenant, token) =>
            {
                var faults = new List<Fault>();
                var image = Image(tenant, caller, edit.TeamId, task, "", faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                await edit.TellAsync(ActivityType.TaskIncomplete, task.Description, token);
                return await edit.AddAsync(PartKind.Task, image, token);
            },
            cancellationToken);

    /// <summary>Changes a task; what is null stays.</summary>
    public Task<Result<PartView>> UpdateAsync(Caller caller, long caseId, long id, TaskChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.ChangeAsync(
            caller,
            caseId,
            PartKind.Task,
            id,
            ifMatch,
            async (edit, task, tenant, token) =>
            {
                var faults = new List<Fault>();
                CheckDescription(changes.Description, "", faults);
                var assignees = changes.AssigneeEmails is { } emails ? CaseUsers.Find(tenant, caller, edit.TeamId, emails, "assignee_emails", faults) : null;
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);

                var description = changes.Description ?? task.LongText(TaskRow.Description)!;
                var completed = changes.Completed ?? task.Flag(TaskRow.Completed);
                if (completed != task.Flag(TaskRow.Completed))
                    await edit.TellAsync(completed ? ActivityType.TaskCompleted : ActivityType.TaskIncomplete, description, token);
                else if (description != task.LongText(TaskRow.Description) || assignees is not null)
                    await edit.TellAsync(ActivityType.FieldUpdated, "tasks", token);
                return edit.Change(task, image =>
                {
                    LongText.Write(image, TaskRow.Description, description);
                    image[TaskRow.Completed] = completed;
                    if (assignees is not null) IdList.Write(image, TaskRow.Assignees, assignees);
                });
            },
            cancellationToken);

    /// <summary>Deletes a task.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long caseId, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.RemoveAsync(
            caller,
            caseId,
            PartKind.Task,
            id,
            ifMatch,
            async (edit, task, _, token) =>
            {
                edit.Remove(task);
                await edit.TellAsync(ActivityType.FieldUpdated, "tasks", token);
                return null;
            },
            cancellationToken);

    /// <summary>The image of a new task; faults where it is none.</summary>
    internal static Dictionary<string, object> Image(TenantSnapshot tenant, Caller caller, long teamId, NewTask task, string place, List<Fault> faults)
    {
        CheckDescription(task.Description, place, faults);
        var assignees = CaseUsers.Find(tenant, caller, teamId, task.AssigneeEmails, $"{place}assignee_emails", faults).ToList();
        for (var i = 0; i < task.AssigneeIds.Count; i++)
        {
            if (CaseUsers.IsKnown(tenant, caller, teamId, task.AssigneeIds[i])) assignees.Add(task.AssigneeIds[i]);
            else faults.Add(new Fault("User not found", $"{place}assignee_ids[{i}]: the team has no user {task.AssigneeIds[i]}"));
        }

        var image = new Dictionary<string, object>(StringComparer.Ordinal);
        LongText.Write(image, TaskRow.Description, task.Description);
        IdList.Write(image, TaskRow.Assignees, assignees);
        return image;
    }

    private static void CheckDescription(string? description, string place, List<Fault> faults)
    {
        if (description?.Length == 0) faults.Add(new Fault("Parameter is invalid", $"{place}description: must not be empty"));
        if (LongText.TooLong($"{place}description", description) is { } tooLong) faults.Add(tooLong);
    }
}

/// <summary>Changes of a task; what is null stays.</summary>
/// <param name="Description">What is to be done.</param>
/// <param name="Completed">Whether it is done.</param>
/// <param name="AssigneeEmails">By whom, in place of those who were.</param>
public sealed record TaskChanges(string? Description, bool? Completed, IReadOnlyList<string>? AssigneeEmails);
