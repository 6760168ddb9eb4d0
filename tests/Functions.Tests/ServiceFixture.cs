using Casefile.Core.Storage;
using Casefile.LocalHost;
using Casefile.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Casefile.Functions.Tests;

/// <summary>
/// The whole service over the emulator: LocalHost in this process on a free port, with tables and a container of its own, and what a test needs to
/// talk to it. One for all tests of a class.
/// </summary>
public sealed class ServiceFixture : ServiceClient, IAsyncLifetime
{
    private WebApplication? app;

    /// <summary>The way to its storage account; the emulator that all tests share unless a test names another.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>What its tables' names begin with and its container is called; a second service of the same name works on the same data.</summary>
    public string Name { get; init; } = NewName();

    /// <summary>Further settings, as <c>--Name value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>What a test puts in place of registered services.</summary>
    public Action<IServiceCollection> Services { get; init; } = _ => { };

    /// <summary>The storage beneath it.</summary>
    public IStorage Storage => app!.Services.GetRequiredService<IStorage>();

    /// <summary>What the service asked of its storage.</summary>
    public StorageCounter Counter { get; } = new();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        app = LocalHostApp.Build(
            [
                .. SettingsOf(ConnectionString ?? (await Azurite.SharedAsync()).ConnectionString, Name),
                "--Http:BodyLimit", "1000000",
                .. Settings,
            ],
            builder =>
            {
                builder.Services.AddSingleton<IStorageObserver>(Counter);
                Services(builder.Services);
                builder.Logging.SetMinimumLevel(LogLevel.Warning);
            });
        await app.StartAsync();
        Connect(new Uri(app.Urls.First()));
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (app is null) return;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Something that the service is made of.</summary>
    public T Get<T>() where T : notnull => app!.Services.GetRequiredService<T>();

    /// <summary>Runs a timer function now.</summary>
    public Task RunTimerAsync(string name) => app!.Services.GetRequiredService<TimerRunner>().RunAsync(name, CancellationToken.None);

    /// <summary>Everything that is stored in the tables, row by row with its version, and every blob: what a refused request must not change.</summary>
    public Task<IReadOnlyList<string>> EverythingAsync(params string[] recordTypes)
        => EverythingAsync([.. recordTypes.Select(type => (TableNames.Records, type))]);

    /// <summary>As the other, of the tenant and of these partitions.</summary>
    public async Task<IReadOnlyList<string>> EverythingAsync(IReadOnlyList<(string Table, string Key)> partitions)
    {
        var rows = new List<string>();
        foreach (var (table, partition) in partitions.Prepend((TableNames.Tenant, "tenant")))
        {
            string? continuation = null;
            do
            {
                var page = await Storage.Table(table).ReadAsync(new RowRange(partition, "!", "~", Continuation: continuation), default);
                rows.AddRange(page.Rows.Select(row => $"{table}/{partition}/{row.RowKey} {row.ETag}"));
                continuation = page.Continuation;
            }
            while (continuation is not null);
        }

        foreach (var prefix in (string[])["artifacts/", "files/"])
        {
            await foreach (var blob in Storage.Blobs.ListAsync(prefix, default)) rows.Add(blob);
        }

        return rows;
    }
}
