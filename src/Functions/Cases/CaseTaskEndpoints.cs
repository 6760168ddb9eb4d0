using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Tasks of a case (cases.md, "tasks").</summary>
public sealed class CaseTaskEndpoints(Endpoints endpoints, CaseTasks tasks)
{
    private const string All = "api/v2/cases/{id:long}/tasks";
    private const string One = All + "/{taskId:long}";

    private static readonly PartAnswers Answers = new("tasks", (json, view, _) => PartJson.WriteTask(json, view.Part, view.Tenant));

    /// <summary>Makes a task.</summary>
    [Function("CaseTasksCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.CreatedAsync(
            call, CaseParameters.ReadTask(call.Parameters), (task, once) => tasks.CreateAsync(call.Caller, id, task, once, call.Cancelled)));

    /// <summary>Deletes a task.</summary>
    [Function("CaseTasksDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long taskId)
        => endpoints.RunAsync(request, RateClass.Default, call => PartAnswers.DeletedAsync(
            call, guard => tasks.DeleteAsync(call.Caller, id, taskId, guard, call.Cancelled)));

    /// <summary>Answers a task.</summary>
    [Function("CaseTasksGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long taskId)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.FoundAsync(call, () => tasks.GetAsync(call.Caller, id, taskId, call.Cancelled)));

    /// <summary>Lists the tasks of a case.</summary>
    [Function("CaseTasksList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.ListedAsync(call, () => tasks.ListAsync(call.Caller, id, call.Cancelled)));

    /// <summary>Changes a task.</summary>
    [Function("CaseTasksUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id, long taskId)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.ChangedAsync(
            call,
            new TaskChanges(call.Parameters.Text("description"), call.Parameters.Flag("completed"), call.Parameters.Texts("assignee_emails")),
            (changes, guard) => tasks.UpdateAsync(call.Caller, id, taskId, changes, guard, call.Cancelled)));
}
