using System.Runtime.CompilerServices;

namespace Casefile.Testing.Simulation;

/// <summary>
/// The way of a request to the simulated storage or back, to be awaited: others run meanwhile. It is an awaiter of its own because every request takes two of
/// them, and a task with its state machine for each was a good part of what a history costs.
/// </summary>
/// <param name="delay">The time that it takes; null where it takes none.</param>
/// <param name="pauses">How often others are to be drawn first.</param>
/// <param name="cancellationToken">Ends the request at the end of the way.</param>
internal readonly struct Travel(Task? delay, int pauses, CancellationToken cancellationToken) : ICriticalNotifyCompletion
{
    private static readonly SendOrPostCallback Continue = static state => ((Action)state!)();

    public bool IsCompleted => delay is { IsCompleted: true };

    public Travel GetAwaiter() => this;

    public void GetResult()
    {
        delay?.GetAwaiter().GetResult();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        if (delay is not null) delay.GetAwaiter().UnsafeOnCompleted(continuation);
        else if (SynchronizationContext.Current is SimulatedOrder order) order.Post(Continue, continuation, pauses);
        else if (SynchronizationContext.Current is { } other) other.Post(Continue, continuation);
        else ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
    }
}
