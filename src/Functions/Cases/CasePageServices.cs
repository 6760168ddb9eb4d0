using Casefile.Core.Cases;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.Functions.Cases;

/// <summary>Registers what is on a case's page: notes, blocks, actions, metadata.</summary>
internal static class CasePageServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddCasePage(this IServiceCollection services) => services
        .AddSingleton<CaseNotes>()
        .AddSingleton<CaseBlocks>()
        .AddSingleton<CaseActions>()
        .AddSingleton<CaseMetadata>()
        .AddSingleton<CaseBlockRequests>()
        .AddSingleton<CaseActionRequests>()
        .AddSingleton<CaseMetadataRequests>();
}
