using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Casefile.Functions.Tenancy;

/// <summary>Registers teams, users, keys and record types.</summary>
public static class TenancyServices
{
    /// <summary>
    /// Adds them, with what they owe (<see cref="IOwedWorkHandler"/>). Options are in the section <c>Tenancy</c>; the secrets come from
    /// <c>RECORDS_OWNER_KEY</c>, <c>RECORDS_PEPPER</c> and <c>RECORDS_PREVIOUS_PEPPER</c>.
    /// </summary>
    public static IServiceCollection AddTenancy(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection("Tenancy").Get<TenancyOptions>() ?? new TenancyOptions();
        options = options with
        {
            OwnerKey = configuration["RECORDS_OWNER_KEY"] ?? options.OwnerKey,
            Pepper = configuration["RECORDS_PEPPER"] ?? options.Pepper,
            PreviousPepper = configuration["RECORDS_PREVIOUS_PEPPER"] ?? options.PreviousPepper,
        };
        services.TryAddSingleton(configuration.GetSection(RecordLimits.Section).Get<RecordLimits>() ?? new RecordLimits());
        services.TryAddSingleton<RecordRoom>();
        return services
            .AddSingleton(options)
            .AddSingleton<TenantDirectory>()
            .AddSingleton<Authenticator>()
            .AddSingleton<TeamRemoval>()
            .AddSingleton<Teams>()
            .AddSingleton<Users>()
            .AddSingleton<ApiKeys>()
            .AddSingleton<RecordTypeCatalog>()
            .AddSingleton<RecordTypeWriter>()
            .AddSingleton<CatalogWork>()
            .AddSingleton<IOwedWorkHandler>(provider => provider.GetRequiredService<CatalogWork>())
            .AddSingleton<IOwedWorkHandler, AgeOrderWork>()
            .AddSingleton<IOwedWorkHandler, FieldCleanupWork>()
            .AddSingleton<IOwedWorkHandler>(provider => provider.GetRequiredService<TeamRemoval>())
            .AddSingleton<IOwedWorkHandler, TeamCleanup>();
    }
}
