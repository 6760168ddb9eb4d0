using System.Text;
using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>The compact form in which the commit log keeps images of rows. A reader refuses a form that it does not know.</summary>
internal static class RowCodec
{
    private const byte Format = 1;
    private const int UsualChangeBytes = 512;

    private static readonly byte[] OneChange = [Format, 1, 0];

    private enum Tag : byte
    {
        Text = 1,
        Integer = 2,
        Number = 3,
        False = 4,
        True = 5,
        Date = 6,
        Bytes = 7,
    }

    /// <summary>One row's image by itself.</summary>
    public static byte[] EncodeImage(IReadOnlyDictionary<string, object> image)
    {
        using var bytes = new PooledBytes(UsualChangeBytes);
        foreach (var each in OneChange) bytes.Byte(each);
        Image(bytes, image);
        return bytes.Slice(..bytes.Length).ToArray();
    }

    /// <exception cref="UnknownFormatException">The bytes were written by a later version.</exception>
    public static IReadOnlyDictionary<string, object> DecodeImage(Stream image) => Decode(image)[0].Image!;

    /// <summary>Changes in a rented array, which the caller gives back.</summary>
    public static PooledBytes EncodePooled(IReadOnlyList<RowChange> changes)
    {
        var to = new PooledBytes(UsualChangeBytes * (changes.Count + 1));
        to.Byte(Format);
        to.Varint((ulong)changes.Count);
        foreach (var change in changes)
        {
            to.Text(change.RowKey);
            Image(to, change.Image);
        }

        return to;
    }

    public static IReadOnlyList<RowChange> Decode(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadByte() is var format && format != Format)
            throw new UnknownFormatException($"The commit log holds an entry of format {format}; this is {Format}.");
        var changes = new RowChange[reader.Read7BitEncodedInt()];
        for (var i = 0; i < changes.Length; i++)
        {
            var rowKey = reader.ReadString();
            changes[i] = new RowChange(rowKey, reader.ReadBoolean() ? ReadImage(reader) : null);
        }

        return changes;
    }

    private static Dictionary<string, object> ReadImage(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        var image = new Dictionary<string, object>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            image[name] = ReadValue(reader);
        }

        return image;
    }

    private static void Image(PooledBytes to, IReadOnlyDictionary<string, object>? image)
    {
        to.Byte(image is null ? (byte)0 : (byte)1);
        if (image is null) return;
        to.Varint((ulong)image.Count);
        foreach (var (name, value) in image.Each())
        {
            to.Text(name);
            Value(to, value);
        }
    }

    private static void Value(PooledBytes to, object value)
    {
        switch (value)
        {
            case string text:
                to.Byte((byte)Tag.Text);
                to.Text(text);
                break;
            case long integer:
                to.Byte((byte)Tag.Integer);
                to.Varint((ulong)integer);
                break;
            case double number:
                to.Byte((byte)Tag.Number);
                to.Long(BitConverter.DoubleToInt64Bits(number));
                break;
            case bool flag:
                to.Byte((byte)(flag ? Tag.True : Tag.False));
                break;
            case DateTimeOffset date:
                to.Byte((byte)Tag.Date);
                to.Long(date.UtcTicks);
                break;
            case byte[] bytes:
                to.Byte((byte)Tag.Bytes);
                to.Bytes(bytes);
                break;
            default:
                throw new ArgumentException($"A row cannot hold a {value.GetType().Name}.", nameof(value));
        }
    }

    private static object ReadValue(BinaryReader reader) => (Tag)reader.ReadByte() switch
    {
        Tag.Text => reader.ReadString(),
        Tag.Integer => reader.Read7BitEncodedInt64(),
        Tag.Number => reader.ReadDouble(),
        Tag.False => false,
        Tag.True => true,
        Tag.Date => new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
        Tag.Bytes => reader.ReadBytes(reader.Read7BitEncodedInt()),
        var tag => throw new UnknownFormatException($"The commit log holds a value of kind {(byte)tag}."),
    };
}
