using Casefile.Core.Storage;
using Casefile.Testing;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Storage;

/// <summary>An implementation that the conformance suites run against.</summary>
public interface IStorageUnderTest
{
    static abstract Task<IStorage> OpenAsync();
}

public sealed class OverSimulation : IStorageUnderTest
{
    private static readonly SimulatedStorage Shared = new();

    public static Task<IStorage> OpenAsync() => Task.FromResult<IStorage>(Shared);
}

/// <summary>The emulator, or the real account that a deployer names in <see cref="TestStorage.AccountVariable"/>: it is the same code.</summary>
public sealed class OverAzure : IStorageUnderTest
{
    private static readonly Lazy<Task<IStorage>> Shared = new(
        () => TestStorage.Account is { } account ? TestStorage.OverAsync(TestStorage.OptionsTo(account)) : TestStorage.OverAzuriteAsync());

    public static Task<IStorage> OpenAsync() => Shared.Value;
}
