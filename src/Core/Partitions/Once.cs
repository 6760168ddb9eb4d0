using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Casefile.Core.Partitions;

/// <summary>
/// An idempotency key as a partition remembers it (common.md, "Beyond the reference services"): by the hash of caller, endpoint and key,
/// with a fingerprint of the body. The key itself is not stored.
/// </summary>
public sealed record Once : IOnce
{
    /// <summary>How long a repeat is answered by the first answer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>How long the row is kept: longer, so that clocks and running requests do no harm.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(25);

    private const string FingerprintProperty = "fingerprint";
    private const string MadeProperty = "made";
    internal const string AtProperty = "at";

    private readonly string rowKey;
    private readonly string fingerprint;

    /// <param name="userId">The caller.</param>
    /// <param name="endpoint">The endpoint, and the record type where the key is scoped to one: "records/12".</param>
    /// <param name="key">What the client sent, as it stands.</param>
    /// <param name="body">The request's parameters, in whatever form is the same for the same request.</param>
    public Once(long userId, string endpoint, string key, ReadOnlySpan<byte> body)
    {
        var scope = string.Create(CultureInfo.InvariantCulture, $"{userId}\n{endpoint}\n{key}");
        rowKey = RowKeys.Once(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope))));
        fingerprint = Convert.ToHexStringLower(SHA256.HashData(body));
    }

    /// <summary>When a remembered key's row may be deleted.</summary>
    internal static DateTimeOffset ForgottenAt(Storage.Row row) => DateTimeOffset.FromUnixTimeMilliseconds(row.Integer(AtProperty) ?? 0) + Kept;

    /// <summary>Whether a remembered key may be used anew at this time, Unix milliseconds.</summary>
    internal static bool IsPast(Storage.Row row, long now) => now - (row.Integer(AtProperty) ?? 0) > Lifetime.TotalMilliseconds;

    /// <summary>What the first request of this key made; null when this is the first; a conflict when its body was another.</summary>
    public async ValueTask<Result<OnceMade?>> FindAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        if (await scope.GetPresumedAbsentAsync(rowKey, cancellationToken) is not { } row)
            return (OnceMade?)null;
        if (IsPast(row, scope.Now.ToUnixTimeMilliseconds()))
            return (OnceMade?)null;
        if (row.Text(FingerprintProperty) != fingerprint)
            return Problem.Of(ProblemKind.Conflict, "Idempotency key was used with another request", "idempotency-key");
        return new OnceMade(row.Integer("version") ?? 0, row.Text(MadeProperty) ?? "");
    }

    /// <inheritdoc/>
    public ValueTask RememberAsync(OperationScope scope, string made, CancellationToken cancellationToken)
    {
        Remember(scope, made);
        return ValueTask.CompletedTask;
    }

    /// <summary>Remembers, with this commit, what the request made.</summary>
    public void Remember(OperationScope scope, string made)
    {
        scope.Put(rowKey, new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [FingerprintProperty] = fingerprint,
            [MadeProperty] = made,
            [AtProperty] = scope.Now.ToUnixTimeMilliseconds(),
            ["version"] = scope.Version,
        });
        scope.DueBy(DueKind.Maintenance, scope.Now + Kept);
    }
}

/// <summary>What the first request with an idempotency key made.</summary>
/// <param name="Version">The version of the commit that did it; its log entry is kept as long as the key.</param>
/// <param name="Made">The made thing's id, or whatever the operation remembered.</param>
public sealed record OnceMade(long Version, string Made);
