using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases;

/// <summary>Reads requests about who follows a case and who works on it, has them done, and writes the answers, of v2 and v1. A singleton.</summary>
public sealed class SubscriberRequests
{
    private static readonly PartAnswers Listed = new("subscribers", (json, view, _) => PartJson.WriteSubscriber(json, view.Part, view.Tenant));
    private static readonly PartAnswers Made = new("subscribers", (json, view, _) => PartJson.WriteSubscription(json, view.Part, view.Tenant, view.CaseId));

    private readonly CaseSubscribers subscribers;
    private readonly CaseStore cases;

    /// <summary>Over what there is inside of cases.</summary>
    public SubscriberRequests(CaseSubscribers subscribers, CaseStore cases) => (this.subscribers, this.cases) = (subscribers, cases);

    internal Task<IResult> SubscribeAsync(Call call, long caseId)
        => Made.CreatedAsync(
            call, call.Parameters.RequiredText("user_email"), (email, once) => subscribers.SubscribeAsync(call.Caller, caseId, email, once, call.Cancelled));

    internal async Task<IResult> SubscribeAllAsync(Call call, long caseId)
    {
        call.Parameters.Require("user_emails");
        var emails = call.Parameters.Texts("user_emails") ?? [];
        var once = call.Once(call.Request.Path.Value!.TrimEnd('/'));
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(
            await subscribers.SubscribeAsync(call.Caller, caseId, emails, once, call.Cancelled),
            made => call.Created(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("case_id"u8, caseId);
                    json.WriteStartArray("subscribers"u8);
                    foreach (var subscriber in made.Value.Parts) PartJson.WriteSubscription(json, subscriber, made.Value.Tenant, null);
                    json.WriteEndArray();
                    json.WriteEndObject();
                },
                replayed: made.Replayed));
    }

    internal Task<IResult> ListAsync(Call call, long caseId) => Listed.ListedAsync(call, () => subscribers.ListAsync(call.Caller, caseId, call.Cancelled));

    internal Task<IResult> DeleteAsync(Call call, long caseId, long id)
        => PartAnswers.DeletedAsync(call, guard => subscribers.DeleteAsync(call.Caller, caseId, id, guard, call.Cancelled));

    internal async Task<IResult> ListAssigneesAsync(Call call, long caseId)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await cases.GetAsync(call.Caller, caseId, call.Cancelled), view => call.Ok(json =>
        {
            var assignees = view.Case.Assignees;
            json.WriteStartObject();
            json.WriteNumber("case_id"u8, caseId);
            json.WriteStartArray("assignees"u8);
            foreach (var user in assignees.Skip((int)Math.Min(int.MaxValue, paging.Skip)).Take(paging.PerPage))
            {
                json.WriteStartObject();
                CaseJson.WriteActorMembers(json, view.Tenant, user);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            paging.WriteMeta(json, call, assignees.Count);
            json.WriteEndObject();
        }));
    }
}
