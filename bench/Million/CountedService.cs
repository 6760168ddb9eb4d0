using System.Globalization;
using Casefile.Core.Storage;
using Casefile.LocalHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Casefile.Million;

/// <summary>LocalHost, and one endpoint more that tells how many requests went to the storage.</summary>
internal sealed class CountedService : IStorageObserver
{
    public const string Path = "/bench/storage-requests";

    private long count;

    public static async Task<int> RunAsync(string[] args)
    {
        var counted = new CountedService();
        await using var app = LocalHostApp.Build(args, builder => builder.Services.AddSingleton<IStorageObserver>(counted));
        app.MapGet(Path, (RequestDelegate)(http => http.Response.WriteAsync(Interlocked.Read(ref counted.count).ToString(CultureInfo.InvariantCulture))));
        await app.StartAsync();
        Console.WriteLine($"Listening on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    public void Observe(StorageRequest request) => Interlocked.Increment(ref count);
}
