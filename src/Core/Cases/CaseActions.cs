using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Actions of a case: links to pages and webhooks, which v1 calls buttons (cases.md, "actions"). The service never calls them. A singleton.</summary>
public sealed class CaseActions(CaseDesk desk, CaseInside inside)
{
    /// <summary>Actions of a case at most: so that all of them can be replaced in one transaction.</summary>
    public const int MostPerCase = 40;

    private const string Name = "actions";
    private const int LongestText = 255;
    private const int LongestUrl = 4_096;
    private const int LongestQuery = 8_192;

    /// <summary>What an action may be, by its name on the wire.</summary>
    public static IReadOnlyList<string> Types { get; } = ["webhook", "page"];

    /// <summary>The actions, in the order in which they were made.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<PartList>> ListAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => inside.ListAsync(caller, caseId, PartKind.Action, newestFirst: false, cancellationToken);

    /// <summary>An action.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<PartView>> GetAsync(Caller caller, long caseId, long id, CancellationToken cancellationToken)
        => inside.GetAsync(caller, caseId, PartKind.Action, id, cancellationToken);

    /// <summary>Makes an action.</summary>
    public Task<Result<Made<PartView>>> CreateAsync(Caller caller, long caseId, ActionMembers action, Once? once, CancellationToken cancellationToken)
        => inside.MakeAsync(
            caller,
            caseId,
            once,
            async (edit, _, token) =>
            {
                var faults = new List<Fault>();
                Check(action, "", faults);
                var count = CountOf(edit) + 1;
                CheckCount(count, faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                edit.Image[CaseRow.Actions] = count;
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return await edit.AddAsync(PartKind.Action, Image(action), token);
            },
            cancellationToken);

    /// <summary>Changes an action; what is null stays.</summary>
    public Task<Result<PartView>> UpdateAsync(Caller caller, long caseId, long id, ActionMembers changes, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.ChangeAsync(
            caller,
            caseId,
            PartKind.Action,
            id,
            ifMatch,
            async (edit, action, _, token) =>
            {
                var faults = new List<Fault>();
                Check(changes, "", faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return edit.Change(action, image => Write(image, changes));
            },
            cancellationToken);

    /// <summary>Deletes an action.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long caseId, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.RemoveAsync(
            caller,
            caseId,
            PartKind.Action,
            id,
            ifMatch,
            async (edit, action, _, token) =>
            {
                edit.Remove(action);
                edit.Image[CaseRow.Actions] = CountOf(edit) - 1;
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return null;
            },
            cancellationToken);

    /// <summary>Puts these actions in place of all that there are.</summary>
    /// <returns>The new ones, in the order given.</returns>
    public async Task<Result<IReadOnlyList<CasePart>>> ReplaceAsync(
        Caller caller, long caseId, IReadOnlyList<ActionMembers> actions, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var written = await desk.ChangeAsync<IReadOnlyList<CasePart>>(
            caller,
            caseId,
            ifMatch,
            async (edit, token) =>
            {
                var faults = new List<Fault>();
                CheckAll(actions, Name, faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                foreach (var action in await edit.AllAsync(PartKind.Action, MostPerCase, token)) edit.Remove(action);
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return await AddAsync(edit, actions, token);
            },
            cancellationToken);
        return written.Map(outcome => outcome.Answer);
    }

    /// <summary>Makes the actions of a case that has none.</summary>
    internal static async ValueTask<CasePart[]> AddAsync(CaseEdit edit, IReadOnlyList<ActionMembers> actions, CancellationToken cancellationToken)
    {
        var made = new CasePart[actions.Count];
        for (var i = 0; i < made.Length; i++) made[i] = await edit.AddAsync(PartKind.Action, Image(actions[i]), cancellationToken);
        edit.Image[CaseRow.Actions] = (long)made.Length;
        return made;
    }

    /// <summary>The faults of all actions of a case.</summary>
    internal static void CheckAll(IReadOnlyList<ActionMembers> actions, string place, List<Fault> faults)
    {
        CheckCount(actions.Count, faults);
        for (var i = 0; i < actions.Count; i++) Check(actions[i], string.Create(CultureInfo.InvariantCulture, $"{place}[{i}]."), faults);
    }

    private static long CountOf(CaseEdit edit) => edit.Image.GetValueOrDefault(CaseRow.Actions) as long? ?? 0;

    private static void CheckCount(long count, List<Fault> faults)
    {
        if (count > MostPerCase) faults.Add(new Fault("Too many actions", string.Create(CultureInfo.InvariantCulture, $"A case has at most {MostPerCase} actions")));
    }

    private static Dictionary<string, object> Image(ActionMembers action)
    {
        var image = new Dictionary<string, object>(StringComparer.Ordinal);
        Write(image, action);
        return image;
    }

    private static void Write(Dictionary<string, object> image, ActionMembers action)
    {
        if (action.Url is { } url) image[ActionRow.Url] = url;
        if (action.Label is { } label) image[ActionRow.Label] = label;
        if (action.Type is { } type) image[ActionRow.Type] = type;
        if (action.Text is { } text) image[ActionRow.Text] = text;
        if (action.QueryParameters is { } query) image[ActionRow.QueryParameters] = JsonMembers.Text(query);
    }

    private static void Check(ActionMembers action, string place, List<Fault> faults)
    {
        if (action.Url is { } url && !IsHttp(url))
            faults.Add(new Fault("URL is invalid", $"{place}url: must be an absolute http or https URL of at most {LongestUrl} characters"));
        if (action.Label is { } label && label.Trim().Length is 0 or > LongestText)
            faults.Add(new Fault("Parameter is invalid", $"{place}label: must have 1 to {LongestText} characters"));
        if (action.Text?.Length > LongestText)
            faults.Add(new Fault("Parameter is invalid", $"{place}action_text: must have at most {LongestText} characters"));
        if (action.QueryParameters is { } query && JsonMembers.Text(query).Length > LongestQuery)
            faults.Add(new Fault("Text is too long", $"{place}query_params: at most {LongestQuery} characters are kept"));
    }

    private static bool IsHttp(string url)
        => url.Length <= LongestUrl && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0
            && (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps)
            && url.StartsWith("http", StringComparison.OrdinalIgnoreCase);
}

/// <summary>An action to be made, or changes of one, in which what is null stays.</summary>
/// <param name="Url">An absolute http(s) URL.</param>
/// <param name="Label">What it is called, 1..255 characters.</param>
/// <param name="Type">One of <see cref="CaseActions.Types"/>.</param>
/// <param name="Text">What its button says, at most 255 characters.</param>
/// <param name="QueryParameters">A JSON object.</param>
public sealed record ActionMembers(string? Url, string? Label, string? Type, string? Text, JsonElement? QueryParameters = null);
