using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// Cases that are linked to each other (cases.md, "linked_cases"). The case with the lower id owns the link; the other one has a copy, which follows as owed work. Linking and
/// taking apart take the right to write both; what is shown are the cases that the caller may read. A singleton.
/// </summary>
public sealed class LinkedCases(CaseDesk desk, CaseNeighbours neighbours, CaseInside inside)
{
    /// <summary>Cases that one request links at most (cases.md).</summary>
    public const int MostPerRequest = 150;

    private const int AtOnce = 8;

    /// <summary>A page of the cases that are linked to a case, by id ascending.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<LinkedCaseList>> ListAsync(Caller caller, long caseId, CancellationToken cancellationToken)
    {
        if (!(await inside.ListAsync(caller, caseId, PartKind.Link, newestFirst: false, cancellationToken)).Try(out var list, out var problem)) return problem;
        return await NamedAsync(caller, list.Case.Id, list.Case.Name, list.Parts.Select(part => part.Id), cancellationToken);
    }

    /// <summary>Links cases to a case; those that are linked already stay so.</summary>
    /// <param name="caller">Who links them.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="others">The others.</param>
    /// <param name="place">The place of one of them in the request, for faults.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The case with those that were named.</returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<LinkedCaseList>> LinkAsync(
        Caller caller, long caseId, IReadOnlyList<long> others, Func<int, string> place, CancellationToken cancellationToken)
    {
        if (await RefuseToWriteAsync(caller, caseId, cancellationToken) is { } refusal) return refusal;
        if (others.Count > MostPerRequest) return Problem.Invalid("Too many cases", string.Create(CultureInfo.InvariantCulture, $"ids: at most {MostPerRequest} are taken"));
        var teams = await desk.LocateAsync(others, cancellationToken);
        var faults = new List<Fault>();
        for (var i = 0; i < others.Count; i++)
        {
            var id = others[i];
            if (id == caseId) faults.Add(new Fault("Case cannot be linked", $"{place(i)}: a case is not linked to itself"));
            else if (teams[id] is not { } team || !caller.CanRead(team)) faults.Add(new Fault("Case not found", string.Create(CultureInfo.InvariantCulture, $"{place(i)}: there is no case {id}")));
            else if (!caller.CanWrite(team)) faults.Add(new Fault("Not allowed", string.Create(CultureInfo.InvariantCulture, $"{place(i)}: case {id} belongs to a team that you may only read")));
        }

        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
        var problems = new List<Problem>();
        await Abreast.RunAsync(
            others.Distinct(),
            AtOnce,
            async other =>
            {
                if (await ChangeAsync(desk, caller, caseId, other, linked: true, cancellationToken) is { } problem) problems.Add(problem);
            });
        if (problems.Count > 0) return problems[0];
        var names = await neighbours.NamesAsync(caller, [caseId], cancellationToken);
        return names.TryGetValue(caseId, out var name) ? await NamedAsync(caller, caseId, name, others.Distinct(), cancellationToken) : CaseDesk.NoSuchCase(caseId);
    }

    /// <summary>Takes two cases apart.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Problem?> UnlinkAsync(Caller caller, long caseId, long other, CancellationToken cancellationToken)
    {
        if (await RefuseToWriteAsync(caller, caseId, cancellationToken) is { } refusal) return refusal;
        if (other == caseId || await desk.LocateAsync(other, cancellationToken) is not { } team || !caller.CanRead(team)) return NotLinked(other);
        if (!caller.CanWrite(team)) return Refusals.Forbidden("Taking cases apart takes the role editor in the teams of both");
        return await ChangeAsync(desk, caller, caseId, other, linked: false, cancellationToken);
    }

    /// <summary>Links two cases, or takes them apart.</summary>
    internal static async Task<Problem?> ChangeAsync(CaseDesk desk, Caller caller, long caseId, long other, bool linked, CancellationToken cancellationToken)
    {
        var (owner, far) = (Math.Min(caseId, other), Math.Max(caseId, other));
        var changed = await desk.ChangeAsync<bool>(
            caller,
            owner,
            null,
            async (edit, token) =>
            {
                var version = await CaseCopies.NextVersionAsync(edit, PartKind.Link, far, token);
                if (linked == await edit.FindAsync(PartKind.Link, far, token) is not null) return linked ? true : NotLinked(other);
                await CaseCopies.BringAsync(edit, PartKind.Link, far, version, linked, null, token);
                await CaseCopies.TellAsync(edit, linked ? ActivityType.LinkedCaseAdded : ActivityType.LinkedCaseRemoved, far, caller.UserId, token);
                edit.Scope.Owe(new CaseLinkWork(owner, far, version, linked, caller.UserId, edit.Scope.Now).ToOwed());
                return true;
            },
            cancellationToken);
        return changed.Problem;
    }

    private async Task<Result<LinkedCaseList>> NamedAsync(Caller caller, long caseId, string name, IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        long[] wanted = [.. ids];
        var names = await neighbours.NamesAsync(caller, wanted, cancellationToken);
        return new LinkedCaseList(caseId, name, [.. wanted.Where(names.ContainsKey).Select(id => new LinkedCase(id, names[id]))]);
    }

    private async Task<Problem?> RefuseToWriteAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => await desk.LocateAsync(caseId, cancellationToken) is { } team ? CaseDesk.RefuseToWrite(caller, team, caseId) : CaseDesk.NoSuchCase(caseId);

    private static Problem NotLinked(long id) => Problem.NotFound("Linked case", string.Create(CultureInfo.InvariantCulture, $"The case is not linked to case {id}"));
}

