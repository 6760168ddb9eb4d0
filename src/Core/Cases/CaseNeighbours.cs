using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// What other partitions have of a case: the records and the cases that are linked to it, as far as the caller may read them. It costs a look at one head for every
/// record type and every team that is met in all the cases of an answer (for up to eight records of a type whose replica is cold: their rows beside it), and nothing where
/// nothing is linked. A singleton.
/// </summary>
public sealed class CaseNeighbours(CaseDesk desk, ReplicaSet replicas, RecordTypeCatalog catalog, IStorage storage, TimeProvider time)
{
    /// <summary>Records that a case is shown with; its list of records has all.</summary>
    private const int MostRecords = 50;

    private const int Hops = 8;

    private readonly LinkedRecords records = new(catalog, replicas, storage, time);

    internal LinkedRecords Records => records;

    /// <summary>A case with what is linked.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<CaseView> FillAsync(Caller caller, CaseView view, CancellationToken cancellationToken) => (await FillAsync(caller, [view], cancellationToken))[0];

    /// <summary>Cases with what is linked to each.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<IReadOnlyList<CaseView>> FillAsync(Caller caller, IReadOnlyList<CaseView> views, CancellationToken cancellationToken)
    {
        if (!views.Any(view => view.Case.Of(PartKind.Record).Concat(view.Case.Of(PartKind.Link)).Any())) return views;

        var names = await NamesAsync(caller, views.SelectMany(view => view.Case.Of(PartKind.Link)).Select(link => link.Id), cancellationToken);
        var shown = new Dictionary<long, IReadOnlyList<CasePart>>();
        foreach (var view in views) shown[view.Case.Id] = await ReadableAsync(caller, view.Case.Of(PartKind.Record), cancellationToken);
        var found = await records.ReadAsync(caller, shown.Values.SelectMany(parts => parts.Take(MostRecords)).Select(AddressOf), cancellationToken);
        return [.. views.Select(view => view with
        {
            Linked = view.Case.Of(PartKind.Link).Where(link => names.ContainsKey(link.Id)).ToDictionary(link => link.Id, link => names[link.Id]),
            Records = [.. shown[view.Case.Id].Take(MostRecords).Where(part => found.ContainsKey(part.Id)).Select(part => found[part.Id])],
            RecordCount = shown[view.Case.Id].Count,
        })];
    }

    /// <summary>The names of cases that are there and that the caller may read, by their ids.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal async Task<IReadOnlyDictionary<long, string>> NamesAsync(Caller caller, IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var names = new Dictionary<long, string>();
        var wanted = new List<(long Team, long Id)>();
        foreach (var id in ids.Distinct())
        {
            if (await desk.TeamOfAsync(id, cancellationToken) is { } team) wanted.Add((team, id));
        }

        for (var hop = 0; hop < Hops && wanted.Count > 0; hop++)
        {
            var left = new List<long>();
            foreach (var team in wanted.GroupBy(each => each.Team, each => each.Id))
            {
                // A case that has left a team that may not be read is read where it is now.
                var opened = await replicas.OpenAsync(CaseRow.Address(team.Key), cancellationToken);
                if (!opened.Try(out var lease, out var problem))
                {
                    if (problem.Kind == ProblemKind.NotFound) continue;
                    throw new StorageUnavailableException(problem.Faults[0].Message);
                }

                using (lease)
                {
                    if (!new CaseQueries(lease, team.Key).Names([.. team], cancellationToken).Try(out var found, out problem))
                        throw new StorageUnavailableException(problem.Faults[0].Message);
                    foreach (var (id, name, to) in found)
                    {
                        if (to is not null) left.Add(id);
                        else if (caller.CanRead(team.Key)) names[id] = name;
                    }
                }
            }

            // Which waits for a case that is on its way.
            wanted = [.. (await desk.LocateAsync(left, cancellationToken)).Where(each => each.Value is not null).Select(each => (each.Value!.Value, each.Key))];
        }

        return names;
    }

    /// <summary>The parts among these of records that the caller may read, whether they have gone meanwhile or not.</summary>
    internal async Task<IReadOnlyList<CasePart>> ReadableAsync(Caller caller, IEnumerable<CasePart> parts, CancellationToken cancellationToken)
    {
        var readable = new List<CasePart>();
        foreach (var part in parts)
        {
            if (await records.MayReadAsync(caller, AddressOf(part).TypeId, cancellationToken)) readable.Add(part);
        }

        return readable;
    }

    internal static (long TypeId, long Id) AddressOf(CasePart part) => (part.Number(CopyRow.RecordType) ?? 0, part.Id);
}
