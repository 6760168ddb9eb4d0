using System.Net;
using Casefile.Core.Partitions;
using Casefile.Core.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Casefile.Functions.Webhooks;

/// <summary>Registers case webhooks.</summary>
public static class WebhookServices
{
    /// <summary>Adds them, with options from the section <see cref="WebhookOptions.Section"/>.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<ResolveHost>(Dns.GetHostAddressesAsync);
        return services
            .AddSingleton(configuration.GetSection(WebhookOptions.Section).Get<WebhookOptions>() ?? new WebhookOptions())
            .AddSingleton<AddressGuard>()
            .AddSingleton<WebhookUrl>()
            .AddSingleton<WebhookSecret>()
            .AddSingleton<WebhookSender>()
            .AddSingleton<SendWebhook>(provider => provider.GetRequiredService<WebhookSender>().SendAsync)
            .AddSingleton<WebhookStore>()
            .AddSingleton<WebhookDeliveries>()
            .AddSingleton<WebhookPlanner>()
            .AddSingleton<WebhookCourier>()
            .AddSingleton<DeliveryCleanup>()
            .AddSingleton<IOwedWorkHandler>(provider => provider.GetRequiredService<DeliveryCleanup>())
            .AddSingleton<IHousekeeping, WebhookHousekeeping>()
            .AddHostedService<WebhookDispatch>();
    }
}
