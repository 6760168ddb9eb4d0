using System.Diagnostics;

namespace Casefile.Core.Partitions;

/// <summary>
/// Lets requests that wait for the same thing share one read of it. A read serves only requests that arrived before it started, so
/// its answer is never older than any request that it serves.
/// </summary>
/// <param name="read">Reads the thing; one at a time.</param>
/// <param name="spacing">Under load, the least time from the start of one read to the start of the next.</param>
/// <param name="crowd">From how many requests served by one read on the next is held back by <paramref name="spacing"/>.</param>
/// <param name="delay">Waits.</param>
internal sealed class SharedRead<T>(Func<Task<T>> read, TimeSpan spacing, int crowd, Func<TimeSpan, Task> delay)
{
    private readonly Lock gate = new();
    private TaskCompletionSource<T>? next;
    private int waiting;
    private bool running;

    /// <summary>The thing, by a read that starts after this call.</summary>
    public Task<T> ReadAsync(CancellationToken cancellationToken)
    {
        Task<T> answer;
        lock (gate)
        {
            next ??= Completion.New<T>();
            answer = next.Task;
            waiting++;
            if (!running)
            {
                running = true;
                _ = RunAsync();
            }
        }

        return answer.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        // Leaves the caller's lock before anything else happens.
        await Task.Yield();
        while (true)
        {
            TaskCompletionSource<T> batch;
            int served;
            lock (gate)
            {
                if (next is null)
                {
                    running = false;
                    return;
                }

                (batch, served) = (next, waiting);
                (next, waiting) = (null, 0);
            }

            var started = Stopwatch.GetTimestamp();
            try
            {
                batch.SetResult(await read());
            }
#pragma warning disable CA1031 // Whatever it is, it belongs to those who wait.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                batch.SetException(exception);
                // Nobody may be left who looks at it, when all of them gave up waiting.
                _ = batch.Task.Exception;
            }

            var left = spacing - Stopwatch.GetElapsedTime(started);
            if (served >= crowd && left > TimeSpan.Zero) await delay(left);
        }
    }
}
