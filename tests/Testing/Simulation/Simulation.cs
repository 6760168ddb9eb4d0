using System.Collections.Concurrent;

namespace Casefile.Testing.Simulation;

/// <summary>
/// Runs asynchronous code on one thread, in an order that a seed decides: of all continuations that could run, it draws one. Time is
/// virtual and moves on when nothing else can run. So a history of several processes, with its races and time-outs, replays
/// exactly from its seed and takes no time. Code under test that leaves the scheduler (Task.Run, ConfigureAwait(false)) leaves the simulation.
/// </summary>
public sealed class Simulation
{
    private Simulation(int seed) => Random = new Random(seed);

    /// <summary>For the choices of the history itself.</summary>
    public Random Random { get; }

    /// <summary>The clock of everything inside.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>Runs a history to its end on the calling thread.</summary>
    /// <exception cref="InvalidOperationException">Nothing can run any more, no timer is set, and the history has not ended: a deadlock.</exception>
    public static void Run(int seed, Func<Simulation, Task> history)
    {
        var simulation = new Simulation(seed);
        using var order = new Order(new Random(seed));
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(order);
        try
        {
            var task = history(simulation);
            while (!task.IsCompleted)
                if (!order.RunOne() && !simulation.Time.AdvanceToNextTimer() && !order.WaitForOutside(TimeSpan.FromSeconds(5)))
                    throw new InvalidOperationException($"Deadlock in the simulation of seed {seed}");
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private sealed class Order(Random random) : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> posted = [];
        private readonly List<(SendOrPostCallback Callback, object? State)> ready = [];

        public override void Post(SendOrPostCallback d, object? state) => posted.Add((d, state));

        public override SynchronizationContext CreateCopy() => this;

        internal bool RunOne()
        {
            while (posted.TryTake(out var work))
                ready.Add(work);
            if (ready.Count == 0)
                return false;
            var drawn = random.Next(ready.Count);
            var (callback, state) = ready[drawn];
            ready.RemoveAt(drawn);
            callback(state);
            return true;
        }

        // Work that left the scheduler may still come back.
        internal bool WaitForOutside(TimeSpan atMost)
        {
            if (!posted.TryTake(out var work, atMost))
                return false;
            ready.Add(work);
            return true;
        }

        public void Dispose() => posted.Dispose();
    }
}
