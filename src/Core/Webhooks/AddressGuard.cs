using System.Net;
using System.Net.Sockets;

namespace Casefile.Core.Webhooks;

/// <summary>
/// Which addresses webhooks are delivered to: public ones, and those of networks that the operator allows by name. A URL is somebody else's text, so this decides
/// about the very address that is connected to and not about the name that led there.
/// </summary>
public sealed class AddressGuard
{
    // The IANA special-purpose registries of IPv4 and IPv6, and what leads to a cloud's own services.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Azure's platform address: DNS, health probes, and the agent's endpoint.
            "168.63.129.16/32",
            // Tunnels and translations that carry an IPv4 address (Teredo is in 2001::/23, 6to4 is 2002::/16), documentation, and delegated anycast.
            "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>All global unicast addresses. What is outside (loopback, link-local, unique local, multicast, IPv4-compatible, NAT64…) is not public.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private readonly IPNetwork[] allowed;

    /// <param name="options">Whose <see cref="WebhookOptions.AllowedNetworks"/> are allowed beside public addresses.</param>
    /// <exception cref="FormatException">One of them is no network.</exception>
    public AddressGuard(WebhookOptions options) => allowed = [.. options.AllowedNetworks.Select(IPNetwork.Parse)];

    /// <summary>Whether webhooks may be delivered to an address.</summary>
    public bool Allows(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IsPublic(address) || allowed.Any(network => network.Contains(address));
    }

    private static bool IsPublic(IPAddress address)
    {
        if (NotPublic.Any(network => network.Contains(address))) return false;
        if (address.AddressFamily == AddressFamily.InterNetwork) return true;
        return GlobalUnicast.Contains(address) && (Isatap(address) is not { } tunnelled || IsPublic(tunnelled));
    }

    /// <summary>The IPv4 address that an ISATAP interface id carries (RFC 5214, section 6.1), or null.</summary>
    private static IPAddress? Isatap(IPAddress address)
    {
        var bytes = address.GetAddressBytes().AsSpan();
        return (bytes[8] & 0xfc) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe ? new IPAddress(bytes[12..]) : null;
    }
}
