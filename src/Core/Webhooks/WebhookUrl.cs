using System.Net;

namespace Casefile.Core.Webhooks;

/// <summary>
/// What a webhook's URL may be. It keeps honest mistakes out early; what protects the network is <see cref="AddressGuard"/>, at every connection.
/// </summary>
public sealed class WebhookUrl(WebhookOptions options, AddressGuard guard)
{
    /// <summary>UTF-16 units of a URL at most.</summary>
    private const int Longest = 2_000;

    private const string Place = "url";

    /// <summary>The URL in its canonical form, or why it is none that is delivered to.</summary>
    public Result<Uri> Read(string text)
    {
        if (text.Length is 0 or > Longest) return Refuse($"must have 1 to {Longest} characters");
        // Uri trims and drops some of these, and what is stored should be what was meant.
        if (text.AsSpan().ContainsAnyInRange('\0', ' ') || text.Contains('\u007f', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal))
            return Refuse("must not contain white space, control characters or backslashes");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)) return Refuse("must be an absolute URL");
        if (url.Scheme != Uri.UriSchemeHttps && !(options.AllowHttp && url.Scheme == Uri.UriSchemeHttp))
            return Refuse(options.AllowHttp ? "must begin with https:// or http://" : "must begin with https://");
        if (url.UserInfo.Length > 0) return Refuse("must not carry credentials; check the signature instead");
        if (url.Fragment.Length > 0) return Refuse("must not have a fragment");
        if (url.Port is < 1 or (< 1024 and not 80 and not 443)) return Refuse("its port must be 80, 443, or 1024 and above");
        // The name as it would be connected to. One with digits of other scripts is somebody's disguise of a number.
        if (url.IdnHost.Any(letter => !char.IsAscii(letter) || letter == '%') || url.Host.Any(letter => char.IsNumber(letter) && !char.IsAscii(letter)))
            return Refuse("its host must be a public name or address");
        if (IPAddress.TryParse(url.IdnHost, out var address)) return guard.Allows(address) ? url : Refuse("its address is not a public one");
        return url.HostNameType == UriHostNameType.Dns && (!IsLocal(url.IdnHost) || guard.Allows(IPAddress.Loopback))
            ? url
            : Refuse("its host must be a public name or address");
    }

    private static bool IsLocal(string host)
    {
        host = host.TrimEnd('.');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    private static Problem Refuse(string reason) => Problem.Invalid("Parameter is invalid", $"{Place}: {reason}");
}
