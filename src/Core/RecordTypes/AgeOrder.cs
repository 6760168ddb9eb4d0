using Casefile.Core.Partitions;

namespace Casefile.Core.RecordTypes;

/// <summary>
/// Whether the <c>age-</c> rows of a type are what its definition asks for. Changing the retention column of a type that holds records
/// makes them stale: they are cleared and built anew in chunks, as owed work, and three counters of the head say how far that is.
/// Under UPDATED_AT, nothing may be evicted or swept while <see cref="IsComplete"/> does not hold.
/// </summary>
public static class AgeOrder
{
    /// <summary>The kind of <see cref="OwedWork"/> that brings the rows up. It has no payload.</summary>
    public const string Work = "age-order";

    /// <summary>Counter: the <see cref="AgePhase"/>.</summary>
    public const string Phase = "agephase";

    /// <summary>Counter: while building, every record below this id has its row.</summary>
    public const string BuiltBelow = "agebuilt";

    /// <summary>Counter: while building, every record from this id on gets its row from the commit that writes it.</summary>
    public const string BuildEnd = "ageend";

    /// <summary>Whether the rows are complete, or not asked for. A create that would have to evict is refused as unavailable until then.</summary>
    public static bool IsComplete(OperationScope scope) => scope[Phase] == (long)AgePhase.Complete;

    /// <summary>Whether an operation on a record keeps the record's <c>age-</c> row: adds it, moves it, deletes it.</summary>
    public static bool Keeps(OperationScope scope, RecordType type, long recordId)
        => type.Retention == RetentionColumn.UpdatedAt && (AgePhase)scope[Phase] switch
        {
            AgePhase.Complete => true,
            AgePhase.Building => recordId < scope[BuiltBelow] || recordId >= scope[BuildEnd],
            _ => false,
        };
}

/// <summary>How far the <c>age-</c> rows of a type are.</summary>
public enum AgePhase
{
    /// <summary>Every record has its row under UPDATED_AT, none has one under CREATED_AT.</summary>
    Complete = 0,

    /// <summary>Rows of an earlier definition are being deleted; no operation touches any.</summary>
    Clearing = 1,

    /// <summary>Rows are being added in the order of ids.</summary>
    Building = 2,
}
