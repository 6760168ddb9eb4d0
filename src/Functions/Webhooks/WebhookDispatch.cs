using System.Collections.Concurrent;
using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casefile.Functions.Webhooks;

/// <summary>
/// Makes deliveries soon after the commits of this process, beside its requests, and tries again in time what failed. It only hurries: what it misses, since its process
/// ends, the maintenance timer of any process does.
/// </summary>
internal sealed partial class WebhookDispatch(
    PartitionSet partitions, WebhookPlanner planner, WebhookCourier courier, WebhookOptions options, TimeProvider time, ILogger<WebhookDispatch> logger) : IHostedService, IDisposable
{
    /// <summary>What is further away is left to the maintenance timer.</summary>
    private static readonly TimeSpan Foresight = TimeSpan.FromHours(2);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<(long Team, long Webhook), Errand> errands = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Deliver) partitions.Committed += Notice;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        partitions.Committed -= Notice;
        await stopping.CancelAsync();
        foreach (var errand in errands.Values) await errand.StopAsync(cancellationToken);
    }

    public void Dispose() => stopping.Dispose();

    /// <summary>Only remembers: the committer waits for it.</summary>
    private void Notice(PartitionAddress address, LogEntry entry, Head head)
    {
        if (WebhookSignals.MayTell(address, head)) Plan(TeamOf(address));
        foreach (var webhook in WebhookSignals.Queued(address, entry)) Deliver(TeamOf(address), webhook);
    }

    // What it puts into the queue is noticed by its own commit.
    private void Plan(long team) => ErrandOf(team, 0, async token =>
    {
        await planner.PlanAsync(team, settle: false, token);
        return null;
    }).Ring();

    private void Deliver(long team, long webhook)
        => ErrandOf(team, webhook, token => courier.DeliverAsync(team, webhook, DateTimeOffset.MaxValue, token)).Ring();

    private Errand ErrandOf(long team, long webhook, Func<CancellationToken, Task<DateTimeOffset?>> work)
        => errands.GetOrAdd((team, webhook), _ => new Errand(token => TryAsync(team, work, token), time, stopping.Token));

    private async Task<DateTimeOffset?> TryAsync(long team, Func<CancellationToken, Task<DateTimeOffset?>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(cancellationToken);
        }
#pragma warning disable CA1031 // It is tried again, here and by maintenance.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(exception, team);
            return time.GetUtcNow() + AfterFailure;
        }
    }

    private static long TeamOf(PartitionAddress address) => long.Parse(address.Key, CultureInfo.InvariantCulture);

    [LoggerMessage(2621, LogLevel.Warning, "The webhooks of team {TeamId} could not be served and will be again")]
    private partial void LogFailed(Exception exception, long teamId);

    /// <summary>Work of which one run is under way at a time; rung meanwhile, it runs once more. It says itself when it wants to run again.</summary>
    private sealed class Errand(Func<CancellationToken, Task<DateTimeOffset?>> work, TimeProvider time, CancellationToken stopping)
    {
        private readonly Lock gate = new();
        private Task running = Task.CompletedTask;
        private ITimer? timer;
        private bool rung;
        private bool busy;

        public void Ring()
        {
            lock (gate)
            {
                rung = true;
                if (busy || stopping.IsCancellationRequested) return;
                busy = true;
                timer?.Dispose();
                timer = null;
                using (ExecutionContext.SuppressFlow()) running = Task.Run(RunAsync, CancellationToken.None);
            }
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            Task last;
            lock (gate)
            {
                timer?.Dispose();
                last = running;
            }

            await last.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task RunAsync()
        {
            DateTimeOffset? next = null;
            while (true)
            {
                lock (gate)
                {
                    if (!rung || stopping.IsCancellationRequested)
                    {
                        busy = false;
                        if (next is { } at && !stopping.IsCancellationRequested) Remind(at);
                        return;
                    }

                    rung = false;
                }

                try
                {
                    next = await work(stopping);
                }
                catch (OperationCanceledException)
                {
                    // The process ends.
                }
            }
        }

        private void Remind(DateTimeOffset at)
        {
            var wait = at - time.GetUtcNow();
            if (wait > Foresight) return;
            timer?.Dispose();
            timer = time.CreateTimer(_ => Ring(), null, wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }
}
