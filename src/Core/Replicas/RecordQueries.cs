using Casefile.Core.Records;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Replicas;

/// <summary>
/// Questions about the records of a type, answered from a lease on its partition and so all of one version. Answers are Unavailable when the
/// replica turned out to be broken (it is being built anew), TimedOut past the time limit, Invalid when the filter is too large.
/// <c>expiredBefore</c> hides what is expired: rows whose age (<see cref="RecordType.Retention"/>) began at or before it; null hides nothing.
/// </summary>
/// <param name="lease">The partition of a record type. It stays the caller's.</param>
public sealed class RecordQueries(ReplicaLease lease)
{
    /// <summary>The definition at the lease's version.</summary>
    public RecordType Type => throw new NotImplementedException($"{lease}");

    /// <summary>A page of records with the number of all that match.</summary>
    /// <param name="selection">Which records.</param>
    /// <param name="order">In what order.</param>
    /// <param name="skip">How many to pass over; past the end there are no rows, but the total all the same.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="expiredBefore">Hides what is expired.</param>
    /// <param name="fields">The custom fields to read; null for all of the type.</param>
    /// <param name="cancellationToken">Ends the query with an <see cref="OperationCanceledException"/>.</param>
    public Result<RecordPage> List(
        RecordSelection selection,
        RecordOrder order,
        long skip,
        int take,
        DateTimeOffset? expiredBefore,
        IReadOnlyList<RecordField>? fields = null,
        CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>The records that follow a position in an order, at the same cost however far it is from the start.</summary>
    /// <param name="selection">Which records.</param>
    /// <param name="order">In what order.</param>
    /// <param name="after">The position, or null to begin.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="expiredBefore">Hides what is expired.</param>
    /// <param name="fields">The custom fields to read; null for all of the type.</param>
    /// <param name="cancellationToken">Ends the query with an <see cref="OperationCanceledException"/>.</param>
    public Result<RecordRun> ListAfter(
        RecordSelection selection,
        RecordOrder order,
        RecordPosition? after,
        int take,
        DateTimeOffset? expiredBefore,
        IReadOnlyList<RecordField>? fields = null,
        CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>How many records match.</summary>
    public Result<long> Count(RecordSelection selection, DateTimeOffset? expiredBefore, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>Functions over groups of records.</summary>
    /// <param name="aggregation">The functions and the groups.</param>
    /// <param name="selection">Which records.</param>
    /// <param name="expiredBefore">Hides what is expired.</param>
    /// <param name="timeout">After this time the answer is TimedOut.</param>
    /// <param name="cancellationToken">Ends the query with an <see cref="OperationCanceledException"/>.</param>
    public Result<AggregateResult> Aggregate(
        Aggregation aggregation,
        RecordSelection selection,
        DateTimeOffset? expiredBefore,
        TimeSpan timeout,
        CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>
    /// The ids of matching records, ascending: what an upsert needs, beside <see cref="ReplicaLease.Version"/> to see in its commit
    /// that nothing came between.
    /// </summary>
    public Result<IReadOnlyList<long>> FindIds(RecordSelection selection, int take, DateTimeOffset? expiredBefore, CancellationToken cancellationToken = default)
        => throw new NotImplementedException();

    /// <summary>The ids of records whose field has this value, live and test ones, ascending.</summary>
    /// <param name="field">A custom field other than ARTIFACT and JSON, or a default field.</param>
    /// <param name="value">The value in its stored form (<see cref="RecordRow"/>).</param>
    /// <param name="take">How many at most.</param>
    /// <param name="expiredBefore">Hides what is expired.</param>
    /// <param name="cancellationToken">Ends the query with an <see cref="OperationCanceledException"/>.</param>
    public Result<IReadOnlyList<long>> FindByField(RecordField field, object value, int take, DateTimeOffset? expiredBefore, CancellationToken cancellationToken = default)
        => FindIds(new RecordSelection(new Filter.Comparison(field, FilterOperator.Equal, [value]), TestMode: null), take, expiredBefore, cancellationToken);
}
