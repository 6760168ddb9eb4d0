using Casefile.Core.Cases;
using Casefile.Core.Cases.Files;
using Casefile.Core.Partitions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.Functions.Cases;

/// <summary>Registers cases: the domain and its endpoints.</summary>
public static class CaseServices
{
    /// <summary>Adds cases, with what their commits owe (<see cref="IOwedWorkHandler"/>). The bounds of files are in the section <c>Limits</c>.</summary>
    public static IServiceCollection AddCases(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton<CaseIds>()
        .AddSingleton<CaseDesk>()
        .AddSingleton<CaseStore>()
        .AddSingleton<CaseInside>()
        .AddSingleton<CaseTasks>()
        .AddSingleton<CaseActivities>()
        .AddSingleton<CaseComments>()
        .AddSingleton<CaseSubscribers>()
        .AddSingleton<CommentRequests>()
        .AddSingleton<SubscriberRequests>()
        .AddCaseLinks()
        .AddSingleton(configuration.GetSection(FileLimits.Section).Get<FileLimits>() ?? new FileLimits())
        .AddSingleton<CaseFiles>()
        .AddSingleton<FileRequests>()
        .AddSingleton<IHousekeeping, FileOrphans>()
        .AddCasePage()
        .AddSingleton<IOwedWorkHandler, CaseCleanup>()
        .AddSingleton(provider => new CasePdfRequests(provider.GetRequiredService<CaseStore>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new CaseRequests(provider.GetRequiredService<CaseStore>()));

    /// <summary>Adds what links cases with records and with each other.</summary>
    public static IServiceCollection AddCaseLinks(this IServiceCollection services) => services
        .AddSingleton<CaseNeighbours>()
        .AddSingleton<CaseRecords>()
        .AddSingleton<CaseRecordRequests>()
        .AddSingleton<CaseRecordWork>()
        .AddSingleton<LinkedCases>()
        .AddSingleton<LinkedCaseRequests>()
        .AddSingleton<IOwedWorkHandler, LinkedCaseWork>()
        .AddSingleton<IOwedWorkHandler, CaseMove>()
        .AddSingleton<IOwedWorkHandler>(provider => provider.GetRequiredService<CaseRecordWork>())
        .AddSingleton<IHousekeeping, CopyCleanup>();
}
