using Casefile.Core.Partitions;

namespace Casefile.Core.Records;

/// <summary>
/// What the answer of a list hangs on beside its question: while all of it holds, the same question has the same answer, for whoever may read the type
/// (<see cref="RecordStore.LookAsync"/>).
/// </summary>
/// <param name="RecordTypeId">The type.</param>
/// <param name="Version">The version of its partition.</param>
/// <param name="Until">When the next of its records expires; null where none will.</param>
/// <param name="Cases">The cases of the records on the page, and whether the caller was shown them.</param>
public sealed record ListGround(long RecordTypeId, long Version, DateTimeOffset? Until, IReadOnlyList<ListedCase> Cases);

/// <summary>A case that a record of a list is linked to.</summary>
/// <param name="Id">The case.</param>
/// <param name="IsShown">Whether the answer names it.</param>
public readonly record struct ListedCase(long Id, bool IsShown);

/// <summary>What a look at a list's ground found.</summary>
/// <param name="Holds">Whether the answer is still the right one for the caller.</param>
/// <param name="Newest">The type's head, read after the look was asked for; null where it was not read, or there is none.</param>
public readonly record struct ListLook(bool Holds, TypeHead? Newest);

/// <summary>The head of a record type's partition.</summary>
/// <param name="RecordTypeId">The type.</param>
/// <param name="Head">Its head.</param>
public sealed record TypeHead(long RecordTypeId, Head Head);
