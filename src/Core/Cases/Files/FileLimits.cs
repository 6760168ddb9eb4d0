namespace Casefile.Core.Cases.Files;

/// <summary>What files of cases may take (section <c>Limits</c> of the configuration).</summary>
public sealed record FileLimits
{
    /// <summary>The name of the configuration's section.</summary>
    public const string Section = "Limits";

    private const long RoomForTheRest = 1024 * 1024;

    /// <summary>Bytes of a file; 50 MiB unless configured.</summary>
    public long FileBytes { get; init; } = 50L * 1024 * 1024;

    /// <summary>Bytes of a request that carries a file in base64: a third more than the file, and some for line breaks and what else is in it.</summary>
    public long RequestBytes => (FileBytes * 3 / 2) + RoomForTheRest;
}
