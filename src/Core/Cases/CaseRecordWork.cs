using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;

namespace Casefile.Core.Cases;

/// <summary>Does what links between records and cases owe, on either side (<see cref="RecordCases"/>, <see cref="CaseCopies"/>).</summary>
public sealed class CaseRecordWork(
    PartitionSet partitions, RecordTypeCatalog catalog, CaseDesk desk, IdBlocks blocks, RecordLimits limits, IStorage storage, TimeProvider time) : IOwedWorkHandler
{
    private const int AtOnce = 8;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [RecordCasesWork.Kind, TypeCasesWork.Kind, CaseRecordsWork.Kind];

    /// <inheritdoc/>
    public Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken) => work.Kind switch
    {
        RecordCasesWork.Kind => CopyAsync(JsonSerializer.Deserialize<RecordCasesWork>(work.Payload)!, cancellationToken),
        TypeCasesWork.Kind => LeaveAsync(JsonSerializer.Deserialize<TypeCasesWork>(work.Payload)!, cancellationToken),
        _ => AskAsync(owner, version, JsonSerializer.Deserialize<CaseRecordsWork>(work.Payload)!, cancellationToken),
    };

    /// <summary>Takes a record from a case that is no more. Harmless where it is not linked, and where the record is gone.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer; it is to be tried again.</exception>
    internal Task ForgetAsync(long typeId, long record, long caseId, CancellationToken cancellationToken)
        => CommitAsync(
            typeId,
            async (scope, type, token) =>
            {
                // Expired or not: a longer time to live brings back what no sweep has reached yet.
                if (await scope.GetAsync(RecordRow.Key(record), token) is not { } row) return false;
                var image = new Dictionary<string, object>(row.Properties, StringComparer.Ordinal);
                if (!RecordCases.Forget(image, caseId)) return false;
                RecordRows.Change(scope, type, record, (long)image[RecordRow.Updated], image);
                return true;
            },
            cancellationToken);

    private async Task CopyAsync(RecordCasesWork work, CancellationToken cancellationToken)
    {
        var added = work.Added;
        if (added.Count > 0 && time.GetUtcNow() - work.At > CaseCopies.Reliable) added = [.. added.Intersect(await CasesNowAsync(work, cancellationToken))];
        var cases = added.Select(id => (Id: id, Linked: true)).Concat(work.Removed.Select(id => (Id: id, Linked: false)));

        // At the same time, so that those of one team share a commit.
        await Abreast.RunAsync(
            cases,
            AtOnce,
            async each => await CopyAsync(work, each.Id, each.Linked, cancellationToken));
    }

    private async Task CopyAsync(RecordCasesWork work, long caseId, bool linked, CancellationToken cancellationToken)
    {
        var there = await desk.BringAsync(
            caseId,
            async (edit, token) =>
            {
                if (!await CaseCopies.BringAsync(edit, PartKind.Record, work.Record, work.Version, linked, image => image[CopyRow.RecordType] = work.RecordType, token)) return;
                await CaseCopies.TellAsync(edit, linked ? ActivityType.RecordAdded : ActivityType.RecordRemoved, work.Record, work.UserId, token);
            },
            cancellationToken);
        if (!there && linked) await ForgetAsync(work.RecordType, work.Record, caseId, cancellationToken);
    }

    /// <summary>
    /// The cases that the record names now. Whatever it has left since owed work of its own; once that is done and what it left behind forgotten, work that comes later
    /// still would bring the link back.
    /// </summary>
    private async Task<IReadOnlyList<long>> CasesNowAsync(RecordCasesWork work, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(work.RecordType);
        if (await partitions[address].ReadHeadAsync(cancellationToken) is not { Deleting: false }) return [];
        return await storage.Table(address.Table).GetAsync(address.Key, RecordRow.Key(work.Record), cancellationToken) is { } row ? RecordCases.Of(row.Properties) : [];
    }

    /// <summary>The records of a deleted type leave their cases: their rows stay until this is done.</summary>
    private async Task LeaveAsync(TypeCasesWork work, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(work.RecordType);
        var range = RowRange.Prefix(address.Key, RecordRow.Prefix);
        while (true)
        {
            var page = await storage.Table(address.Table).ReadAsync(range, cancellationToken);
            await Abreast.RunAsync(
            page.Rows.Where(row => row.Properties.ContainsKey(RecordRow.Cases)),
            AtOnce,
            async row => await CopyAsync(RecordCases.Left(work.RecordType, RowKeys.LastNumber(row.RowKey), row.Properties, work.UserId, work.At), cancellationToken));
            if (page.Continuation is null) return;
            range = range with { Continuation = page.Continuation };
        }
    }

    /// <summary>
    /// Has records do what was asked for at a case. Each remembers for a day that it has, so that what comes twice does not link anew what has been taken apart since. A
    /// record that is gone or full meanwhile stays as it is.
    /// </summary>
    private async Task AskAsync(PartitionAddress owner, long version, CaseRecordsWork work, CancellationToken cancellationToken)
    {
        var records = work.Added.Select(id => (Id: id, Linked: true)).Concat(work.Removed.Select(id => (Id: id, Linked: false)));
        await Abreast.RunAsync(
            records,
            AtOnce,
            async each =>
            {
                if (await blocks.PartitionOfAsync(each.Id, cancellationToken) is not { } address) return;
                var once = new Once(0, $"{CaseRecordsWork.Kind}/{owner.Table}/{owner.Key}", string.Create(CultureInfo.InvariantCulture, $"{version}/{each.Id}/{each.Linked}"), []);
                await CommitAsync(
                    long.Parse(address.Key, CultureInfo.InvariantCulture),
                    async (scope, type, commit) =>
                    {
                        if (!(await once.FindAsync(scope, commit)).Try(out var before, out var conflict)) return conflict;
                        if (before is not null || await RecordRows.FindAsync(scope, type, each.Id, commit) is not { } image) return false;
                        if (!Change(scope, type, each.Id, image, work.Case, each.Linked, work.UserId, limits)) return false;
                        once.Remember(scope, "");
                        return true;
                    },
                    cancellationToken);
            });
    }

    /// <summary>Links a record to a case, or takes it from it, within an operation.</summary>
    /// <returns>False where it is so already, or where the record has as many cases as it may.</returns>
    internal static bool Change(
        OperationScope scope, RecordType type, long record, Dictionary<string, object> image, long caseId, bool linked, long userId, RecordLimits limits)
    {
        if (linked && RecordCases.Of(image).Count >= limits.CasesPerRecord) return false;
        if (!RecordCases.Change(scope, type.Id, record, image, linked ? [caseId] : [], linked ? [] : [caseId], userId)) return false;
        var updatedBefore = (long)image[RecordRow.Updated];
        image[RecordRow.Updated] = scope.Now.ToUnixTimeMilliseconds();
        RecordRows.Change(scope, type, record, updatedBefore, image);
        if (type.Ttl is { } ttl) scope.DueBy(DueKind.Retention, scope.Now + ttl);
        return true;
    }

    /// <summary>Commits in a type's partition; a type that is gone leaves nothing to be done.</summary>
    private async Task CommitAsync(
        long typeId, Func<OperationScope, RecordType, CancellationToken, ValueTask<Result<bool>>> operation, CancellationToken cancellationToken)
    {
        var result = await partitions[RecordTypeRow.Address(typeId)].CommitAsync<bool>(
            async (scope, token) => await operation(scope, await catalog.OfAsync(scope, typeId, token), token), cancellationToken);
        if (result.Problem is { Kind: not ProblemKind.NotFound } problem)
            throw new StorageUnavailableException($"A link of a record of type {typeId} could not be brought up: {problem.Kind}.");
    }
}
