using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>Which types and records a caller may see and write (common.md, "Authentication"): what may not be read answers 404, what may only be read 403.</summary>
internal sealed class RecordAccess(RecordTypeCatalog catalog, IdBlocks blocks, IStorage storage, TimeProvider time)
{
    /// <summary>The type that the caller wants to create a record in, as this process knows it; a commit checks the definition again.</summary>
    public async ValueTask<Result<RecordType>> TypeToCreateInAsync(Caller caller, long typeId, CancellationToken cancellationToken)
    {
        if (await catalog.FindAsync(typeId, cancellationToken) is not { } type) return NoSuchType(typeId);
        return caller.CanCreate(type.TeamId) ? type : caller.CanRead(type.TeamId) ? MayNotWrite(type) : NoSuchType(typeId);
    }

    /// <summary>The type, as this process knows it; a commit checks the definition again.</summary>
    public async ValueTask<Result<RecordType>> TypeToWriteAsync(Caller caller, long typeId, CancellationToken cancellationToken)
    {
        if (await catalog.FindAsync(typeId, cancellationToken) is not { } type || !caller.CanRead(type.TeamId)) return NoSuchType(typeId);
        return caller.CanWrite(type.TeamId) ? type : MayNotWrite(type);
    }

    /// <summary>The id of the type that holds the records of this id, or null where there is none that the caller may read.</summary>
    public async ValueTask<RecordType?> TypeOfRecordAsync(Caller caller, long recordId, CancellationToken cancellationToken)
        => await blocks.PartitionOfAsync(recordId, cancellationToken) is { } address
            && await catalog.FindAsync(long.Parse(address.Key, CultureInfo.InvariantCulture), cancellationToken) is { } type
            && caller.CanRead(type.TeamId)
                ? type
                : null;

    /// <summary>Whether there is a record of this id in a team that is open.</summary>
    public async Task<bool> ExistsAsync(Func<long, bool> isOpen, long id, CancellationToken cancellationToken)
        => await blocks.PartitionOfAsync(id, cancellationToken) is { } address
            && await catalog.FindAsync(RecordTypeRow.IdOf(address), cancellationToken) is { } type
            && isOpen(type.TeamId)
            && await RowAsync(type, id, cancellationToken) is not null;

    /// <summary>The type of a record that the caller wants to change.</summary>
    public async ValueTask<Result<RecordType>> TypeOfRecordToWriteAsync(Caller caller, long recordId, CancellationToken cancellationToken)
    {
        if (await TypeOfRecordAsync(caller, recordId, cancellationToken) is not { } type) return NoSuchRecord(recordId);
        return caller.CanWrite(type.TeamId) ? type : MayNotWrite(type);
    }

    /// <summary>A record's row as storage has it; null where there is none and where it has expired, swept or not.</summary>
    public async Task<Row?> RowAsync(RecordType type, long id, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(type.Id);
        var row = await storage.Table(address.Table).GetAsync(address.Key, RecordRow.Key(id), cancellationToken);
        return row is not null && !RecordRows.IsExpired(type, row.Properties, time.GetUtcNow()) ? row : null;
    }

    public static Problem NoSuchType(long id) => Problem.NotFound("Record type", $"record_type_id: there is no record type {id}");

    public static Problem NoSuchRecord(long id) => Problem.NotFound("Record", $"There is no record {id}");

    private static Problem MayNotWrite(RecordType type)
        => Problem.Of(ProblemKind.Forbidden, "Not allowed", $"Writing records of record type {type.Id} takes the role editor in its team");
}
