using Casefile.Core.Storage;
using Casefile.Testing;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Storage;

/// <summary>An implementation that a conformance suite runs against, one account for a whole suite.</summary>
public interface IStorageUnderTest
{
    IStorage Storage { get; }
}

public sealed class OverSimulation : IStorageUnderTest
{
    public IStorage Storage { get; } = new SimulatedStorage();
}

public sealed class OverFolder : IStorageUnderTest, IDisposable
{
    private readonly EmbeddedFolder folder = new();

    public OverFolder() => Storage = folder.Open();

    public IStorage Storage { get; }

    public void Dispose() => folder.Dispose();
}

/// <summary>
/// The emulator, or the real account that a deployer names in <see cref="TestStorage.AccountVariable"/>: it is the same code. Tables and container
/// have random names and are deleted at the end.
/// </summary>
public sealed class OverAzure : IStorageUnderTest, IAsyncLifetime
{
    private StorageOptions? options;
    private IStorage? storage;

    public IStorage Storage => storage!;

    public async Task InitializeAsync()
    {
        options = TestStorage.OptionsTo(TestStorage.Account ?? (await Azurite.SharedAsync()).ConnectionString);
        storage = await TestStorage.OverAsync(options);
    }

    public Task DisposeAsync() => TestStorage.DeleteAsync(options!);
}
