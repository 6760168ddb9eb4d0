using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Cases;

/// <summary>Reads requests about comments and reactions to them, has them done, and writes the answers, of v2 and v1. A singleton.</summary>
public sealed class CommentRequests(CaseComments comments)
{
    private static readonly PartAnswers Answers = new("comments", (json, view, style) => PartJson.WriteComment(json, view.Part, view.Tenant, style, view.CaseId));

    private static readonly Dictionary<string, int> Reactions =
        CaseComments.Reactions.Select((name, index) => KeyValuePair.Create(name, index)).ToDictionary(StringComparer.Ordinal);

    internal Task<IResult> CreateAsync(Call call, long caseId)
        => Answers.CreatedAsync(
            call,
            new NewComment(call.Parameters.RequiredText("value"), call.Parameters.Text("author_email")),
            (comment, once) => comments.CreateAsync(call.Caller, caseId, comment, once, call.Cancelled));

    internal Task<IResult> ListAsync(Call call, long caseId)
        => Answers.PagedAsync(call, caseId, (id, paging) => comments.ListAsync(call.Caller, id, paging.Skip, paging.PerPage, call.Cancelled));

    internal Task<IResult> GetAsync(Call call, long caseId, long id)
        => Answers.FoundAsync(call, () => comments.GetAsync(call.Caller, caseId, id, call.Cancelled));

    internal Task<IResult> UpdateAsync(Call call, long caseId, long id)
        => Answers.ChangedAsync(
            call, call.Parameters.Text("value"), (value, guard) => comments.UpdateAsync(call.Caller, caseId, id, value, guard, call.Cancelled));

    internal Task<IResult> DeleteAsync(Call call, long caseId, long id)
        => PartAnswers.DeletedAsync(call, guard => comments.DeleteAsync(call.Caller, caseId, id, guard, call.Cancelled));

    internal Task<IResult> ReactAsync(Call call, long caseId, long id)
        => Answers.DoneAsync(call, Reaction(call), (reaction, once) => comments.AddReactionAsync(call.Caller, caseId, id, reaction, once, call.Cancelled));

    internal Task<IResult> CreateReactionAsync(Call call, long caseId, long id)
        => Answers.CreatedAsync(call, Reaction(call), (reaction, once) => comments.AddReactionAsync(call.Caller, caseId, id, reaction, once, call.Cancelled));

    internal Task<IResult> TakeReactionBackAsync(Call call, long caseId, long id)
        => Answers.ChangedAsync(
            call, Reaction(call), (reaction, guard) => comments.RemoveReactionAsync(call.Caller, caseId, id, reaction, guard, call.Cancelled));

    internal Task<IResult> DeleteReactionAsync(Call call, long caseId, long id)
    {
        var reaction = Reaction(call);
        return PartAnswers.DeletedAsync(
            call, async guard => (await comments.RemoveReactionAsync(call.Caller, caseId, id, reaction, guard, call.Cancelled)).Problem);
    }

    private static string Reaction(Call call)
    {
        call.Parameters.Require("value");
        return call.Parameters.Choice("value", Reactions) is { } index ? CaseComments.Reactions[index] : "";
    }
}
