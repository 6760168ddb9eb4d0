using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Casefile.Core.Tenancy;

/// <summary>The text of a key: <c>rk_</c> and 256 random bits in base64url. Shown once, stored as a hash only.</summary>
internal static class KeySecret
{
    private const string Prefix = "rk_";
    private const int RandomBytes = 32;
    private const int RecognisableLength = 8;
    private static readonly int Length = Prefix.Length + Base64Url.GetEncodedLength(RandomBytes);

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Saves the tenant's rows a look for what cannot be one of our keys.</summary>
    public static bool LooksLikeOne(string key) => key.Length == Length && key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>HMAC-SHA256 under the pepper. A lookup by it tells by its timing nothing of the key, since nobody can steer the hash.</summary>
    public static string Hash(string key, string pepper)
        => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(pepper), Encoding.UTF8.GetBytes(key)));

    public static string Start(string key) => key[..RecognisableLength];
}
