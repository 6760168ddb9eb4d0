using System.Text.Json;

namespace Casefile.LocalHost;

/// <summary>What LocalHost heeds of host.json.</summary>
/// <param name="RoutePrefix">What every route begins with, without slashes at its ends; empty for nothing.</param>
internal sealed record HostJson(string RoutePrefix)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the file beside the app.</summary>
    /// <param name="folder">Where host.json lies.</param>
    /// <returns>Its settings; the Functions host's default prefix, <c>api</c>, where it names none.</returns>
    public static HostJson Read(string folder)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "host.json")), Lenient);
        var prefix = file.RootElement.TryGetProperty("extensions", out var extensions)
            && extensions.TryGetProperty("http", out var http)
            && http.TryGetProperty("routePrefix", out var value)
                ? value.GetString()
                : "api";
        return new HostJson(prefix?.Trim('/') ?? "");
    }
}
