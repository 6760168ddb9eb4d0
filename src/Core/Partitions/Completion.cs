namespace Casefile.Core.Partitions;

/// <summary>How those who wait are told: never on the stack of who tells them.</summary>
internal static class Completion
{
    /// <summary>
    /// A completion source for the caller. Where a synchronization context says what runs when, it is the one to run what follows; a detour over the
    /// thread pool would only take the order out of its hands.
    /// </summary>
    public static TaskCompletionSource<T> New<T>()
        => new(SynchronizationContext.Current is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
}
