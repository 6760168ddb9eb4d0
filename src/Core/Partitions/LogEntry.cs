namespace Casefile.Core.Partitions;

/// <summary>What one commit did: its operations' changes of data rows, in their order.</summary>
/// <param name="Version">The commit's number.</param>
/// <param name="CommitId">Tells a commit from another that tried the same version.</param>
/// <param name="At">The commit's timestamp, Unix milliseconds.</param>
/// <param name="Changes">Every change, in order; a row changed twice is here twice.</param>
public sealed record LogEntry(long Version, Guid CommitId, long At, IReadOnlyList<RowChange> Changes);

/// <summary>A change of one data row: its new image, or its removal.</summary>
/// <param name="RowKey">Which row.</param>
/// <param name="Image">The row's properties after the change; null when it was deleted.</param>
public sealed record RowChange(string RowKey, IReadOnlyDictionary<string, object>? Image);
