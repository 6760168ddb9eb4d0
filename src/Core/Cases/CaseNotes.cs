using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Notes of a case (cases.md, "notes"). Their order is in the case's row, so that positions are dense. A singleton.</summary>
public sealed class CaseNotes(CaseInside inside)
{
    /// <summary>Notes of a case at most.</summary>
    public const int MostPerCase = 500;

    private const string Name = "notes";
    private const int LongestTitle = 255;

    /// <summary>The notes of a case in their order.</summary>
    public static IReadOnlyList<CasePart> InOrder(CaseSnapshot found) => InOrder(found, found.Of(PartKind.Note));

    /// <summary>The notes in their order.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<PartList>> ListAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => (await inside.ListAsync(caller, caseId, PartKind.Note, newestFirst: false, cancellationToken)).Map(list => list with { Parts = InOrder(list.Case, list.Parts) });

    /// <summary>A note.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<PartView>> GetAsync(Caller caller, long caseId, long id, CancellationToken cancellationToken)
        => inside.GetAsync(caller, caseId, PartKind.Note, id, cancellationToken);

    /// <summary>Makes a note.</summary>
    public Task<Result<Made<PartView>>> CreateAsync(Caller caller, long caseId, NewNote note, Once? once, CancellationToken cancellationToken)
        => inside.MakeAsync(
            caller,
            caseId,
            once,
            async (edit, tenant, token) =>
            {
                var faults = new List<Fault>();
                CheckTitle(note.Title, faults);
                if (LongText.TooLong("content", note.Content) is { } tooLong) faults.Add(tooLong);
                var author = CaseUsers.FindOne(tenant, caller, edit.TeamId, note.AuthorEmail, "author_email", faults) ?? caller.UserId;
                var order = IdList.Read(edit.Image, CaseRow.Notes);
                if (order.Count >= MostPerCase) faults.Add(new Fault("Too many notes", string.Create(CultureInfo.InvariantCulture, $"A case has at most {MostPerCase} notes")));
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);

                var image = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    [NoteRow.Title] = note.Title,
                    [NoteRow.Color] = note.Color ?? NoteColor.Default,
                    [NoteRow.Sensitive] = note.Sensitive,
                    [NoteRow.Author] = author,
                };
                LongText.Write(image, NoteRow.Content, note.Content);
                var made = await edit.AddAsync(PartKind.Note, image, token);
                Place(edit, order, made.Id, note.Position);
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return made;
            },
            cancellationToken);

    /// <summary>Adds to the content of a note, at its end; a repeat with the same idempotency key adds nothing more.</summary>
    public Task<Result<Made<PartView>>> AppendAsync(Caller caller, long caseId, long id, NoteAppendix more, Once? once, CancellationToken cancellationToken)
        => inside.MakeAsync(
            caller,
            caseId,
            once,
            async (edit, tenant, token) =>
            {
                if (await edit.FindAsync(PartKind.Note, id, token) is not { } note) return CaseInside.NoSuchPart(PartKind.Note, id);
                var faults = new List<Fault>();
                var content = note.LongText(NoteRow.Content) + more.Content;
                if (LongText.TooLong("content", content) is { } tooLong) faults.Add(tooLong);
                var author = CaseUsers.FindOne(tenant, caller, edit.TeamId, more.AuthorEmail, "author_email", faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token, author);
                return edit.Change(note, image => LongText.Write(image, NoteRow.Content, content));
            },
            cancellationToken);

    /// <summary>Changes a note; what is null stays.</summary>
    public Task<Result<PartView>> UpdateAsync(Caller caller, long caseId, long id, NoteChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.ChangeAsync(
            caller,
            caseId,
            PartKind.Note,
            id,
            ifMatch,
            async (edit, note, tenant, token) =>
            {
                var faults = new List<Fault>();
                if (changes.Title is { } title) CheckTitle(title, faults);
                if (LongText.TooLong("content", changes.Content) is { } tooLong) faults.Add(tooLong);
                var author = CaseUsers.FindOne(tenant, caller, edit.TeamId, changes.AuthorEmail, "author_email", faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);

                if (changes.Position is { } position) Place(edit, IdList.Read(edit.Image, CaseRow.Notes), id, position);
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return edit.Change(note, image =>
                {
                    if (changes.Title is { } given) image[NoteRow.Title] = given;
                    if (changes.Content is { } content) LongText.Write(image, NoteRow.Content, content);
                    if (changes.Color is { } color) image[NoteRow.Color] = color;
                    if (changes.Sensitive is { } sensitive) image[NoteRow.Sensitive] = sensitive;
                    if (author is { } user) image[NoteRow.Author] = user;
                });
            },
            cancellationToken);

    /// <summary>Deletes a note.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long caseId, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.RemoveAsync(
            caller,
            caseId,
            PartKind.Note,
            id,
            ifMatch,
            async (edit, note, _, token) =>
            {
                edit.Remove(note);
                IdList.Write(edit.Image, CaseRow.Notes, IdList.Read(edit.Image, CaseRow.Notes).Where(other => other != id));
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return null;
            },
            cancellationToken);

    private static CasePart[] InOrder(CaseSnapshot found, IEnumerable<CasePart> notes)
    {
        var byId = notes.ToDictionary(note => note.Id);
        return [.. IdList.Read(found.Image, CaseRow.Notes).Select(id => byId.GetValueOrDefault(id)).OfType<CasePart>()];
    }

    /// <summary>Has a note stand at a position; at the end without one, or where there are fewer.</summary>
    private static void Place(CaseEdit edit, IReadOnlyList<long> order, long id, int? position)
    {
        var others = order.Where(other => other != id).ToList();
        others.Insert(Math.Min(position ?? others.Count, others.Count), id);
        IdList.Write(edit.Image, CaseRow.Notes, others);
    }

    private static void CheckTitle(string title, List<Fault> faults)
    {
        if (title.Trim().Length is 0 || title.Length > LongestTitle) faults.Add(new Fault("Parameter is invalid", $"title: must have 1 to {LongestTitle} characters"));
    }
}

/// <summary>A note to be made.</summary>
/// <param name="Title">1..255 characters.</param>
/// <param name="Content">Markdown, or null.</param>
/// <param name="Color">A <see cref="NoteColor"/>; null for the default.</param>
/// <param name="Position">Where it stands among the notes, from 0; null for the end.</param>
/// <param name="Sensitive">Whether exports leave it out.</param>
/// <param name="AuthorEmail">In whose name it is made; null for the caller's.</param>
public sealed record NewNote(string Title, string? Content, string? Color, int? Position, bool Sensitive, string? AuthorEmail);

/// <summary>Changes of a note; what is null stays.</summary>
/// <param name="Title">1..255 characters.</param>
/// <param name="Content">Markdown.</param>
/// <param name="Color">A <see cref="NoteColor"/>.</param>
/// <param name="Position">Where it stands among the notes, from 0.</param>
/// <param name="Sensitive">Whether exports leave it out.</param>
/// <param name="AuthorEmail">In whose name it was made.</param>
public sealed record NoteChanges(string? Title, string? Content, string? Color, int? Position, bool? Sensitive, string? AuthorEmail);

/// <summary>What is added to a note.</summary>
/// <param name="Content">Markdown, put right behind what there is.</param>
/// <param name="AuthorEmail">In whose name; null for the caller's.</param>
public sealed record NoteAppendix(string Content, string? AuthorEmail);
