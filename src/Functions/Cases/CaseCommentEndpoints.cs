using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Comments on a case, and reactions to them (cases.md, "comments", "reactions").</summary>
public sealed class CaseCommentEndpoints(Endpoints endpoints, CommentRequests comments)
{
    private const string All = "api/v2/cases/{id:long}/comments";
    private const string One = All + "/{commentId:long}";

    /// <summary>Comments.</summary>
    [Function("CaseCommentsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.CreateAsync(call, id));

    /// <summary>Deletes a comment.</summary>
    [Function("CaseCommentsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.DeleteAsync(call, id, commentId));

    /// <summary>Answers a comment.</summary>
    [Function("CaseCommentsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.GetAsync(call, id, commentId));

    /// <summary>Lists the comments on a case, newest first.</summary>
    [Function("CaseCommentsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.ListAsync(call, id));

    /// <summary>Changes what a comment says.</summary>
    [Function("CaseCommentsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.UpdateAsync(call, id, commentId));

    /// <summary>Reacts to a comment.</summary>
    [Function("CaseReactionsAdd")]
    public Task<IResult> AddReaction([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/add_reaction")] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.ReactAsync(call, id, commentId));

    /// <summary>Reacts to a comment: the same, answered as what is made.</summary>
    [Function("CaseReactionsCreate")]
    public Task<IResult> CreateReaction([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/reactions")] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.CreateReactionAsync(call, id, commentId));

    /// <summary>Takes a reaction back: the same, answered as what is deleted.</summary>
    [Function("CaseReactionsDelete")]
    public Task<IResult> DeleteReaction([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One + "/reactions")] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.DeleteReactionAsync(call, id, commentId));

    /// <summary>Takes a reaction back.</summary>
    [Function("CaseReactionsRemove")]
    public Task<IResult> RemoveReaction([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/remove_reaction")] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.TakeReactionBackAsync(call, id, commentId));
}
