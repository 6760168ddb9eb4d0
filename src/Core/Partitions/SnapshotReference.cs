using System.Globalization;

namespace Casefile.Core.Partitions;

/// <summary>A snapshot as the head names it: a partition at one version, in a blob. It spares a cold replica the reading of all rows.</summary>
/// <param name="Version">The version that the content is of.</param>
/// <param name="Bytes">The bytes of the content, uncompressed.</param>
/// <param name="Sha256">The SHA-256 of the blob as it is stored, in hexadecimal.</param>
/// <param name="Blob">The blob's name.</param>
public sealed record SnapshotReference(long Version, long Bytes, string Sha256, string Blob)
{
    /// <summary>The form of the content and of this reference that this code writes and reads. Another one is as good as no snapshot.</summary>
    public const int Format = 1;

    /// <summary>The version of the newest snapshot ever named: a head counter. A process that knows of no snapshots keeps it, but drops the name.</summary>
    internal const string VersionCounter = "snapshot";

    /// <summary>
    /// Until when a process may write a snapshot and name it: a head counter, Unix milliseconds; 0 when none does. Whoever sets it is the only one to write,
    /// and may name what it wrote only while its own value stands.
    /// </summary>
    internal const string ClaimCounter = "snapshot_claim";

    /// <summary>Begins the names of a partition's snapshots.</summary>
    public static string Prefix(PartitionAddress address) => $"snapshots/{address.Key}/";

    /// <summary>A name of its own for a snapshot of this version.</summary>
    internal static string NewBlob(PartitionAddress address, long version) => $"{Prefix(address)}{RowKeys.Number(version)}-{Guid.NewGuid():N}";

    /// <summary>What <see cref="ToString"/> wrote; null for nothing and for a form that this version of the service does not know.</summary>
    public static SnapshotReference? Parse(string? text)
    {
        if (text is null) return null;
        var parts = text.Split(' ');
        return parts is [_, var version, var bytes, var sha256, var blob]
            && parts[0] == Format.ToString(CultureInfo.InvariantCulture)
            && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var atVersion)
            && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? new SnapshotReference(atVersion, length, sha256, blob)
                : null;
    }

    /// <summary>The reference as it stands in the head: format, version, bytes, hash and blob, with spaces between.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Format} {Version} {Bytes} {Sha256} {Blob}");
}
