using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// The sub-statuses of teams (cases.md, "case_sub_statuses"), each below OPEN or CLOSED. The first below a status is its default: what cases of that status get where nobody
/// says otherwise. A name is unique in its team, whatever its case. A singleton.
/// </summary>
public sealed class TeamSubStatuses(CaseAround around)
{
    private const int LongestName = 255;

    /// <summary>Sub-statuses of a team that one is looked for among, to become the default.</summary>
    private const int MostOfATeam = 1_000;

    private static readonly UniqueName Names = new("subname-", "sub");

    /// <summary>The sub-statuses of a team, or of all that the caller may read.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="teamId">The team, or null for all.</param>
    /// <param name="closed">Only those below CLOSED or below OPEN; null for both.</param>
    /// <param name="search">What their names contain, whatever its case; null for anything.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<IReadOnlyList<ThingView>>> ListAsync(Caller caller, long? teamId, bool? closed, string? search, CancellationToken cancellationToken)
        => (await around.ListAsync(caller, ThingKind.SubStatus, teamId, cancellationToken)).Map<IReadOnlyList<ThingView>>(all =>
        [
            .. all.Where(view => (closed is null || SubStatusRow.IsClosed(view.Thing.Image) == closed)
                && (search is null || ((string)view.Thing.Image[CaseRow.Name]).Contains(search, StringComparison.OrdinalIgnoreCase))),
        ]);

    /// <summary>A sub-status.</summary>
    public Task<Result<ThingView>> GetAsync(Caller caller, long id, CancellationToken cancellationToken)
        => around.GetAsync(caller, ThingKind.SubStatus, id, cancellationToken);

    /// <summary>Makes a sub-status; admins of the team may.</summary>
    public Task<Result<Made<ThingView>>> CreateAsync(
        Caller caller, long teamId, string name, bool closed, string? description, Once? once, CancellationToken cancellationToken)
        => around.MakeAsync(
            caller,
            ThingKind.SubStatus,
            teamId,
            once,
            async (scope, id, token) =>
            {
                if (Check(name, description) is { } refusal) return refusal;
                if (await Names.FindAsync(scope, name, token) is not null) return Taken(name);
                Names.Give(scope, name, id);
                var image = new Dictionary<string, object>(StringComparer.Ordinal);
                Name(image, id, name);
                if (closed) image[SubStatusRow.Closed] = true;
                LongText.Write(image, SubStatusRow.Description, description);
                if (scope[SubStatusRow.DefaultCounter(closed)] == 0)
                {
                    scope[SubStatusRow.DefaultCounter(closed)] = id;
                    image[SubStatusRow.Default] = true;
                }

                return image;
            },
            cancellationToken);

    /// <summary>Renames or describes a sub-status; admins of the team may. What is null stays.</summary>
    public Task<Result<ThingView>> UpdateAsync(Caller caller, long id, string? name, string? description, IfMatch? ifMatch, CancellationToken cancellationToken)
        => around.ChangeAsync(
            caller,
            ThingKind.SubStatus,
            id,
            ifMatch,
            async (scope, _, image, token) =>
            {
                if (Check(name, description) is { } refusal) return refusal;
                if (name is not null)
                {
                    if (!await Names.ChangeAsync(scope, (string)image[CaseRow.Name], name, id, token)) return Taken(name);
                    Name(image, id, name);
                }

                if (description is not null) LongText.Write(image, SubStatusRow.Description, description);
                return null;
            },
            cancellationToken);

    /// <summary>Deletes a sub-status; admins of the team may. Its cases get another one after that.</summary>
    /// <param name="caller">Who deletes it.</param>
    /// <param name="id">Which one.</param>
    /// <param name="fallback">The one that its cases get, below the same status; null for the default. Where the default itself goes, the fallback becomes it, or else the oldest that is left.</param>
    /// <param name="ifMatch">The revisions under which it is to happen, or null for any.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long id, long? fallback, IfMatch? ifMatch, CancellationToken cancellationToken)
        => around.RemoveAsync(
            caller,
            ThingKind.SubStatus,
            id,
            ifMatch,
            async (scope, status, token) =>
            {
                var closed = SubStatusRow.IsClosed(status.Image);
                if (fallback is { } given && (given == id || await FindAsync(scope, given, closed, token) is null))
                {
                    return Problem.Invalid(
                        "Parameter is invalid",
                        string.Create(CultureInfo.InvariantCulture, $"fallback_status_id: the team has no other sub-status {given} below {(closed ? "CLOSED" : "OPEN")}"));
                }

                Names.Free(scope, (string)status.Image[CaseRow.Name]);
                var counter = SubStatusRow.DefaultCounter(closed);
                if (scope[counter] == id) scope[counter] = await NextDefaultAsync(scope, id, closed, fallback, token);
                scope.Owe(GoneThings.SubStatus(id, fallback ?? scope[counter], caller.UserId));
                return null;
            },
            cancellationToken);

    /// <summary>The row of a sub-status below a status in an operation's team, or null.</summary>
    internal static async ValueTask<Row?> FindAsync(OperationScope scope, long id, bool closed, CancellationToken cancellationToken)
        => await scope.GetAsync(ThingKind.SubStatus.Key(id), cancellationToken) is { } row && SubStatusRow.IsClosed(row.Properties) == closed ? row : null;

    /// <summary>Makes another one the default; 0 where none is left.</summary>
    private static async ValueTask<long> NextDefaultAsync(OperationScope scope, long gone, bool closed, long? fallback, CancellationToken cancellationToken)
    {
        var next = fallback;
        if (next is null)
        {
            var rows = await scope.ReadAsync(CaseRow.SubStatusPrefix, MostOfATeam, cancellationToken);
            next = rows.Where(row => SubStatusRow.IsClosed(row.Properties) == closed).Select(row => RowKeys.LastNumber(row.RowKey)).Where(id => id != gone).Cast<long?>().FirstOrDefault();
        }

        if (next is not { } heir || await scope.GetAsync(ThingKind.SubStatus.Key(heir), cancellationToken) is not { } found) return 0;
        CaseAround.Put(scope, ThingKind.SubStatus, heir, new Dictionary<string, object>(found.Properties, StringComparer.Ordinal) { [SubStatusRow.Default] = true });
        return heir;
    }

    private static void Name(Dictionary<string, object> image, long id, string name)
    {
        image[CaseRow.Name] = name;
        image[SubStatusRow.Slug] = Slug.Of(name) is { Length: > 0 } slug ? slug : string.Create(CultureInfo.InvariantCulture, $"status_{id}");
    }

    private static Problem? Check(string? name, string? description)
    {
        var faults = new List<Fault>();
        if (name is not null && (name.Trim().Length == 0 || name.Length > LongestName)) faults.Add(new Fault("Parameter is invalid", $"name: must have 1 to {LongestName} characters"));
        if (LongText.TooLong("description", description) is { } tooLong) faults.Add(tooLong);
        return faults.Count > 0 ? new Problem(ProblemKind.Invalid, faults) : null;
    }

    private static Problem Taken(string name) => Problem.Invalid("Case sub-status exists already", $"name: the team has a sub-status '{name}'");
}
