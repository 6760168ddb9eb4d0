using Casefile.Functions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casefile.LocalHost;

/// <summary>The function app, served over Kestrel where the Functions host is not installed.</summary>
public static class LocalHostApp
{
    /// <summary>Where it listens unless <c>--urls</c> or <c>ASPNETCORE_URLS</c> says otherwise: the Functions host's own port.</summary>
    public const string DefaultUrl = "http://127.0.0.1:7071";

    /// <summary>Settings that hold where nothing else names them; the Functions host has them from its app settings.</summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["urls"] = DefaultUrl,
        ["EnforceRetentionSchedule"] = "0 */5 * * * *",
        ["MaintainStorageSchedule"] = "30 */10 * * * *",
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Azure"] = "Warning",
        ["Logging:LogLevel:Microsoft"] = "Warning",
    };

    /// <summary>Builds the app; the caller starts and stops it.</summary>
    /// <param name="args">
    /// Settings as <c>--Name value</c>, over those in the environment. <c>--urls http://127.0.0.1:0</c> takes a free port.
    /// </param>
    /// <param name="configure">What the caller puts in place of settings and registered services, such as a test's clock.</param>
    /// <returns>The app, not yet started. Stopping it lets the requests under way finish, for 30 seconds at most.</returns>
    /// <exception cref="InvalidOperationException">A function is declared in a way that no host could serve.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        if (!Telemetry.IsOn(builder.Configuration))
        {
            // Nobody follows its activities then, one for each request with a scope of the log; what went wrong is logged all the same.
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        }

        builder.Host.UseDefaultServiceProvider(options => (options.ValidateOnBuild, options.ValidateScopes) = (true, true));
        builder.Services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);
        builder.Services.AddCasefile(builder.Configuration);
        builder.Services.AddSingleton(FunctionCatalog.Of(typeof(ServiceSetup).Assembly));
        builder.Services.AddSingleton<TimerRunner>();
        builder.Services.AddHostedService(services => services.GetRequiredService<TimerRunner>());
        configure?.Invoke(builder);

        var app = builder.Build();
        app.Use(EmptyAnswerToFaults.Handle);
        app.MapFunctions(HostJson.Read(AppContext.BaseDirectory));
        return app;
    }
}
