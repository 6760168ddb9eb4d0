using Casefile.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Casefile.Functions;

/// <summary>Sends traces, metrics and logs to an OTLP endpoint, if one is named.</summary>
internal static class Telemetry
{
    /// <summary>The standard setting that names the collector. Without it nothing is gathered and nothing is sent.</summary>
    private const string EndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[EndpointSetting]))
        {
            return services;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("casefile"))
            .WithTracing(traces => traces.AddSource(Diagnostics.Name))
            .WithMetrics(metrics => metrics.AddMeter(Diagnostics.Name))
            .WithLogging()
            .UseOtlpExporter();
        return services;
    }
}
