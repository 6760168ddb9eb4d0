using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;

namespace Casefile.Core.Records;

/// <summary>Does what links between partitions owe (<see cref="RecordLinks"/>).</summary>
public sealed class RecordLinkWork(PartitionSet partitions, RecordTypeCatalog catalog, IStorage storage) : IOwedWorkHandler
{
    private readonly RecordAncestry ancestry = new(storage);

    /// <summary>Children that lose their parent in one commit: three rows each at most.</summary>
    private const int OrphansPerCommit = 25;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [LinkWork.Kind, AdoptWork.Kind, OrphanWork.Kind];

    /// <inheritdoc/>
    public Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken) => work.Kind switch
    {
        LinkWork.Kind => LinkAsync(JsonSerializer.Deserialize<LinkWork>(work.Payload)!, cancellationToken),
        AdoptWork.Kind => AdoptAsync(JsonSerializer.Deserialize<AdoptWork>(work.Payload)!, cancellationToken),
        _ => OrphanAsync(JsonSerializer.Deserialize<OrphanWork>(work.Payload)!, cancellationToken),
    };

    private async Task LinkAsync(LinkWork work, CancellationToken cancellationToken)
    {
        if (work.Linked && !await IsCurrentAsync(work, cancellationToken)) return;

        var copied = await CommitAsync(
            work.ParentType,
            async (scope, type, token) => await RecordLinks.CopyAsync(scope, type, work, token),
            cancellationToken);
        if (!work.Linked) return;

        // Of two calls that make a cycle together, the one whose work runs later finds it here.
        var isCycle = copied && await ancestry.CheckAsync(null, work.Child, new RecordAddress(work.Parent, work.ParentType), "", cancellationToken) is not null;
        if (!copied || isCycle)
            await ChangeParentAsync(work.Child, work.ChildType, work.Version, null, cancellationToken);
    }

    /// <summary>
    /// Whether the child still says so. Its next change of parent, or its end, owes work of its own; once that is done and its tombstone forgotten, work
    /// that comes later still would bring the link back.
    /// </summary>
    private async Task<bool> IsCurrentAsync(LinkWork work, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(work.ChildType);
        var row = await storage.Table(address.Table).GetAsync(address.Key, RecordRow.Key(work.Child), cancellationToken);
        return row is not null && RecordLinks.VersionOf(row.Properties) == work.Version;
    }

    private async Task AdoptAsync(AdoptWork work, CancellationToken cancellationToken)
    {
        var parent = new RecordAddress(work.Parent, work.ParentType);
        await ChangeParentAsync(work.Child, work.ChildType, work.Seen, work.Adopt ? parent : null, cancellationToken);
    }

    /// <summary>Changes the parent of a record whose link is still the one of this version; another one is newer than the work, and stands.</summary>
    private Task<bool> ChangeParentAsync(long child, long childType, long seen, RecordAddress? parent, CancellationToken cancellationToken)
        => CommitAsync(
            childType,
            async (scope, type, token) =>
            {
                // Expired or not: a longer time to live brings back what no sweep has reached yet, and this work is done only once.
                if (await scope.GetAsync(RecordRow.Key(child), token) is not { } row || RecordLinks.VersionOf(row.Properties) != seen) return true;
                var image = new Dictionary<string, object>(row.Properties, StringComparer.Ordinal);
                var updated = (long)image[RecordRow.Updated];
                var changed = await RecordLinks.SetParentAsync(scope, type, child, image, parent, token);

                // The only refusal is a parent that has gone meanwhile, and then there is nothing to link to.
                if (changed is { Problem: null, Value: true }) RecordRows.Change(scope, type, child, updated, image);
                return true;
            },
            cancellationToken);

    private async Task OrphanAsync(OrphanWork work, CancellationToken cancellationToken)
    {
        for (var more = true; more;)
        {
            more = await CommitAsync(
                work.ParentType,
                async (scope, type, token) =>
                {
                    var rows = await scope.ReadAsync(RecordLinks.ChildrenOf(work.Parent), OrphansPerCommit, token);
                    foreach (var row in rows)
                    {
                        scope.Delete(row.RowKey);
                        scope[RecordCounters.Children]--;
                        var link = RecordLinks.Read(row, type.Id);
                        if (link.Gone) continue;
                        if (link.TypeId != type.Id) scope.Owe(new AdoptWork(work.Parent, work.ParentType, link.Id, link.TypeId, link.Version, Adopt: false).ToOwed());
                        else await ForgetParentAsync(scope, type, link.Id, work.Parent, token);
                    }

                    return rows.Count == OrphansPerCommit;
                },
                cancellationToken);
        }
    }

    private static async ValueTask ForgetParentAsync(OperationScope scope, RecordType type, long child, long parent, CancellationToken cancellationToken)
    {
        if (await scope.GetAsync(RecordRow.Key(child), cancellationToken) is not { } row || row.Integer(RecordRow.Parent) != parent) return;
        var image = new Dictionary<string, object>(row.Properties, StringComparer.Ordinal)
        {
            [RecordRow.ParentVersion] = RecordLinks.VersionOf(row.Properties) + 1,
        };
        image.Remove(RecordRow.Parent);
        RecordRows.Change(scope, type, child, (long)image[RecordRow.Updated], image);
    }

    /// <summary>Commits in a type's partition; false where the type is gone and nothing can be done.</summary>
    private async Task<bool> CommitAsync(
        long typeId, Func<OperationScope, RecordType, CancellationToken, ValueTask<Result<bool>>> operation, CancellationToken cancellationToken)
    {
        var result = await partitions[RecordTypeRow.Address(typeId)].CommitAsync<bool>(
            async (scope, token) => await operation(scope, await catalog.OfAsync(scope, typeId, token), token),
            cancellationToken);
        if (result.Try(out var done, out var problem)) return done;
        return problem.Kind == ProblemKind.NotFound
            ? false
            : throw new StorageUnavailableException($"A link in record type {typeId} could not be brought up: {problem.Kind}.");
    }
}
