using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// The records of a case (cases.md, "records"). A link is on the record's row, so linking commits there, and the case's copy follows before the answer. Linking and taking
/// apart take the right to write both; what is shown are the records that the caller may read. A singleton.
/// </summary>
public sealed class CaseRecords
{
    private readonly CaseDesk desk;
    private readonly CaseNeighbours neighbours;
    private readonly CaseInside inside;
    private readonly PartitionSet partitions;
    private readonly RecordTypeCatalog catalog;
    private readonly RecordLimits limits;
    private readonly RecordAccess access;

    /// <summary>Puts the parts together.</summary>
    public CaseRecords(
        CaseDesk desk, CaseNeighbours neighbours, CaseInside inside, PartitionSet partitions, RecordTypeCatalog catalog, IdBlocks blocks, RecordLimits limits, IStorage storage,
        TimeProvider time)
    {
        (this.desk, this.neighbours, this.inside, this.partitions, this.catalog, this.limits) = (desk, neighbours, inside, partitions, catalog, limits);
        access = new RecordAccess(catalog, blocks, storage, time);
    }

    /// <summary>A page of the records of a case, by id ascending.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<LinkedRecordList>> ListAsync(Caller caller, long caseId, long skip, int take, CancellationToken cancellationToken)
    {
        if (!(await inside.ListAsync(caller, caseId, PartKind.Record, newestFirst: false, cancellationToken)).Try(out var list, out var problem)) return problem;
        var readable = await neighbours.ReadableAsync(caller, list.Parts, cancellationToken);
        var page = readable.Skip((int)Math.Min(int.MaxValue, skip)).Take(take).ToArray();
        var found = await neighbours.Records.ReadAsync(caller, page.Select(CaseNeighbours.AddressOf), cancellationToken);
        return new LinkedRecordList([.. page.Where(part => found.ContainsKey(part.Id)).Select(part => found[part.Id])], readable.Count);
    }

    /// <summary>A record of a case; NotFound where it is not linked, or may not be read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<LinkedRecord>> GetAsync(Caller caller, long caseId, long recordId, CancellationToken cancellationToken)
    {
        if (!(await inside.GetAsync(caller, caseId, PartKind.Record, recordId, cancellationToken)).Try(out var found, out var problem)) return problem;
        var records = await neighbours.Records.ReadAsync(caller, [CaseNeighbours.AddressOf(found.Part)], cancellationToken);
        return records.TryGetValue(recordId, out var record) ? record : NotLinked(recordId);
    }

