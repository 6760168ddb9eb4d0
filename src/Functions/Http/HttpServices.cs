using Casefile.Core.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Casefile.Functions.Http;

/// <summary>Registers what the function classes are given of the HTTP side.</summary>
public static class HttpServices
{
    /// <summary>
    /// Adds <see cref="Endpoints"/> and its options from the sections <see cref="HttpOptions.Section"/> and <see cref="RateLimitOptions.Section"/>. Needs an <see cref="Authenticator"/>.
    /// </summary>
    public static IServiceCollection AddEndpoints(this IServiceCollection services, IConfiguration configuration)
    {
        var http = configuration.GetSection(HttpOptions.Section).Get<HttpOptions>() ?? new HttpOptions();
        var rates = configuration.GetSection(RateLimitOptions.Section).Get<RateLimitOptions>() ?? new RateLimitOptions();
        return services
            .AddSingleton(http)
            .AddSingleton(_ => new RateLimits(rates))
            .AddSingleton<StorageProbe>()
            .AddSingleton(provider => new Endpoints(
                provider.GetRequiredService<Authenticator>().AuthenticateAsync,
                provider.GetRequiredService<RateLimits>(),
                http,
                provider.GetRequiredService<ILogger<Endpoints>>()));
    }
}
