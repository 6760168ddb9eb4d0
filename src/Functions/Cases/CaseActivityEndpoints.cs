using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>What happened to a case (cases.md, "activities").</summary>
public sealed class CaseActivityEndpoints(Endpoints endpoints, CaseActivities activities)
{
    private const string All = "api/v2/cases/{id:long}/activities";
    private const string One = All + "/{activityId:long}";

    private static readonly PartAnswers Answers = new("activities", (json, view, style) => PartJson.WriteActivity(json, view.Part, view.Tenant, style, view.CaseId))
    {
        MostPerPage = 50,
    };

    /// <summary>Answers an activity.</summary>
    [Function("CaseActivitiesGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long activityId)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.FoundAsync(call, () => activities.GetAsync(call.Caller, id, activityId, call.Cancelled)));

    /// <summary>Lists the activities of a case, newest first, of all types or of some.</summary>
    [Function("CaseActivitiesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.PagedAsync(
            call, ReadTypes(call), (types, paging) => activities.ListAsync(call.Caller, id, types, paging.Skip, paging.PerPage, call.Cancelled)));

    private static string[] ReadTypes(Call call)
    {
        const string name = "activity_type";
        var types = call.Parameters.Texts(name)?.Select(type => type.ToUpperInvariant()).Distinct().ToArray() ?? [];
        foreach (var unknown in types.Except(ActivityType.All)) call.Parameters.Malformed(name, $"there is no type '{unknown}', only {string.Join(", ", ActivityType.All)}");
        return types;
    }
}
