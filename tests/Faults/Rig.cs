using Casefile.Testing;

namespace Casefile.Faults;

/// <summary>Processes of the service on fixed ports over one storage, and what can be done to them.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly FaultOptions options;
    private readonly string folder = Directory.CreateTempSubdirectory("casefile-faults-").FullName;
    private readonly LocalHostProcess?[] services;
    private Azurite? azurite;
    private FaultProxy? tables;
    private FaultProxy? blobs;

    private Rig(FaultOptions options)
    {
        this.options = options;
        services = new LocalHostProcess[options.Processes];
        Addresses = [.. Enumerable.Range(0, options.Processes).Select(_ => ServiceSettings.FreeAddress())];
    }

    /// <summary>Where the processes listen, whether they live or not.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    public static async Task<Rig> StartAsync(FaultOptions options)
    {
        var rig = new Rig(options);
        if (!options.Embedded)
        {
            rig.azurite = await Azurite.StartAsync(Directory.CreateDirectory(Path.Combine(rig.folder, "azurite")).FullName);
            (rig.tables, rig.blobs) = (new FaultProxy(rig.azurite.TablePort), new FaultProxy(rig.azurite.BlobPort));
        }

        for (var i = 0; i < options.Processes; i++) rig.services[i] = await rig.StartServiceAsync(i);
        return rig;
    }

    /// <summary>Decides what happens to each request between the processes and Azurite.</summary>
    public void Disturb(Func<string, ProxyFault> decide)
    {
        foreach (var proxy in Proxies) proxy.OnRequest = decide;
    }

    /// <summary>Passes on what the proxies hold.</summary>
    public void Release()
    {
        foreach (var proxy in Proxies) proxy.Release();
    }

    /// <summary>Leaves the connections alone, and passes on what is held.</summary>
    public void Calm()
    {
        Disturb(_ => ProxyFault.None);
        Release();
    }

    /// <summary>Kills a process of the service and starts it again.</summary>
    public async Task KillAsync(int service)
    {
        await using (var killed = services[service]!)
        {
            services[service] = null;
            await killed.KillAsync();
        }

        services[service] = await StartServiceAsync(service);
    }

    /// <summary>Ends Azurite with SIGTERM, which lets it write down what it holds, and starts it again.</summary>
    public async Task RestartStorageAsync()
    {
        var (blobPort, tablePort) = (azurite!.BlobPort, azurite.TablePort);
        await azurite.DisposeAsync();
        azurite = await Azurite.StartAsync(Path.Combine(folder, "azurite"), blobPort, tablePort);
    }

    public async ValueTask DisposeAsync()
    {
        Calm();
        await Task.WhenAll(services.OfType<LocalHostProcess>().Select(service => service.DisposeAsync().AsTask()));
        foreach (var proxy in Proxies) await proxy.DisposeAsync();
        if (azurite is not null) await azurite.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private IEnumerable<FaultProxy> Proxies => new[] { tables, blobs }.OfType<FaultProxy>();

    private Task<LocalHostProcess> StartServiceAsync(int service) => LocalHostProcess.StartAsync(
    [
        .. ServiceSettings.At(Addresses[service]),
        .. options.Embedded ? ServiceSettings.Embedded(Path.Combine(folder, "embedded")) : ServiceSettings.Over(Azurite.ConnectionStringTo(blobs!.Port, tables!.Port)),
        "--Storage:TransactionTimeout", "00:00:02", "--Storage:ReadTimeout", "00:00:06",
    ]);
}
