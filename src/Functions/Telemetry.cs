using Azure.Monitor.OpenTelemetry.Exporter;
using Casefile.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Casefile.Functions;

/// <summary>Sends traces, metrics and logs to an OTLP endpoint, to Application Insights, or to both.</summary>
internal static class Telemetry
{
    /// <summary>The standard setting that names the collector.</summary>
    private const string OtlpSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The setting that names the Application Insights component.</summary>
    private const string InsightsSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>Whether anything is gathered.</summary>
    public static bool IsOn(IConfiguration configuration)
        => !string.IsNullOrEmpty(configuration[OtlpSetting]) || !string.IsNullOrEmpty(configuration[InsightsSetting]);

    /// <summary>Without either setting nothing is gathered and nothing is sent.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (!IsOn(configuration))
        {
            return services;
        }

        var otlp = !string.IsNullOrEmpty(configuration[OtlpSetting]);
        var insights = configuration[InsightsSetting];

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("casefile"))
            .WithTracing(traces => traces.AddSource(Diagnostics.Name))
            .WithMetrics(metrics => metrics.AddMeter(Diagnostics.Name))
            .WithLogging();
        if (otlp)
        {
            telemetry.UseOtlpExporter();
        }

        if (!string.IsNullOrEmpty(insights))
        {
            telemetry.UseAzureMonitorExporter(options => options.ConnectionString = insights);
        }

        return services;
    }
}
