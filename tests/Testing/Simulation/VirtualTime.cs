namespace Casefile.Testing.Simulation;

/// <summary>A clock that moves from timer to timer when told, and not otherwise. Starts on 2026-01-01.</summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<VirtualTimer> timers = [];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on by this much and fires what falls due on the way, in order.</summary>
    public void Advance(TimeSpan by)
    {
        var until = GetUtcNow() + by;
        while (NextTimer() is { } next && next.Due <= until)
            Fire(next);
        lock (gate)
            now = until;
    }

    /// <summary>Moves on to the next timer and fires it; false when none is set.</summary>
    public bool AdvanceToNextTimer()
    {
        if (NextTimer() is not { } next)
            return false;
        Fire(next);
        return true;
    }

    private VirtualTimer? NextTimer()
    {
        lock (gate)
        {
            VirtualTimer? next = null;
            foreach (var timer in timers)
            {
                if (next is null || timer.Due < next.Due) next = timer;
            }

            return next;
        }
    }

    private void Fire(VirtualTimer timer)
    {
        lock (gate)
        {
            if (timer.Due is not { } due)
                return;
            now = due > now ? due : now;
            timer.Due = timer.Period > TimeSpan.Zero ? now + timer.Period : null;
            if (timer.Due is null)
                timers.Remove(timer);
        }

        timer.Fire();
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        internal DateTimeOffset? Due { get; set; }

        internal TimeSpan Period { get; private set; }

        internal void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                Due = dueTime < TimeSpan.Zero ? null : time.now + dueTime;
                Period = period;
                if (Due is not null)
                    time.timers.Add(this);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
