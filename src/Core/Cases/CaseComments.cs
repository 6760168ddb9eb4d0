using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Comments on a case, and reactions to them (cases.md, "comments", "reactions"). A comment is the activity that tells of it. A singleton.</summary>
public sealed class CaseComments(CaseInside inside)
{
    /// <summary>What one may react with: "+1", "heart"…</summary>
    public static IReadOnlyList<string> Reactions => ReactionList.Names;

    /// <summary>A page of the comments, newest first.</summary>
    public Task<Result<PartPage>> ListAsync(Caller caller, long caseId, long skip, int take, CancellationToken cancellationToken)
        => inside.PageAsync(caller, caseId, PartKind.Comment, [], skip, take, cancellationToken);

    /// <summary>A comment.</summary>
    public Task<Result<PartView>> GetAsync(Caller caller, long caseId, long id, CancellationToken cancellationToken)
        => inside.GetAsync(caller, caseId, PartKind.Comment, id, cancellationToken);

    /// <summary>Comments.</summary>
    public Task<Result<Made<PartView>>> CreateAsync(Caller caller, long caseId, NewComment comment, Once? once, CancellationToken cancellationToken)
        => inside.MakeAsync(
            caller,
            caseId,
            once,
            async (edit, tenant, token) =>
            {
                var faults = new List<Fault>();
                CheckValue(comment.Value, faults);
                var author = CaseUsers.Author(tenant, caller, edit.TeamId, comment.AuthorEmail, "author_email", faults);
                return faults.Count > 0 ? new Problem(ProblemKind.Invalid, faults) : await edit.TellAsync(ActivityType.Commented, comment.Value, token, author);
            },
            cancellationToken);

    /// <summary>Changes what a comment says; null changes nothing.</summary>
    public Task<Result<PartView>> UpdateAsync(Caller caller, long caseId, long id, string? value, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.ChangeAsync(
            caller,
            caseId,
            PartKind.Comment,
            id,
            ifMatch,
            async (edit, comment, _, token) =>
            {
                if (value is null || value == comment.LongText(ActivityRow.Value)) return comment;
                var faults = new List<Fault>();
                CheckValue(value, faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                await edit.TellAsync(ActivityType.FieldUpdated, "comments", token);
                return edit.Change(comment, image => LongText.Write(image, ActivityRow.Value, value));
            },
            cancellationToken);

    /// <summary>Deletes a comment, which the case tells of.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long caseId, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.RemoveAsync(
            caller,
            caseId,
            PartKind.Comment,
            id,
            ifMatch,
            async (edit, comment, _, token) =>
            {
                edit.Remove(comment);
                await edit.TellAsync(ActivityType.DeletedComment, null, token);
                return null;
            },
            cancellationToken);

    /// <summary>Reacts to a comment; who has reacted so already changes nothing.</summary>
    public Task<Result<Made<PartView>>> AddReactionAsync(Caller caller, long caseId, long id, string reaction, Once? once, CancellationToken cancellationToken)
        => inside.MakeAsync(
            caller,
            caseId,
            once,
            async (edit, _, token) =>
            {
                if (await edit.FindAsync(PartKind.Comment, id, token) is not { } comment) return CaseInside.NoSuchPart(PartKind.Comment, id);
                if (ReactionList.Has(comment, reaction, caller.UserId)) return edit.Keep(comment);
                await edit.TellAsync(ActivityType.FieldUpdated, "reactions", token);
                return edit.Change(comment, image => ReactionList.Add(image, reaction, caller.UserId, edit.Now));
            },
            cancellationToken);

    /// <summary>Takes the caller's reaction back; where there is none nothing changes.</summary>
    public Task<Result<PartView>> RemoveReactionAsync(Caller caller, long caseId, long id, string reaction, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.ChangeAsync(
            caller,
            caseId,
            PartKind.Comment,
            id,
            ifMatch,
            async (edit, comment, _, token) =>
            {
                if (!ReactionList.Has(comment, reaction, caller.UserId)) return comment;
                await edit.TellAsync(ActivityType.FieldUpdated, "reactions", token);
                return edit.Change(comment, image => ReactionList.Remove(image, reaction, caller.UserId));
            },
            cancellationToken);

    private static void CheckValue(string value, List<Fault> faults)
    {
        if (value.Length == 0) faults.Add(new Fault("Parameter is invalid", "value: must not be empty"));
        if (LongText.TooLong("value", value) is { } tooLong) faults.Add(tooLong);
    }
}

/// <summary>A comment that is to be made.</summary>
/// <param name="Value">What it says, markdown with mentions.</param>
/// <param name="AuthorEmail">In whose name; null for the caller's.</param>
public sealed record NewComment(string Value, string? AuthorEmail);
