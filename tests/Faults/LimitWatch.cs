namespace Casefile.Faults;

/// <summary>Looks at the counts of types with a limit while everything goes on: none is above it, not for a moment.</summary>
internal sealed class LimitWatch(IReadOnlyList<RecordsApi> services, IReadOnlyList<(FaultType Type, int Limit)> types, FaultReport report)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks until the work ends.</summary>
    public async Task RunAsync(Task work)
    {
        for (var round = 0; !work.IsCompleted; round++)
        {
            foreach (var (type, limit) in types)
            {
                var page = await services[round % services.Count].PageAsync(type, 1, 1);
                if (page.Status != 200) continue;
                report.Count("looks");
                if (page.Json.GetProperty("meta").GetProperty("count").GetInt64() is var count && count > limit) report.Violated($"type {type.Id} held {count} of {limit} records");
            }

            await Task.WhenAny(work, Task.Delay(Step));
        }
    }
}
