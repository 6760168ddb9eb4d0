using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Functions.Tests.LocalHost;

/// <summary>A clock that tells when somebody waits for it.</summary>
internal sealed class WaitingClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Channel<TimeSpan> waits = Channel.CreateUnbounded<TimeSpan>();

    public async Task<TimeSpan> NextWaitAsync() => await waits.Reader.ReadAsync();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        waits.Writer.TryWrite(dueTime);
        return timer;
    }
}
