using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Webhooks;

/// <summary>
/// The secrets that deliveries are signed with: shown once, and kept encrypted (AES-256-GCM under a key from the pepper), since a hash of one could sign nothing.
/// </summary>
public sealed class WebhookSecret
{
    private const string Prefix = "whs_";
    private const int RandomBytes = 32;
    private const byte Format = 1;
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    private readonly byte[] key;
    private readonly byte[]? previousKey;

    /// <param name="options">Whose peppers the keys are derived from.</param>
    public WebhookSecret(TenancyOptions options)
    {
        key = KeyOf(options.Pepper);
        previousKey = options.PreviousPepper is { } previous ? KeyOf(previous) : null;
    }

    /// <summary>A new secret: <c>whs_</c> and 256 random bits in base64url.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The value of <c>x-casefile-signature</c>: <c>sha256=</c> and HMAC-SHA256 over the timestamp, a full stop and the body, in hexadecimal.</summary>
    /// <param name="secret">The secret as it was shown.</param>
    /// <param name="timestamp">Unix seconds, as sent in <c>x-casefile-timestamp</c>.</param>
    /// <param name="body">The body as sent.</param>
    public static string Sign(string secret, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{timestamp}.")));
        hmac.AppendData(body);
        return "sha256=" + Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    /// <summary>The secret as it is kept; good for this webhook only.</summary>
    internal byte[] Seal(string secret, long webhookId)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var kept = new byte[1 + NonceBytes + plain.Length + TagBytes];
        kept[0] = Format;
        var nonce = kept.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, kept.AsSpan(1 + NonceBytes, plain.Length), kept.AsSpan(^TagBytes..), BoundTo(webhookId));
        return kept;
    }

    /// <summary>The secret; null when it was sealed for another webhook, under another pepper, or in an unknown form.</summary>
    internal string? Open(byte[] kept, long webhookId)
        => OpenUnder(key, kept, webhookId) ?? (previousKey is null ? null : OpenUnder(previousKey, kept, webhookId));

    /// <summary>The same secret kept under the pepper of today; what was given where it is already, or cannot be read.</summary>
    internal ReadOnlyMemory<byte> Renew(ReadOnlyMemory<byte> kept, long webhookId)
        => previousKey is not null && OpenUnder(key, kept.ToArray(), webhookId) is null && Open(kept.ToArray(), webhookId) is { } secret ? Seal(secret, webhookId) : kept;

    private static string? OpenUnder(byte[] key, byte[] kept, long webhookId)
    {
        if (kept.Length < 1 + NonceBytes + TagBytes || kept[0] != Format) return null;
        var plain = new byte[kept.Length - 1 - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(kept.AsSpan(1, NonceBytes), kept.AsSpan(1 + NonceBytes, plain.Length), kept.AsSpan(^TagBytes..), plain, BoundTo(webhookId));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] KeyOf(string pepper)
        => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(pepper), 32, info: "casefile webhook secrets"u8.ToArray());

    private static byte[] BoundTo(long webhookId) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"webhook {webhookId}"));
}
