using System.Collections.Frozen;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Storage;

/// <summary>
/// A storage account in Azure, or the emulator. This and the classes beside it are the only code that names the SDK. The SDK's own logging and
/// tracing are off, because they quote addresses, and addresses hold keys.
/// </summary>
public sealed class AzureStorage : IStorage
{
    private readonly StorageOptions options;
    private readonly TimeProvider time;
    private readonly ServiceClock clock;
    private readonly TableServiceClient tableService;
    private readonly BlobContainerClient container;
    private readonly FrozenDictionary<string, AzureTable> tables;

    private AzureStorage(StorageOptions options, TimeProvider time, ILoggerFactory loggers, IStorageObserver? observer, HttpPipelineTransport? transport)
    {
        (this.options, this.time) = (options, time);
        clock = new ServiceClock(time);
        var report = new StorageReport(time, observer);

        tableService = TableService(With(new TableClientOptions(), options.Retries, blobs: false));
        var transacting = TableService(With(new TableClientOptions(), retries: 0, blobs: false));
        container = BlobService(With(new BlobClientOptions(), options.Retries, blobs: true)).GetBlobContainerClient(options.Container);
        Blobs = new AzureBlobs(container, options, time);
        tables = TableNames.All.ToFrozenDictionary(
            name => name,
            name => new AzureTable(
                name,
                tableService.GetTableClient(options.TablePrefix + name),
                transacting.GetTableClient(options.TablePrefix + name),
                options,
                time,
                loggers.CreateLogger<AzureTable>()),
            StringComparer.Ordinal);

        T With<T>(T client, int retries, bool blobs)
            where T : ClientOptions
        {
            client.Retry.MaxRetries = retries;
            client.Retry.Mode = RetryMode.Exponential;
            client.Retry.Delay = TimeSpan.FromMilliseconds(200);
            client.Retry.MaxDelay = TimeSpan.FromSeconds(2);
            // Half of the time for one try, so that one connection that went silent does not use up all of it.
            client.Retry.NetworkTimeout = retries == 0 ? options.TransactionTimeout : options.ReadTimeout / 2;
            client.Diagnostics.IsLoggingEnabled = false;
            client.Diagnostics.IsDistributedTracingEnabled = false;
            client.Diagnostics.IsTelemetryEnabled = false;
            client.AddPolicy(new ObservingPolicy(report, clock, blobs), HttpPipelinePosition.PerRetry);
            if (transport is not null)
                client.Transport = transport;
            return client;
        }
    }

    /// <inheritdoc/>
    public IBlobStore Blobs { get; }

    /// <inheritdoc/>
    public TimeSpan? ClockAhead => clock.Ahead;

    /// <summary>The storage that the options name. Nothing is sent yet.</summary>
    /// <param name="options">The account, names and times.</param>
    /// <param name="time">The clock that is compared with the service's, and that time-outs go by.</param>
    /// <param name="loggers">Where transactions without a definite answer are told of.</param>
    /// <param name="observer">Sees every request; null for none.</param>
    /// <exception cref="ArgumentException">The options name no account, or a prefix that tables cannot have.</exception>
    public static AzureStorage Create(StorageOptions options, TimeProvider time, ILoggerFactory loggers, IStorageObserver? observer = null)
        => Create(options, time, loggers, observer, transport: null);

    /// <inheritdoc/>
    public ITable Table(string name) => tables[name];

    /// <inheritdoc/>
    public Task CreateIfMissingAsync(CancellationToken cancellationToken)
        => StorageFailure.ThrowingUnavailable(
            async cancellation =>
            {
                await Task.WhenAll(tables.Keys.Select(name => tableService.CreateTableIfNotExistsAsync(options.TablePrefix + name, cancellation)));
                return await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            },
            options.ReadTimeout,
            time,
            cancellationToken);

    internal static AzureStorage Create(
        StorageOptions options, TimeProvider time, ILoggerFactory loggers, IStorageObserver? observer, HttpPipelineTransport? transport)
    {
        const int longestPrefix = 50;
        if (string.IsNullOrWhiteSpace(options.ConnectionString) && string.IsNullOrWhiteSpace(options.AccountName))
            throw new ArgumentException("Neither a storage connection string nor an account name is configured", nameof(options));
        if (options.TablePrefix.Length > longestPrefix || !options.TablePrefix.All(char.IsAsciiLetterOrDigit) || options.TablePrefix is [>= '0' and <= '9', ..])
            throw new ArgumentException("A table prefix is up to 50 ASCII letters and digits, a letter first", nameof(options));
        return new AzureStorage(options, time, loggers, observer, transport);
    }

    private TableServiceClient TableService(TableClientOptions client) => string.IsNullOrWhiteSpace(options.ConnectionString)
        ? new TableServiceClient(Endpoint("table"), Identity(), client)
        : new TableServiceClient(options.ConnectionString, client);

    private BlobServiceClient BlobService(BlobClientOptions client) => string.IsNullOrWhiteSpace(options.ConnectionString)
        ? new BlobServiceClient(Endpoint("blob"), Identity(), client)
        : new BlobServiceClient(options.ConnectionString, client);

    private Uri Endpoint(string service) => new($"https://{options.AccountName}.{service}.{options.EndpointSuffix}");

    private TokenCredential Identity() => string.IsNullOrWhiteSpace(options.ManagedIdentityClientId)
        ? new DefaultAzureCredential()
        : new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(options.ManagedIdentityClientId));
}
