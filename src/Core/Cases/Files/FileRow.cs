namespace Casefile.Core.Cases.Files;

/// <summary>The properties that the row of a file's activity has beside those of every activity (<see cref="ActivityRow"/>).</summary>
public static class FileRow
{
    /// <summary>The file's name, cleaned (<see cref="FileName"/>).</summary>
    public const string Name = "file";

    /// <summary>The blob that holds its content: <c>files/{case}/{yyyyMMddHH}-{guid}</c>. The name does not depend on the team, so a case takes its files along.</summary>
    public const string Blob = "blob";

    /// <summary>Bytes of its content.</summary>
    public const string Bytes = "bytes";

    /// <summary>The SHA-256 of its content, in hexadecimal.</summary>
    public const string Sha256 = "sha256";

    /// <summary>The MD5 of its content, in hexadecimal, since that is what many lists of known files go by.</summary>
    public const string Md5 = "md5";

    /// <summary>Its media type (<see cref="FileMediaType"/>).</summary>
    public const string MediaType = "media";

    /// <summary>The block that it was put into, by id; absent without one.</summary>
    public const string Block = "block";
}
