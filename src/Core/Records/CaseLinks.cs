using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>
/// The cases that a record is linked to: how they are kept, and the one place that says which a record may be linked to and taken from. That takes the right to write
/// both, since either is changed. It is looked up before the commit; a case that goes meanwhile takes the link with it.
/// </summary>
public sealed class CaseLinks(RecordLimits limits, CaseDesk desk)
{
    /// <summary>Finds what is wrong with links that are to be made: a point read a case.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseIds">The cases.</param>
    /// <param name="atCreation">Whether the record is new, which may be linked to fewer.</param>
    /// <param name="place">The request's member, for faults.</param>
    /// <param name="faults">Takes a fault for every case that is not there or that the caller may not link to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask CheckAsync(
        Caller caller, IReadOnlyList<long> caseIds, bool atCreation, string place, List<Fault> faults, CancellationToken cancellationToken)
    {
        if (caseIds.Count == 0) return;
        var most = atCreation ? limits.CasesOnCreate : limits.CasesPerRecord;
        if (caseIds.Distinct().Count() > most)
        {
            faults.Add(new Fault("Too many cases", $"{place}: at most {most} are allowed"));
            return;
        }

        var teams = await desk.LocateAsync(caseIds, cancellationToken);
        for (var i = 0; i < caseIds.Count; i++)
        {
            var id = caseIds[i];
            if (teams[id] is not { } team || !caller.CanRead(team))
                faults.Add(new Fault("Case not found", string.Create(CultureInfo.InvariantCulture, $"{place}[{i}]: there is no case {id}")));
            else if (!caller.CanWrite(team))
                faults.Add(NotAllowed(place, i, id));
        }
    }

    /// <summary>The cases of these that the caller may know of, so that a record can be taken from them; a fault for every one that may only be read.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<IReadOnlyList<long>> CheckLeavingAsync(
        Caller caller, IReadOnlyList<long> caseIds, string place, List<Fault> faults, CancellationToken cancellationToken)
    {
        if (caseIds.Count == 0 || caller.IsOwner) return caseIds;
        var teams = await desk.LocateAsync(caseIds, cancellationToken);
        for (var i = 0; i < caseIds.Count; i++)
        {
            if (teams[caseIds[i]] is { } team && caller.CanRead(team) && !caller.CanWrite(team)) faults.Add(NotAllowed(place, i, caseIds[i]));
        }

        return [.. caseIds.Where(id => teams[id] is { } team && caller.CanWrite(team))];
    }

    /// <summary>
    /// Records as the caller may see them: with those of their cases that are in teams of theirs. By the team that each was last known to be in here, without a read of storage
    /// but for blocks of ids that this process has not met: the number of a case that another process has moved away may be shown a while yet, and nothing else of it.
    /// </summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<IReadOnlyList<RecordSnapshot>> ShowAsync(Caller caller, IReadOnlyList<RecordSnapshot> records, CancellationToken cancellationToken)
    {
        if (caller.IsOwner || records.All(record => record.Record.CaseIds is null)) return records;
        var shown = new List<RecordSnapshot>(records.Count);
        foreach (var record in records) shown.Add(await ShowAsync(caller, record, cancellationToken));
        return shown;
    }

    /// <summary>As the other, of one.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async ValueTask<RecordSnapshot> ShowAsync(Caller caller, RecordSnapshot record, CancellationToken cancellationToken)
    {
        if (caller.IsOwner || record.Record.CaseIds is not { } stored) return record;
        var visible = new List<long>();
        foreach (var id in Decode(stored))
        {
            if (await IsShownAsync(caller, id, cancellationToken)) visible.Add(id);
        }

        return record with { Record = record.Record with { CaseIds = Encode(visible) } };
    }

    /// <summary>Whether the caller is shown that a record is linked to this case.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    internal async ValueTask<bool> IsShownAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => caller.IsOwner || (await desk.TeamOfAsync(caseId, cancellationToken) is { } team && caller.CanRead(team));

    /// <summary>The ids in a stored text (<see cref="RecordRow.Cases"/>); none in null.</summary>
    public static IReadOnlyList<long> Decode(string? text)
        => text is null ? [] : JsonSerializer.Deserialize<long[]>(text)!;

    /// <summary>The text to store: each id once, in the order in which they were linked; null without any.</summary>
    public static string? Encode(IEnumerable<long> caseIds)
    {
        var distinct = caseIds.Distinct().Select(id => id.ToString(CultureInfo.InvariantCulture)).ToArray();
        return distinct.Length == 0 ? null : $"[{string.Join(',', distinct)}]";
    }

    private static Fault NotAllowed(string place, int index, long id)
        => new("Not allowed", string.Create(CultureInfo.InvariantCulture, $"{place}[{index}]: case {id} belongs to a team that you may only read"));
}
