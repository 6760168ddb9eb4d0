using Casefile.Core.Webhooks;

namespace Casefile.Core.Tests.Webhooks;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Waits_double_from_five_seconds_to_an_hour_with_jitter_until_a_day_has_passed()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var schedule = new RetrySchedule(new WebhookOptions(), new Random(seed));
            var now = Start;
            for (var failures = 1; ; failures++)
            {
                if (schedule.Next(failures, Start, now, null) is not { } next)
                {
                    Assert.InRange(now - Start, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
                    Assert.InRange(failures, 24, 70);
                    break;
                }

                var longest = TimeSpan.FromSeconds(Math.Min(3_600, 5 * Math.Pow(2, failures - 1)));
                Assert.InRange(next - now, longest / 2, longest);
                now = next;
            }
        }
    }

    [Fact]
    public void A_receiver_that_asks_for_time_gets_it_but_not_more_than_an_hour()
    {
        var schedule = new RetrySchedule(new WebhookOptions(), new Random(1));
        Assert.Equal(Start.AddMinutes(2), schedule.Next(1, Start, Start, TimeSpan.FromMinutes(2)));
        Assert.Equal(Start.AddHours(1), schedule.Next(1, Start, Start, TimeSpan.FromDays(2)));
        Assert.InRange(schedule.Next(1, Start, Start, TimeSpan.FromSeconds(-9))!.Value - Start, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5));
    }
}
