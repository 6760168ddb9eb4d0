using System.Buffers.Binary;
using System.Text;

namespace Casefile.Core.Storage.Embedded;

/// <summary>A row's properties as they are kept in the file: a format byte, their number, and of each its name, its kind and its value.</summary>
internal static class RowBytes
{
    private const byte Format = 1;

    private enum Kind : byte
    {
        Text = 1,
        Integer = 2,
        Number = 3,
        False = 4,
        True = 5,
        Date = 6,
        Bytes = 7,
    }

    public static void Encode(IReadOnlyDictionary<string, object> properties, PooledBytes to)
    {
        to.Byte(Format);
        to.Varint((ulong)properties.Count);
        foreach (var (name, value) in properties.Each())
        {
            to.Text(name);
            Value(to, value);
        }
    }

    /// <exception cref="InvalidDataException">The bytes were written by a later version.</exception>
    public static Dictionary<string, object> Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] != Format) throw new InvalidDataException($"A row is kept in format {bytes[0]}; this is {Format}.");
        bytes = bytes[1..];
        var count = (int)Varint(ref bytes);
        var properties = new Dictionary<string, object>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = Text(ref bytes);
            properties.Add(name, Value(ref bytes));
        }

        return properties;
    }

    private static void Value(PooledBytes to, object value)
    {
        switch (value)
        {
            case string text:
                to.Byte((byte)Kind.Text);
                to.Text(text);
                break;
            case long integer:
                to.Byte((byte)Kind.Integer);
                to.Long(integer);
                break;
            case double number:
                to.Byte((byte)Kind.Number);
                to.Long(BitConverter.DoubleToInt64Bits(number));
                break;
            case bool flag:
                to.Byte((byte)(flag ? Kind.True : Kind.False));
                break;
            case DateTimeOffset date:
                to.Byte((byte)Kind.Date);
                to.Long(date.UtcTicks);
                break;
            case byte[] content:
                to.Byte((byte)Kind.Bytes);
                to.Bytes(content);
                break;
            default:
                throw new ArgumentException($"A row cannot hold a {value.GetType().Name}.", nameof(value));
        }
    }

    private static object Value(ref ReadOnlySpan<byte> bytes)
    {
        var kind = (Kind)Take(ref bytes, 1)[0];
        return kind switch
        {
            Kind.Text => Text(ref bytes),
            Kind.Integer => Long(ref bytes),
            Kind.Number => BitConverter.Int64BitsToDouble(Long(ref bytes)),
            Kind.False => false,
            Kind.True => true,
            Kind.Date => new DateTimeOffset(Long(ref bytes), TimeSpan.Zero),
            Kind.Bytes => Take(ref bytes, (int)Varint(ref bytes)).ToArray(),
            _ => throw new InvalidDataException($"A row holds a value of kind {(byte)kind}."),
        };
    }

    private static long Long(ref ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(Take(ref bytes, sizeof(long)));

    private static string Text(ref ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(Take(ref bytes, (int)Varint(ref bytes)));

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
