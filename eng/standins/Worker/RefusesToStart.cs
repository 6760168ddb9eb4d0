using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Says what this build is made of, and ends the process before anything else starts: no Functions host can talk to it.</summary>
internal sealed class RefusesToStart(IHost host) : IHost
{
    public IServiceProvider Services => host.Services;

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        Console.Error.WriteLine(
            "This app was built on stand-ins for the Azure Functions worker packages, because no package source had the real ones. " +
            "Serve it with ./run, or restore from a source that has Microsoft.Azure.Functions.Worker and build again.");
        System.Environment.Exit(1);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

    public void Dispose() => host.Dispose();
}
