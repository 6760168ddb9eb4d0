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

    /// <summary>What has to be there before the first request.</summary>
    private sealed class Preparation(IStorage storage, OwedWorkHandlers owedWork, IEnumerable<IOwedWorkHandler> handlers) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var handler in handlers) owedWork.Add(handler);
            return storage.CreateIfMissingAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
