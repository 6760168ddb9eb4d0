using Casefile.Core.Partitions;
using Casefile.Core.Tracy;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.Functions.Tracy;

/// <summary>Registers the door that shows record types as datasets.</summary>
public static class TracyServices
{
    /// <summary>Adds it; the records are those of <c>AddRecords</c>.</summary>
    public static IServiceCollection AddTracy(this IServiceCollection services)
        => services
            .AddSingleton<DatasetRecords>()
            .AddSingleton<IOwedWorkHandler, RecordHistoryWork>()
            .AddSingleton<TracyRecordRequests>()
            .AddSingleton<DatasetRequests>();
}
