using System.Net;
using System.Net.Sockets;

namespace Casefile.Faults;

/// <summary>Settings of the service's processes, as <c>--Name value</c>.</summary>
internal static class ServiceSettings
{
    /// <summary>The key that may do everything.</summary>
    public const string OwnerKey = "owner-key-of-the-faults";

    /// <summary>The first second of a year, which is never while this runs.</summary>
    private const string Never = "0 0 0 1 1 *";

    /// <summary>A free port of loopback.</summary>
    public static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }

    /// <summary>A process that listens here, without rate limits, and does what is owed every ten seconds.</summary>
    public static IEnumerable<string> At(Uri address) =>
    [
        "--urls", address.GetLeftPart(UriPartial.Authority),
        "--RECORDS_OWNER_KEY", OwnerKey,
        "--RateLimits:Default", "0", "--RateLimits:Records", "0", "--RateLimits:Queries", "0", "--RateLimits:Tokens", "0",
        "--EnforceRetentionSchedule", Never, "--MaintainStorageSchedule", "*/10 * * * * *",
    ];

    /// <summary>Over an account.</summary>
    public static IEnumerable<string> Over(string connectionString) => ["--Storage:ConnectionString", connectionString];

    /// <summary>In a folder.</summary>
    public static IEnumerable<string> Embedded(string folder) => ["--Storage:Embedded", folder];
}
