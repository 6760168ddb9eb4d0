using System.Globalization;
using Casefile.Core.Storage;
using Casefile.LocalHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Casefile.ListLimit;

/// <summary>LocalHost as it is, and beside it a path that tells how many requests it has made of its storage.</summary>
internal static class CountedService
{
    public const string CountPath = "/bench/storage-requests";

    public static async Task<int> RunAsync(string[] settings)
    {
        var counter = new RequestCounter();
        await using var app = LocalHostApp.Build(settings, builder => builder.Services.AddSingleton<IStorageObserver>(counter));
        app.MapGet(CountPath, () => Results.Text(counter.Count.ToString(CultureInfo.InvariantCulture)));
        await app.StartAsync();
        Console.WriteLine($"Listening on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    private sealed class RequestCounter : IStorageObserver
    {
        private long count;

        public long Count => Interlocked.Read(ref count);

        public void Observe(StorageRequest request) => Interlocked.Increment(ref count);
    }
}
