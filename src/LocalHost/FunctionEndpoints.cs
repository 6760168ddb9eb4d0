using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.LocalHost;

/// <summary>Serves the HTTP functions through ASP.NET Core's router, matching as the Functions host does.</summary>
internal static class FunctionEndpoints
{
    /// <summary>Maps every HTTP function of the catalog.</summary>
    /// <param name="app">Where to.</param>
    /// <param name="host">host.json.</param>
    public static void MapFunctions(this WebApplication app, HostJson host)
    {
        var functions = app.Services.GetRequiredService<FunctionCatalog>().Http;
        ((IEndpointRouteBuilder)app).DataSources.Add(
            new DefaultEndpointDataSource(functions.Select((function, place) => Endpoint(function, place, host.RoutePrefix))));
    }

    /// <summary>
    /// The order comes before how specific a template is, and the Functions host tries functions by name: so a route that works here works there.
    /// </summary>
    private static Endpoint Endpoint(HttpFunction function, int place, string prefix)
    {
        var template = RoutePatternFactory.Parse(prefix.Length == 0 ? function.Route : $"{prefix}/{function.Route}");
        var endpoint = new RouteEndpointBuilder(http => Serve(function, http), template, place) { DisplayName = function.Name };
        if (function.Methods.Count > 0)
        {
            endpoint.Metadata.Add(new HttpMethodMetadata(function.Methods));
        }

        return endpoint.Build();
    }

    private static async Task Serve(HttpFunction function, HttpContext http)
    {
        if (await function.Invoke(http.RequestServices, http, null, http.RequestAborted) is { } result)
        {
            await result.ExecuteAsync(http);
        }
    }
}
