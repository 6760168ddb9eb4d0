using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Comments on a case, and reactions to them, as v1 has them (cases.md, "Cases v1").</summary>
public sealed class CaseCommentEndpointsV1(Endpoints endpoints, CommentRequests comments)
{
    private const string All = "api/v1/cases/{id:long}/comments";
    private const string One = All + "/{commentId:long}";

    /// <summary>Comments.</summary>
    [Function("CaseV1CommentsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.CreateAsync(call, id));

    /// <summary>Deletes a comment.</summary>
    [Function("CaseV1CommentsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.DeleteAsync(call, id, commentId));

    /// <summary>Answers a comment.</summary>
    [Function("CaseV1CommentsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.GetAsync(call, id, commentId));

    /// <summary>Lists the comments on a case, newest first.</summary>
    [Function("CaseV1CommentsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.ListAsync(call, id));

    /// <summary>Changes what a comment says.</summary>
    [Function("CaseV1CommentsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.UpdateAsync(call, id, commentId));

    /// <summary>Reacts to a comment.</summary>
    [Function("CaseV1ReactionsAdd")]
    public Task<IResult> AddReaction([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/add_reaction")] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.ReactAsync(call, id, commentId));

    /// <summary>Takes a reaction back.</summary>
    [Function("CaseV1ReactionsRemove")]
    public Task<IResult> RemoveReaction([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/remove_reaction")] HttpRequest request, long id, long commentId)
        => endpoints.RunAsync(request, RateClass.Default, call => comments.TakeReactionBackAsync(call, id, commentId));
}
