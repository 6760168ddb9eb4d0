using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casefile.LocalHost;

/// <summary>
/// Runs the timer functions. A function never runs beside itself, and a run that fails is logged and comes round again. Unlike the Functions host it
/// keeps no record of past runs, and each process runs its own timers.
/// </summary>
internal sealed partial class TimerRunner(
    FunctionCatalog catalog, IServiceScopeFactory scopes, IConfiguration configuration, TimeProvider time, ILogger<TimerRunner> logger)
    : BackgroundService
{
    /// <summary>How late a run may start before it counts as past due.</summary>
    private static readonly TimeSpan PastDue = TimeSpan.FromSeconds(1);

    /// <summary>The longest single wait; a clock that is set forward is noticed after that long.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Runs a function now, whatever its schedule.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="cancellation">Asks it to stop.</param>
    /// <exception cref="KeyNotFoundException">There is no timer function of this name.</exception>
    public Task RunAsync(string name, CancellationToken cancellation)
    {
        var function = catalog.Timers.FirstOrDefault(timer => timer.Name == name)
            ?? throw new KeyNotFoundException($"There is no timer function {name}.");
        return InvokeAsync(function, new TimerInfo(), cancellation);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(catalog.Timers.Select(function => RunByScheduleAsync(function, stoppingToken)));

    private async Task RunByScheduleAsync(TimerFunction function, CancellationToken stopping)
    {
        if (Schedule.Parse(function.Schedule, configuration) is not { } schedule)
        {
            Disabled(function.Name, function.Schedule);
            return;
        }

        try
        {
            if (function.RunOnStartup)
            {
                await InvokeAsync(function, new TimerInfo(), stopping);
            }

            var last = time.GetUtcNow();
            while (schedule.After(last) is { } due)
            {
                await UntilAsync(due, stopping);
                var late = time.GetUtcNow() - due > PastDue;
                await TryAsync(function, Info(schedule, last, due, late), stopping);

                // Occurrences that passed while it ran are made up for by one run at most.
                last = schedule.After(due) is { } next && next < time.GetUtcNow() ? time.GetUtcNow() : due;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private static TimerInfo Info(Schedule schedule, DateTimeOffset last, DateTimeOffset due, bool late) => new()
    {
        IsPastDue = late,
        ScheduleStatus = new ScheduleStatus
        {
            Last = last.UtcDateTime,
            Next = (schedule.After(due) ?? DateTimeOffset.MaxValue).UtcDateTime,
            LastUpdated = last.UtcDateTime,
        },
    };

    private async Task UntilAsync(DateTimeOffset due, CancellationToken stopping)
    {
        for (var wait = due - time.GetUtcNow(); wait > TimeSpan.Zero; wait = due - time.GetUtcNow())
        {
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, stopping);
        }
    }

    private async Task TryAsync(TimerFunction function, TimerInfo info, CancellationToken stopping)
    {
        try
        {
            await InvokeAsync(function, info, stopping);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            Failed(function.Name, fault);
        }
    }

    private async Task InvokeAsync(TimerFunction function, TimerInfo info, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        await function.Invoke(scope.ServiceProvider, null, info, cancellation);
    }

    [LoggerMessage(2, LogLevel.Warning, "Timer {Function} is off: the setting that its schedule {Schedule} names is not there.")]
    private partial void Disabled(string function, string schedule);

    [LoggerMessage(3, LogLevel.Error, "Timer {Function} failed; it runs again when it is next due.")]
    private partial void Failed(string function, Exception fault);
}
