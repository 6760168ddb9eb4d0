namespace Casefile.Core.Webhooks;

/// <summary>When a delivery that failed is tried again.</summary>
internal sealed class RetrySchedule(WebhookOptions options, Random random)
{
    /// <summary>The next try; null when it would come too late and the delivery is given up.</summary>
    /// <param name="failures">How many tries have failed, this one included.</param>
    /// <param name="since">When the delivery was first to be made.</param>
    /// <param name="now">The time.</param>
    /// <param name="asked">How long the receiver asked to be left alone (<c>Retry-After</c>), or null.</param>
    public DateTimeOffset? Next(long failures, DateTimeOffset since, DateTimeOffset now, TimeSpan? asked)
    {
        var wait = options.FirstRetry * Math.Pow(2, Math.Min(failures - 1, 30));
        if (wait > options.LongestRetry) wait = options.LongestRetry;
        // Half of it is jitter, so that what failed together does not come back together.
        wait *= 0.5 + random.NextDouble() / 2;
        if (asked > wait) wait = asked.Value < options.LongestRetry ? asked.Value : options.LongestRetry;
        var next = now + wait;
        return next < since + options.GiveUpAfter ? next : null;
    }
}
