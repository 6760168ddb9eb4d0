using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Casefile.Core.Partitions;

/// <summary>
/// One line of a batch or stream whose idempotency key stands for the whole (common.md, "Beyond the reference services"). Lines that follow each
/// other share a row <c>once-</c>, so that remembering a commit's worth of them takes two actions of its transaction and not as many as lines.
/// </summary>
public sealed class OnceLine : IOnce
{
    /// <summary>Lines that share a row.</summary>
    private const int LinesPerRow = 64;

    private const int FingerprintBytes = 16;

    /// <summary>A line as it is kept: its place in the row, the fingerprint of its body, the id that it made, the version of the commit.</summary>
    private const int EntryBytes = 1 + FingerprintBytes + sizeof(long) + sizeof(long);

    private const string LinesProperty = "lines";

    private readonly string rowKey;
    private readonly byte place;
    private readonly byte[] fingerprint;

    /// <param name="userId">The caller.</param>
    /// <param name="endpoint">The endpoint and the record type: "records/12/batch".</param>
    /// <param name="key">What the client sent, as it stands.</param>
    /// <param name="index">The line's index in the whole.</param>
    /// <param name="body">The line, in whatever form is the same for the same line.</param>
    public OnceLine(long userId, string endpoint, string key, long index, ReadOnlySpan<byte> body)
    {
        var scope = string.Create(CultureInfo.InvariantCulture, $"lines\n{userId}\n{endpoint}\n{index / LinesPerRow}\n{key}");
        rowKey = RowKeys.Once(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope))));
        place = (byte)(index % LinesPerRow);
        fingerprint = SHA256.HashData(body)[..FingerprintBytes];
    }

    /// <inheritdoc/>
    public async ValueTask<Result<OnceMade?>> FindAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        var lines = await LinesAsync(scope, cancellationToken);
        for (var at = 0; at + EntryBytes <= lines.Length; at += EntryBytes)
        {
            var entry = lines.AsMemory(at, EntryBytes);
            if (entry.Span[0] != place) continue;
            if (!entry.Span.Slice(1, FingerprintBytes).SequenceEqual(fingerprint))
                return Problem.Of(ProblemKind.Conflict, "Idempotency key was used with another line", "idempotency-key");
            var made = BinaryPrimitives.ReadInt64LittleEndian(entry.Span[(1 + FingerprintBytes)..]);
            var version = BinaryPrimitives.ReadInt64LittleEndian(entry.Span[(1 + FingerprintBytes + sizeof(long))..]);
            return new OnceMade(version, made.ToString(CultureInfo.InvariantCulture));
        }

        return (OnceMade?)null;
    }

    /// <inheritdoc/>
    public async ValueTask RememberAsync(OperationScope scope, string made, CancellationToken cancellationToken)
    {
        var before = await LinesAsync(scope, cancellationToken);
        var lines = new byte[before.Length + EntryBytes];
        before.CopyTo(lines, 0);
        var entry = lines.AsSpan(before.Length);
        entry[0] = place;
        fingerprint.CopyTo(entry[1..]);
        BinaryPrimitives.WriteInt64LittleEndian(entry[(1 + FingerprintBytes)..], long.Parse(made, CultureInfo.InvariantCulture));
        BinaryPrimitives.WriteInt64LittleEndian(entry[(1 + FingerprintBytes + sizeof(long))..], scope.Version);
        scope.Put(rowKey, new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [LinesProperty] = lines,
            [Once.AtProperty] = scope.Now.ToUnixTimeMilliseconds(),
        });
        scope.DueBy(DueKind.Maintenance, scope.Now + Once.Kept);
    }

    private async ValueTask<byte[]> LinesAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        if (await scope.GetPresumedAbsentAsync(rowKey, cancellationToken) is not { } row) return [];
        var at = DateTimeOffset.FromUnixTimeMilliseconds(row.Integer(Once.AtProperty) ?? 0);
        return scope.Now - at > Once.Lifetime ? [] : row.Bytes(LinesProperty) ?? [];
    }
}
