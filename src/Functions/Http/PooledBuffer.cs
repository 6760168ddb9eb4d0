using System.Buffers;

namespace Casefile.Functions.Http;

/// <summary>Bytes in one array of the shared pool, which grows by doubling. Not for several threads at once.</summary>
internal sealed class PooledBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] array = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 256));

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => array.AsMemory(0, Length);

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return array.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Gives the array back.</summary>
    public void Dispose()
    {
        if (array.Length == 0) return;
        ArrayPool<byte>.Shared.Return(array);
        (array, Length) = ([], 0);
    }

    private void Reserve(int more)
    {
        if (array.Length - Length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max((long)Length + more, Length * 2L), Array.MaxLength));
        array.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(array);
        array = larger;
    }
}