/// <summary>A case and others that are linked to it.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Name">Its name.</param>
/// <param name="Linked">The others that the caller may read.</param>
public sealed record LinkedCaseList(long CaseId, string Name, IReadOnlyList<LinkedCase> Linked);

/// <summary>A linked case.</summary>
/// <param name="CaseId">Its id.</param>
/// <param name="Name">Its name.</param>
public sealed record LinkedCase(long CaseId, string Name);

/// <summary>Owed to the partition of the case with the higher id: the copy of a link, or its removal.</summary>
/// <param name="Owner">The case with the lower id.</param>
/// <param name="Far">The other.</param>
/// <param name="Version">The version of the link.</param>
/// <param name="Linked">Whether it stands.</param>
/// <param name="UserId">Who did it.</param>
/// <param name="At">When it was committed.</param>
internal sealed record CaseLinkWork(long Owner, long Far, long Version, bool Linked, long UserId, DateTimeOffset At)
{
    public const string Kind = "case-link";

    public OwedWork ToOwed() => new(Kind, JsonSerializer.Serialize(this));
}

/// <summary>Brings the copies of links between cases up.</summary>
public sealed class LinkedCaseWork(CaseDesk desk, TimeProvider time) : IOwedWorkHandler
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [CaseLinkWork.Kind];

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var link = JsonSerializer.Deserialize<CaseLinkWork>(work.Payload)!;
        if (link.Linked && time.GetUtcNow() - link.At > CaseCopies.Reliable && !await StandsAsync(link, cancellationToken)) return;
        if (await BringAsync(desk, link.Far, link.Owner, link.Version, link.Linked, link.UserId, cancellationToken) || !link.Linked) return;

        // The other one is gone: the owner is mended, whatever of it is newer.
        await ForgetAsync(desk, link.Owner, link.Far, link.Version + 1, link.UserId, cancellationToken);
    }

    /// <summary>Takes a case that is no more from one that was linked to it. Harmless where that is gone, or knows better.</summary>
    internal static Task ForgetAsync(CaseDesk desk, long caseId, long gone, long version, long? userId, CancellationToken cancellationToken)
        => BringAsync(desk, caseId, gone, version, linked: false, userId, cancellationToken);

    private static Task<bool> BringAsync(CaseDesk desk, long caseId, long other, long version, bool linked, long? userId, CancellationToken cancellationToken)
        => desk.BringAsync(
            caseId,
            async (edit, token) =>
            {
                if (!await CaseCopies.BringAsync(edit, PartKind.Link, other, version, linked, null, token)) return;
                await CaseCopies.TellAsync(edit, linked ? ActivityType.LinkedCaseAdded : ActivityType.LinkedCaseRemoved, other, userId, token);
            },
            cancellationToken);

    /// <summary>Whether the owner still says so: work so late finds nothing left of what has been taken apart since.</summary>
    private async Task<bool> StandsAsync(CaseLinkWork link, CancellationToken cancellationToken)
    {
        var stands = false;
        await desk.BringAsync(link.Owner, async (edit, token) => stands = await edit.FindAsync(PartKind.Link, link.Far, token) is not null, cancellationToken);
        return stands;
    }
}
