namespace Casefile.Functions.Http;

/// <summary>How requests are taken; the configuration section <c>Http</c>.</summary>
public sealed class HttpOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Http";

    /// <summary>Bytes of a request's body at most; above it: 413. At most 1 GiB; 64 MiB unless configured.</summary>
    public long BodyLimit { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether <c>X-Forwarded-Host</c>, <c>-Proto</c> and <c>-For</c> are believed: only behind a proxy that sets them, such as the Functions host.
    /// </summary>
    public bool ForwardedHeaders { get; set; }
}
