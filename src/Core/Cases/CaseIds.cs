using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Cases;

/// <summary>
/// Ids of cases, and of everything inside and around them (activities, notes, tags…), which share one sequence. Each is unique in the tenant, grows in the order of its
/// partition's commits, and leads to the team that it was given in.
/// </summary>
public sealed class CaseIds
{
    private readonly IdBlocks cases;
    private readonly IdBlocks parts;
    private readonly IdSequence caseIds;
    private readonly IdSequence partIds;

    /// <summary>Over the directory in storage.</summary>
    public CaseIds(IStorage storage, PartitionOptions options)
    {
        cases = new IdBlocks(storage, options, "cases");
        parts = new IdBlocks(storage, options, "parts");
        caseIds = new IdSequence(cases, CaseCounters.NextCase, CaseCounters.CaseBlockEnd, CaseCounters.CaseBlockSize);
        partIds = new IdSequence(parts, CaseCounters.NextPart, CaseCounters.PartBlockEnd, CaseCounters.PartBlockSize);
    }

    /// <summary>The id of a new case.</summary>
    /// <exception cref="StorageUnavailableException">A new block was needed, and storage did not answer.</exception>
    public ValueTask<long> TakeCaseAsync(OperationScope scope, CancellationToken cancellationToken) => caseIds.TakeAsync(scope, cancellationToken);

    /// <summary>The id of something inside or around a case.</summary>
    /// <exception cref="StorageUnavailableException">A new block was needed, and storage did not answer.</exception>
    public ValueTask<long> TakePartAsync(OperationScope scope, CancellationToken cancellationToken) => partIds.TakeAsync(scope, cancellationToken);

    /// <summary>The team that a case was made in, wherever it is now; null for an id that was never given.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public ValueTask<long?> TeamOfCaseAsync(long id, CancellationToken cancellationToken) => TeamAsync(cases, id, cancellationToken);

    /// <summary>The team that a tag, a case input and the like was made in; null for an id that was never given.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public ValueTask<long?> TeamOfPartAsync(long id, CancellationToken cancellationToken) => TeamAsync(parts, id, cancellationToken);

    private static async ValueTask<long?> TeamAsync(IdBlocks blocks, long id, CancellationToken cancellationToken)
        => await blocks.PartitionOfAsync(id, cancellationToken) is { } address ? long.Parse(address.Key, CultureInfo.InvariantCulture) : null;
}
