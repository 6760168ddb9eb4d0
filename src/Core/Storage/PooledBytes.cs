using System.Buffers;

namespace Casefile.Core.Storage;

/// <summary>Bytes that grow in a rented array, given back when disposed of.</summary>
internal sealed class PooledBytes(int capacity) : IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    /// <summary>Room for this many bytes more, of which <see cref="Advance"/> takes what was used.</summary>
    public Span<byte> Room(int count)
    {
        if (bytes.Length - Length < count) Grow(count);
        return bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public ReadOnlySpan<byte> Slice(Range range) => bytes.AsSpan(range);

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, Length + count));
        bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
