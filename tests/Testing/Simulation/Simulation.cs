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
    /// <param name="seed">Decides the history's own choices, and the order unless that has a seed of its own.</param>
    /// <param name="history">The history.</param>
    /// <param name="orderSeed">Decides what runs when; the seed itself when null.</param>
    /// <exception cref="InvalidOperationException">Nothing can run any more, no timer is set, and the history has not ended: a deadlock.</exception>
    public static void Run(int seed, Func<Simulation, Task> history, int? orderSeed = null)
    {
        var simulation = new Simulation(seed);
        var order = new SimulatedOrder(new Random(orderSeed ?? seed));
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(order);
        try
        {
            var task = history(simulation);
            while (!task.IsCompleted)
                if (!order.RunOne() && !simulation.Time.AdvanceToNextTimer() && !order.WaitForOutside(TimeSpan.FromSeconds(30)))
                    throw new InvalidOperationException($"Deadlock in the simulation of seed {seed}");
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>
    /// Runs what has threads and files of its own, at a moment when nothing else is under way: the simulation and its clock stand still until it has ended, so
    /// that it takes no part in the order.
    /// </summary>
    /// <exception cref="TimeoutException">It waits for something in the simulation.</exception>
    public static T Outside<T>(Func<Task<T>> work) => Task.Run(work).WaitAsync(TimeSpan.FromMinutes(1)).GetAwaiter().GetResult();
}
