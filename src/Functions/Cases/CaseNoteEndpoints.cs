using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Notes of a case (cases.md, "notes").</summary>
public sealed class CaseNoteEndpoints(Endpoints endpoints, CaseNotes notes)
{
    private const string All = "api/v2/cases/{id:long}/notes";
    private const string One = All + "/{noteId:long}";

    private static readonly PartAnswers Answers = new("notes", NoteJson.Write);

    /// <summary>Adds to the content of a note.</summary>
    [Function("CaseNotesAppend")]
    public Task<IResult> Append([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/content")] HttpRequest request, long id, long noteId)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.DoneAsync(
            call, PageParameters.ReadAppendix(call.Parameters), (more, once) => notes.AppendAsync(call.Caller, id, noteId, more, once, call.Cancelled)));

    /// <summary>Makes a note.</summary>
    [Function("CaseNotesCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.CreatedAsync(
            call, PageParameters.ReadNote(call.Parameters), (note, once) => notes.CreateAsync(call.Caller, id, note, once, call.Cancelled)));

    /// <summary>Deletes a note.</summary>
    [Function("CaseNotesDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long noteId)
        => endpoints.RunAsync(request, RateClass.Default, call => PartAnswers.DeletedAsync(
            call, guard => notes.DeleteAsync(call.Caller, id, noteId, guard, call.Cancelled)));

    /// <summary>Answers a note.</summary>
    [Function("CaseNotesGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long noteId)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.FoundAsync(call, () => notes.GetAsync(call.Caller, id, noteId, call.Cancelled)));

    /// <summary>Lists the notes of a case.</summary>
    [Function("CaseNotesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.ListedAsync(call, () => notes.ListAsync(call.Caller, id, call.Cancelled)));

    /// <summary>Changes a note.</summary>
    [Function("CaseNotesUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id, long noteId)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.ChangedAsync(
            call, PageParameters.ReadNoteChanges(call.Parameters), (changes, guard) => notes.UpdateAsync(call.Caller, id, noteId, changes, guard, call.Cancelled)));
}
