using Casefile.Functions.Cases;
using Casefile.Functions.Cases.Around;
using Casefile.Functions.Http;
using Casefile.Functions.Records;
using Casefile.Functions.Tenancy;
using Casefile.Functions.Tracy;
using Casefile.Functions.Webhooks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Casefile.Functions;

/// <summary>What the service is made of. The Functions host and LocalHost both start here, so they serve the same thing.</summary>
public static class ServiceSetup
{
    /// <summary>Kestrel's own bound on a body, in bytes: above the service's, so that it is the service that answers 413.</summary>
    private const long KestrelBodyLimit = 2L * 1024 * 1024 * 1024;

    /// <summary>Registers everything that the functions need.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">The settings of docs/operating.md.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddCasefile(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = KestrelBodyLimit);
        services.AddTelemetry(configuration);
        return services
            .AddStorage(configuration)
            .AddTenancy(configuration)
            .AddRecords(configuration)
            .AddCases(configuration)
            .AddAroundCases()
            .AddWebhooks(configuration)
            .AddTracy()
            .AddEndpoints(configuration);
    }
}
