using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casefile.Functions;

/// <summary>Registers the storage account and the partitions on it.</summary>
public static class StorageServices
{
    /// <summary>
    /// Adds them from the section <c>Storage</c>; without a folder, a connection string or an account there, the host's own <c>AzureWebJobsStorage</c> is used.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(provider => Open(
            OptionsOf(configuration),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<IStorageObserver>()));
        services.TryAddSingleton(new PartitionOptions());
        return services
            .AddSingleton<OwedWorkHandlers>()
            .AddSingleton<DueTable>()
            .AddSingleton<PartitionSet>()
            .AddSingleton<PartitionSettling>()
            .AddSingleton<IdBlocks>()
            .AddSingleton<Maintenance>()
            .AddHostedService<Preparation>();
    }

    private static IStorage Open(StorageOptions options, TimeProvider time, ILoggerFactory loggers, IStorageObserver? observer)
        => string.IsNullOrWhiteSpace(options.Embedded)
            ? AzureStorage.Create(options, time, loggers, observer)
            : EmbeddedStorage.Open(options, time, loggers, observer);

    private static StorageOptions OptionsOf(IConfiguration configuration)
    {
        var options = configuration.GetSection("Storage").Get<StorageOptions>() ?? new StorageOptions();
        if (options.ConnectionString is null && options.AccountName is null)
        {
            options.ConnectionString = configuration["AzureWebJobsStorage"];
            options.AccountName = configuration["AzureWebJobsStorage:accountName"];
        }

        return options;
    }

    /// <summary>
    /// What has to be there before the first request. A process that starts while storage is away starts all the same, tells its callers to come back, and
    /// sees to this as soon as storage answers.
    /// </summary>
    private sealed class Preparation(IStorage storage, OwedWorkHandlers owedWork, IEnumerable<IOwedWorkHandler> handlers, TimeProvider time, ILogger<Preparation> log)
        : IHostedService, IDisposable
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

        private readonly CancellationTokenSource stopping = new();
        private Task later = Task.CompletedTask;

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var handler in handlers) owedWork.Add(handler);
            if (!await TryAsync(cancellationToken)) later = TryOnAsync();
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await stopping.CancelAsync();
            await later;
        }

        public void Dispose() => stopping.Dispose();

        private async Task TryOnAsync()
        {
            try
            {
                do await Task.Delay(Pause, time, stopping.Token);
                while (!await TryAsync(stopping.Token));
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The process ends before storage was back.
            }
        }

        private async Task<bool> TryAsync(CancellationToken cancellationToken)
        {
            try
            {
                await storage.CreateIfMissingAsync(cancellationToken);
                return true;
            }
            catch (StorageUnavailableException away)
            {
                log.StorageAwayAtStart(away.Message);
                return false;
            }
        }
    }
}
