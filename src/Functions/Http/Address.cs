namespace Casefile.Functions.Http;

/// <summary>Where a request goes to, as its client sees it: what a link in an answer is made of, and all that a GET without a body asks.</summary>
/// <param name="Scheme">The scheme.</param>
/// <param name="Authority">Host and port.</param>
/// <param name="PathBase">What the path begins with before any route; usually empty.</param>
/// <param name="Path">The path, escaped.</param>
/// <param name="Query">The query string as it was sent, with its question mark; empty without one.</param>
internal readonly record struct Address(string Scheme, string Authority, string PathBase, string Path, string Query)
{
    /// <summary>Scheme and host, for links; no slash at the end.</summary>
    public string Host => $"{Scheme}://{Authority}{PathBase}";

    /// <summary>Scheme, host and path, for links.</summary>
    public string WithoutQuery => $"{Scheme}://{Authority}{PathBase}{Path}";

    /// <summary>All of it.</summary>
    public override string ToString() => $"{Scheme}://{Authority}{PathBase}{Path}{Query}";
}
