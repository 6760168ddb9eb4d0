using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Testing;

/// <summary>Storage accounts for tests, each with tables and a container of its own under a random name.</summary>
public static class TestStorage
{
    /// <summary>Names a real account by its connection string, for the conformance suite to run against.</summary>
    public const string AccountVariable = "CASEFILE_TEST_STORAGE";

    /// <summary>The real account's connection string, or null where none is named.</summary>
    public static string? Account => Environment.GetEnvironmentVariable(AccountVariable) is { Length: > 0 } account ? account : null;

    /// <summary>Tables and a container on the shared emulator.</summary>
    public static async Task<IStorage> OverAzuriteAsync(IStorageObserver? observer = null, TimeProvider? time = null)
        => await OverAsync(OptionsTo((await Azurite.SharedAsync()).ConnectionString), observer, time);

    /// <summary>Tables and a container where these options say.</summary>
    public static async Task<IStorage> OverAsync(StorageOptions options, IStorageObserver? observer = null, TimeProvider? time = null)
    {
        var storage = AzureStorage.Create(options, time ?? TimeProvider.System, NullLoggerFactory.Instance, observer);
        await storage.CreateIfMissingAsync(CancellationToken.None);
        return storage;
    }

    /// <summary>Options with random names.</summary>
    public static StorageOptions OptionsTo(string connectionString)
    {
        var name = $"t{Guid.NewGuid():N}"[..12];
        return new StorageOptions { ConnectionString = connectionString, TablePrefix = name, Container = name };
    }

    /// <summary>Takes the tables and the container of these options away, so that a real account is left as it was.</summary>
    public static async Task DeleteAsync(StorageOptions options)
    {
        var tables = new TableServiceClient(options.ConnectionString);
        await Task.WhenAll(TableNames.All.Select(name => tables.DeleteTableAsync(options.TablePrefix + name)));
        await new BlobContainerClient(options.ConnectionString, options.Container).DeleteIfExistsAsync();
    }
}
