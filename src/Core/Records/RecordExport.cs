using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;

namespace Casefile.Core.Records;

/// <summary>
/// Records of one version of their type, read page by page from a replica, so that any number takes the memory of one page. It keeps the replica's
/// version alive: dispose it soon. Not for several callers at once.
/// </summary>
public sealed class RecordExport : IDisposable
{
    private const int PageSize = 200;

    private readonly ReplicaLease lease;
    private readonly RecordQueries queries;
    private readonly RecordSelection selection;
    private readonly RecordOrder order;
    private readonly DateTimeOffset? expiredBefore;
    private RecordPosition? position;
    private bool ended;

    internal RecordExport(
        ReplicaLease lease, RecordQueries queries, IReadOnlyList<RecordField> fields, RecordSelection selection, RecordOrder order, DateTimeOffset? expiredBefore)
    {
        (this.lease, this.queries, this.selection, this.order, this.expiredBefore) = (lease, queries, selection, order, expiredBefore);
        Fields = fields;
    }

    /// <summary>The definition.</summary>
    public RecordType Type => queries.Type;

    /// <summary>The fields to show, default ones included, in their order.</summary>
    public IReadOnlyList<RecordField> Fields { get; }

    /// <summary>The version that is read: what changed since then is in the changes after it.</summary>
    public long Version => lease.Version;

    /// <summary>The next records; none when all have been read.</summary>
    /// <returns>A refusal as of <see cref="RecordQueries"/>; the export cannot go on then.</returns>
    public Result<IReadOnlyList<RecordSnapshot>> Next(CancellationToken cancellationToken)
    {
        if (ended) return Array.Empty<RecordSnapshot>();
        return queries.ListAfter(selection, order, position, PageSize, expiredBefore, null, cancellationToken).Map<IReadOnlyList<RecordSnapshot>>(run =>
        {
            position = run.Next;
            ended = run.Next is null;
            return [.. run.Rows.Select(row => new RecordSnapshot(Type, row, row.Version, null, HasChildren: false))];
        });
    }

    /// <inheritdoc/>
    public void Dispose() => lease.Dispose();
}
