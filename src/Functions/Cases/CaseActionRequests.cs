using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases;

/// <summary>Requests about actions of cases, whichever version asks: v1 calls them buttons. A singleton.</summary>
public sealed class CaseActionRequests(CaseActions actions)
{
    internal static readonly PartAnswers Actions = new("actions", (json, view, _) => ActionJson.Write(json, view.CaseId, view.Part));
    internal static readonly PartAnswers Buttons = new("team_case_buttons", (json, view, _) => ActionJson.WriteButton(json, view.CaseId, view.Part));

    internal Task<IResult> CreateAsync(Call call, PartAnswers answers, ActionMembers action, long caseId)
        => answers.CreatedAsync(call, action, (members, once) => actions.CreateAsync(call.Caller, caseId, members, once, call.Cancelled));

    internal Task<IResult> DeleteAsync(Call call, long caseId, long id)
        => PartAnswers.DeletedAsync(call, guard => actions.DeleteAsync(call.Caller, caseId, id, guard, call.Cancelled));

    internal Task<IResult> GetAsync(Call call, PartAnswers answers, long caseId, long id)
        => answers.FoundAsync(call, () => actions.GetAsync(call.Caller, caseId, id, call.Cancelled));

    internal Task<IResult> ListAsync(Call call, PartAnswers answers, long caseId)
        => answers.ListedAsync(call, () => actions.ListAsync(call.Caller, caseId, call.Cancelled));

    internal Task<IResult> UpdateAsync(Call call, PartAnswers answers, ActionMembers changes, long caseId, long id)
        => answers.ChangedAsync(call, changes, (members, guard) => actions.UpdateAsync(call.Caller, caseId, id, members, guard, call.Cancelled));

    internal async Task<IResult> ReplaceAsync(Call call, long caseId)
    {
        call.Parameters.Require("actions");
        var given = PageParameters.ReadActions(call.Parameters) ?? [];
        var guard = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await actions.ReplaceAsync(call.Caller, caseId, given, guard, call.Cancelled), made => call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("case_id"u8, caseId);
            json.WriteStartArray("actions"u8);
            foreach (var action in made) ActionJson.Write(json, caseId, action);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }
}
