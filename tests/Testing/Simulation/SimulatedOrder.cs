namespace Casefile.Testing.Simulation;

/// <summary>What could run in a <see cref="Simulation"/>, of which a seed draws the next.</summary>
internal sealed class SimulatedOrder(Random random) : SynchronizationContext
{
    private readonly object gate = new();
    private readonly List<(SendOrPostCallback Callback, object? State, int Pauses)> ready = [];
    private bool waits;

    // After the history's end nothing runs any more: what a dead process or a failed history leaves behind stays here.
    public override void Post(SendOrPostCallback d, object? state) => Post(d, state, pauses: 0);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>As <see cref="Post(SendOrPostCallback, object?)"/>, but others run first: it is not its turn until it was drawn so many times before.</summary>
    internal void Post(SendOrPostCallback callback, object? state, int pauses)
    {
        lock (gate)
        {
            ready.Add((callback, state, pauses));
            if (waits) Monitor.Pulse(gate);
        }
    }

    internal bool RunOne()
    {
        (SendOrPostCallback Callback, object? State, int Pauses) drawn;
        lock (gate)
        {
            if (ready.Count == 0) return false;
            while (true)
            {
                var index = random.Next(ready.Count);
                drawn = ready[index];
                if (drawn.Pauses > 0)
                {
                    ready[index] = drawn with { Pauses = drawn.Pauses - 1 };
                    continue;
                }

                ready[index] = ready[^1];
                ready.RemoveAt(ready.Count - 1);
                break;
            }
        }

        drawn.Callback(drawn.State);
        return true;
    }

    /// <summary>Work that left the scheduler may still come back.</summary>
    internal bool WaitForOutside(TimeSpan atMost)
    {
        lock (gate)
        {
            waits = true;
            var came = ready.Count > 0 || Monitor.Wait(gate, atMost);
            waits = false;
            return came;
        }
    }
}
