using System.Globalization;
using Cronos;
using Microsoft.Extensions.Configuration;

namespace Casefile.LocalHost;

/// <summary>When a timer is due: NCRONTAB of six fields (seconds first) or five, or a plain interval such as <c>00:05:00</c>.</summary>
internal sealed class Schedule
{
    private readonly CronExpression? _expression;
    private readonly TimeSpan _interval;

    private Schedule(CronExpression? expression, TimeSpan interval) => (_expression, _interval) = (expression, interval);

    /// <summary>Reads a trigger's schedule.</summary>
    /// <param name="text">The schedule, or <c>%Setting%</c>.</param>
    /// <param name="configuration">Where settings are looked up.</param>
    /// <returns>The schedule; null where the setting it names is not there, which disables the function.</returns>
    /// <exception cref="FormatException">It is neither NCRONTAB nor an interval above zero.</exception>
    public static Schedule? Parse(string text, IConfiguration configuration)
    {
        if (text.Length > 2 && text[0] == '%' && text[^1] == '%')
        {
            text = configuration[text[1..^1]] ?? "";
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero)
        {
            return new Schedule(null, interval);
        }

        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            return new Schedule(CronExpression.Parse(text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard), default);
        }
        catch (CronFormatException fault)
        {
            throw new FormatException($"'{text}' is not a schedule: {fault.Message}", fault);
        }
    }

    /// <summary>The first moment after a given one when the timer is due; null if there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset moment) =>
        _expression is null ? moment + _interval : _expression.GetNextOccurrence(moment, TimeZoneInfo.Utc);
}
