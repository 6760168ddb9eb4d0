using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Casefile.Core.Storage;

/// <summary>Bytes that grow in a rented array, given back when disposed of.</summary>
internal sealed class PooledBytes(int capacity) : IDisposable
{
    private const int MaxVarint = 10;

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

    public void Byte(byte value)
    {
        Room(1)[0] = value;
        Advance(1);
    }

    /// <summary>Eight bytes, the lowest first.</summary>
    public void Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value);
        Advance(sizeof(long));
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit of a byte says that another follows.</summary>
    public void Varint(ulong value)
    {
        var room = Room(MaxVarint);
        var length = 0;
        for (; value >= 0x80; value >>= 7) room[length++] = (byte)(value | 0x80);
        room[length++] = (byte)value;
        Advance(length);
    }

    /// <summary>UTF-8 behind its length in bytes.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Varint((ulong)length);
        Advance(Encoding.UTF8.GetBytes(text, Room(length)));
    }

    /// <summary>Bytes behind their length.</summary>
    public void Bytes(byte[] content)
    {
        Varint((ulong)content.Length);
        content.CopyTo(Room(content.Length));
        Advance(content.Length);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, Length + count));
        bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
