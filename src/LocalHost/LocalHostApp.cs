using Casefile.Functions;
using Microsoft.AspNetCore.Builder;

namespace Casefile.LocalHost;

/// <summary>The function app, served over Kestrel.</summary>
public static class LocalHostApp
{
    /// <summary>Builds the app; the caller starts and stops it.</summary>
    /// <param name="args">Settings as <c>--Name value</c>, besides environment variables; <c>--urls</c> says where to listen.</param>
    /// <param name="configure">What a test puts in place of the registered services.</param>
    public static Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Services.AddCasefile(builder.Configuration);
        configure?.Invoke(builder);
        return Task.FromResult(builder.Build());
    }
}
