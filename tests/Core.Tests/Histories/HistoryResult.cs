namespace Casefile.Core.Tests.Histories;

/// <summary>What a history came to.</summary>
/// <param name="Events">What happened, in order.</param>
/// <param name="Calls">Calls of clients, timers included.</param>
/// <param name="Commits">Commits to record types.</param>
/// <param name="Lists">Lists that were held against the rows.</param>
/// <param name="Requests">Requests to storage.</param>
internal sealed record HistoryResult(IReadOnlyList<string> Events, long Calls, long Commits, long Lists, long Requests);

/// <summary>What a run of histories came to.</summary>
/// <param name="Histories">How many were played.</param>
/// <param name="Calls">Calls of all.</param>
/// <param name="Commits">Commits of all.</param>
/// <param name="Lists">Lists of all.</param>
/// <param name="Requests">Requests of all.</param>
/// <param name="Failed">The first that failed, by its seed; null where none did.</param>
internal sealed record HistoryTally(int Histories, long Calls, long Commits, long Lists, long Requests, FailedHistory? Failed);

/// <summary>A history that failed.</summary>
internal sealed record FailedHistory(HistoryScript Script, string Failure);
