using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.Functions.Cases.Around;

/// <summary>Registers what is around cases: tags, sub-statuses, case inputs and the fields that are their values.</summary>
public static class AroundServices
{
    /// <summary>Adds them, with what their deletion owes to cases.</summary>
    public static IServiceCollection AddAroundCases(this IServiceCollection services) => services
        .AddSingleton<CaseAround>()
        .AddSingleton<TeamTags>()
        .AddSingleton<TeamSubStatuses>()
        .AddSingleton<TeamInputs>()
        .AddSingleton<CaseFields>()
        .AddSingleton<IOwedWorkHandler, GoneThings>();
}
