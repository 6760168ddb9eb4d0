using Casefile.Testing;

namespace Casefile.Faults;

/// <summary>Lets things fail while the clients work, at moments that the seed decides by how far they have come.</summary>
internal sealed class Conductor(FaultOptions options, Rig rig, Clients clients, FaultReport report)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly Random random = new(options.Seed);
    private int allowed;

    /// <summary>Conducts until the work ends, then leaves all in peace.</summary>
    public async Task RunAsync(Task work)
    {
        var events = new Queue<(int At, bool IsKill)>(
            Enumerable.Range(0, options.Kills).Select(_ => (Moment(), true)).Concat(Enumerable.Range(0, options.Outages).Select(_ => (Moment(), false))).OrderBy(each => each.Item1));
        rig.Disturb(Decide);
        AllowUntil(Next(events));
        while (!work.IsCompleted)
        {
            if (events.TryPeek(out var next) && clients.Answered >= next.At)
            {
                await LetAsync(next.IsKill);
                events.Dequeue();
                AllowUntil(Next(events));
                continue;
            }

            await Task.WhenAny(work, Task.Delay(Step));
            rig.Release();
        }

        rig.Calm();
        await work;
    }

    /// <summary>How far the clients may come before the next event is through: some are always under way while it happens.</summary>
    private int Next(Queue<(int At, bool IsKill)> events)
        => events.TryPeek(out var next) ? Math.Min(options.Creates, next.At + Math.Max(options.Clients * 2, options.Creates / 20)) : options.Creates;

    private void AllowUntil(int creates)
    {
        if (creates > allowed) clients.Allow(creates - allowed);
        allowed = Math.Max(allowed, creates);
    }

    private int Moment() => random.Next(options.Creates / 20, options.Creates * 19 / 20);

    private async Task LetAsync(bool kill)
    {
        report.Count(kill ? "kills" : "outages");
        if (kill) await rig.KillAsync(random.Next(options.Processes));
        else await rig.RestartStorageAsync();
    }

    /// <summary>Lets one in twelve transactions fail, and one in a hundred other requests.</summary>
    private ProxyFault Decide(string line)
    {
        lock (random)
        {
            if (random.Next(line.Contains("$batch", StringComparison.Ordinal) ? 12 : 100) != 0) return ProxyFault.None;
            ProxyFault[] faults = [ProxyFault.CutRequest, ProxyFault.CutReply, ProxyFault.CutReplyHalfway, ProxyFault.SwallowReply, ProxyFault.HalfClose, ProxyFault.Hold, ProxyFault.Hold];
            var fault = faults[random.Next(faults.Length)];
            report.Count(fault switch
            {
                ProxyFault.HalfClose => "half-closed",
                ProxyFault.Hold or ProxyFault.SwallowReply => "held",
                _ => "cut",
            });
            return fault;
        }
    }
}
