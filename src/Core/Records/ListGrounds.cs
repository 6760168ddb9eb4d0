using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>Tells whether the answer of a list is still the right one, by one read of the type's head that others share.</summary>
internal sealed class ListGrounds(PartitionSet partitions, RecordTypeCatalog catalog, CaseLinks cases, TimeProvider time)
{
    /// <summary>The right to read the type is checked first and as every list checks it, so that nothing is told to one who has lost it.</summary>
    public async Task<ListLook> LookAsync(Caller caller, ListGround ground, CancellationToken cancellationToken)
    {
        var id = ground.RecordTypeId;
        if (await catalog.FindAsync(id, cancellationToken) is not { } type || !caller.CanRead(type.TeamId)) return default;
        if (await partitions[RecordTypeRow.Address(id)].ReadHeadAsync(cancellationToken) is not { Deleting: false } head) return default;

        var holds = head.Version == ground.Version
            && !(ground.Until <= time.GetUtcNow())
            && await AreShownAlikeAsync(caller, ground.Cases, cancellationToken);
        return new ListLook(holds, new TypeHead(id, head));
    }

    /// <summary>The ground of a page, by what of its records' cases the caller was shown; null where a case changed its team over that.</summary>
    public static ListGround? Of(ListGround before, IReadOnlyList<RecordSnapshot> stored, IReadOnlyList<RecordSnapshot> shown)
    {
        if (stored.All(record => record.Record.CaseIds is null)) return before;
        var cases = new Dictionary<long, bool>();
        for (var i = 0; i < stored.Count; i++)
        {
            var visible = CaseLinks.Decode(shown[i].Record.CaseIds);
            foreach (var id in CaseLinks.Decode(stored[i].Record.CaseIds))
            {
                if (!cases.TryAdd(id, visible.Contains(id)) && cases[id] != visible.Contains(id)) return null;
            }
        }

        return before with { Cases = [.. cases.Select(listed => new ListedCase(listed.Key, listed.Value))] };
    }

    private async ValueTask<bool> AreShownAlikeAsync(Caller caller, IReadOnlyList<ListedCase> listed, CancellationToken cancellationToken)
    {
        for (var i = 0; i < listed.Count; i++)
        {
            if (await cases.IsShownAsync(caller, listed[i].Id, cancellationToken) != listed[i].IsShown) return false;
        }

        return true;
    }
}
