using Casefile.Core.Partitions;
using Casefile.Core.Retention;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions;

/// <summary>What runs by the clock (schedules are settings in NCRONTAB). Each stops cleanly when the host asks and goes on where it was.</summary>
public sealed class Timers(RetentionSweep retention, Maintenance maintenance)
{
    /// <summary>Deletes records that have expired, and the surplus over lowered limits.</summary>
    [Function("EnforceRetention")]
    public Task EnforceRetention([TimerTrigger("%EnforceRetentionSchedule%", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
        => retention.RunAsync(cancellationToken);

    /// <summary>Does what commits owe and a crash left undone, and clears what nobody can see any more.</summary>
    [Function("MaintainStorage")]
    public Task MaintainStorage([TimerTrigger("%MaintainStorageSchedule%", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
        => maintenance.RunAsync(cancellationToken);
}
