using Casefile.LocalHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Functions.Tests.LocalHost;

public sealed class TimerRunnerTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly WaitingClock time = new(Start);
    private readonly ServiceProvider services;
    private readonly SampleState state;

    public TimerRunnerTests()
    {
        services = new ServiceCollection().AddSingleton<TimeProvider>(time).AddSingleton<SampleState>().BuildServiceProvider();
        state = services.GetRequiredService<SampleState>();
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public async Task A_timer_runs_whenever_its_schedule_says_and_another_without_a_schedule_never()
    {
        using var runner = Runner("0 */5 * * * *");

        await runner.StartAsync(CancellationToken.None);
        await AdvanceUntilAsync(ticks: 3);
        await runner.StopAsync(CancellationToken.None);

        Assert.Equal([At(5), At(10), At(15)], state.Ticks);
    }

    [Fact]
    public async Task A_run_that_fails_comes_round_again()
    {
        using var runner = Runner("0 */5 * * * *");
        state.FailsOnce = true;

        await runner.StartAsync(CancellationToken.None);
        await AdvanceUntilAsync(ticks: 2);
        await runner.StopAsync(CancellationToken.None);

        Assert.Equal([At(5), At(10)], state.Ticks);
    }

    [Fact]
    public async Task A_timer_can_be_run_at_once()
    {
        using var runner = Runner("0 0 0 1 1 *");

        await runner.RunAsync("Ticking", CancellationToken.None);

        Assert.Equal([Start], state.Ticks);
    }

    [Theory]
    [InlineData("0 */5 * * * *", "2026-01-02T03:05:00Z")]
    [InlineData("30 5 3 * * *", "2026-01-02T03:05:30Z")]
    [InlineData("*/10 * * * *", "2026-01-02T03:10:00Z")]
    [InlineData("0 0 9 * * MON-FRI", "2026-01-02T09:00:00Z")]
    [InlineData("0 0 3 * * *", "2026-01-03T03:00:00Z")]
    [InlineData("00:00:30", "2026-01-02T03:04:35Z")]
    public void A_schedule_has_six_fields_or_five_or_is_an_interval(string text, string next)
        => Assert.Equal(DateTimeOffset.Parse(next, null), Schedule.Parse(text, Settings("")).NotNull().After(Start));

    [Theory]
    [InlineData("every hour")]
    [InlineData("61 * * * * *")]
    [InlineData("-00:05:00")]
    public void A_schedule_that_cannot_be_read_is_a_fault(string text)
        => Assert.Throws<FormatException>(() => Schedule.Parse(text, Settings("")));

    private static DateTimeOffset At(int minute) => new(2026, 1, 2, 3, minute, 0, TimeSpan.Zero);

    private static IConfiguration Settings(string schedule)
        => new ConfigurationBuilder().AddInMemoryCollection([new("TickingSchedule", schedule)]).Build();

    private TimerRunner Runner(string schedule) => new(
        FunctionCatalog.Of(typeof(SampleFunctions).Assembly),
        services.GetRequiredService<IServiceScopeFactory>(),
        Settings(schedule),
        time,
        NullLogger<TimerRunner>.Instance);

    /// <summary>Lets time pass by what the runner waits for, each time that it has begun to wait.</summary>
    private async Task AdvanceUntilAsync(int ticks)
    {
        for (var wait = await time.NextWaitAsync(); state.Ticks.Count < ticks; wait = await time.NextWaitAsync())
        {
            time.Advance(wait);
        }
    }
}

file static class ScheduleAssertions
{
    public static Schedule NotNull(this Schedule? schedule)
    {
        Assert.NotNull(schedule);
        return schedule;
    }
}