    /// <summary>Links a record to a case; one that is linked already stays so.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<Made<LinkedRecord>>> LinkAsync(Caller caller, long caseId, long recordId, Once? once, CancellationToken cancellationToken)
    {
        if (await RefuseToWriteAsync(caller, caseId, cancellationToken) is { } refusal) return refusal;
        var faults = new List<Fault>();
        var type = await FindToWriteAsync(caller, recordId, "record_id", faults, cancellationToken);
        if (type is null) return new Problem(ProblemKind.Invalid, faults);

        var committed = await CommitAsync<Made<RecordSnapshot>>(
            type.Id,
            async (scope, current, token) =>
            {
                if (await RecordRows.FindAsync(scope, current, recordId, token) is not { } image) return NoSuchRecord("record_id", recordId);
                if (once is not null)
                {
                    if (!(await once.FindAsync(scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return new Made<RecordSnapshot>(RecordSnapshot.Read(current, RecordRow.Key(recordId), image), Replayed: true);
                }

                var changed = CaseRecordWork.Change(scope, current, recordId, image, caseId, linked: true, caller.UserId, limits);
                if (!changed && !RecordCases.Of(image).Contains(caseId)) return RecordCases.TooMany("record_id", limits.CasesPerRecord);
                if (changed) once?.Remember(scope, "");
                return new Made<RecordSnapshot>(RecordSnapshot.Read(current, RecordRow.Key(recordId), image), Replayed: false);
            },
            cancellationToken);
        if (!committed.Try(out var made, out var problem)) return problem.Kind == ProblemKind.NotFound ? NoSuchRecord("record_id", recordId) : problem;
        return new Made<LinkedRecord>(LinkedRecords.Show(made.Value), made.Replayed);
    }

    /// <summary>Takes a record from a case.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Problem?> UnlinkAsync(Caller caller, long caseId, long recordId, CancellationToken cancellationToken)
    {
        if (await RefuseToWriteAsync(caller, caseId, cancellationToken) is { } refusal) return refusal;
        if (await access.TypeOfRecordAsync(caller, recordId, cancellationToken) is not { } type) return NotLinked(recordId);
        if (!caller.CanWrite(type.TeamId)) return Refusals.Forbidden("Taking a record from a case takes the role editor in the record's team too");

        var committed = await CommitAsync<bool>(
            type.Id,
            async (scope, current, token) => await RecordRows.FindAsync(scope, current, recordId, token) is { } image
                && CaseRecordWork.Change(scope, current, recordId, image, caseId, linked: false, caller.UserId, limits)
                    ? true
                    : NotLinked(recordId),
            cancellationToken);
        return committed.Problem is { Kind: ProblemKind.NotFound } ? NotLinked(recordId) : committed.Problem;
    }

    /// <summary>Finds what is wrong with links that are asked for at a case: records that are not there or that the caller may not write, and more than one request takes.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    internal async Task CheckAsync(Caller caller, IReadOnlyList<long> recordIds, bool adding, string place, List<Fault> faults, CancellationToken cancellationToken)
    {
        if (recordIds.Count > MostPerRequest)
        {
            faults.Add(new Fault("Too many records", string.Create(CultureInfo.InvariantCulture, $"{place}: at most {MostPerRequest} are taken at once")));
            return;
        }

        for (var i = 0; i < recordIds.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{place}[{i}]");
            var none = new List<Fault>();
            var type = await FindToWriteAsync(caller, recordIds[i], at, none, cancellationToken);
            if (adding && type is not null && await access.RowAsync(type, recordIds[i], cancellationToken) is null) none.AddRange(NoSuchRecord(at, recordIds[i]).Faults);

            // What is not there is not linked either.
            if (adding || (type is null && none.Any(fault => fault.Message == MayNotWrite))) faults.AddRange(none);
        }
    }

    /// <summary>Records that one request about a case links or takes away at most.</summary>
    private const int MostPerRequest = 100;

    private const string MayNotWrite = "Not allowed";

    private async Task<RecordType?> FindToWriteAsync(Caller caller, long recordId, string place, List<Fault> faults, CancellationToken cancellationToken)
    {
        if (await access.TypeOfRecordAsync(caller, recordId, cancellationToken) is not { } type)
        {
            faults.AddRange(NoSuchRecord(place, recordId).Faults);
            return null;
        }

        if (caller.CanWrite(type.TeamId)) return type;
        faults.Add(new Fault(MayNotWrite, string.Create(CultureInfo.InvariantCulture, $"{place}: record {recordId} belongs to a team that you may only read")));
        return null;
    }

    private async Task<Problem?> RefuseToWriteAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => await desk.LocateAsync(caseId, cancellationToken) is { } team ? CaseDesk.RefuseToWrite(caller, team, caseId) : CaseDesk.NoSuchCase(caseId);

    private Task<Result<T>> CommitAsync<T>(
        long typeId, Func<OperationScope, RecordType, CancellationToken, ValueTask<Result<T>>> operation, CancellationToken cancellationToken)
        => partitions[RecordTypeRow.Address(typeId)].CommitAsync<T>(
            async (scope, token) => await operation(scope, await catalog.OfAsync(scope, typeId, token), token), cancellationToken);

    private static Problem NoSuchRecord(string place, long id)
        => Problem.Invalid("Record not found", string.Create(CultureInfo.InvariantCulture, $"{place}: there is no record {id}"));

    private static Problem NotLinked(long id) => CaseInside.NoSuchPart(PartKind.Record, id);
}

/// <summary>A page of the records of a case.</summary>
/// <param name="Records">The records of the page.</param>
/// <param name="Total">How many the caller may read, on this page or not.</param>
public sealed record LinkedRecordList(IReadOnlyList<LinkedRecord> Records, long Total);
