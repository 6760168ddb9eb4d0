using System.Text;

namespace Casefile.Core.Partitions;

/// <summary>The compact form in which the commit log keeps images of rows. A reader refuses a form that it does not know.</summary>
internal static class RowCodec
{
    private const byte Format = 1;

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

    public static byte[] Encode(IReadOnlyList<RowChange> changes)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Format);
        writer.Write7BitEncodedInt(changes.Count);
        foreach (var change in changes)
        {
            writer.Write(change.RowKey);
            writer.Write(change.Image is not null);
            if (change.Image is null) continue;
            writer.Write7BitEncodedInt(change.Image.Count);
            foreach (var (name, value) in change.Image)
            {
                writer.Write(name);
                WriteValue(writer, value);
            }
        }

        writer.Flush();
        return stream.ToArray();
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

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.Write((byte)Tag.Text);
                writer.Write(text);
                break;
            case long integer:
                writer.Write((byte)Tag.Integer);
                writer.Write7BitEncodedInt64(integer);
                break;
            case double number:
                writer.Write((byte)Tag.Number);
                writer.Write(number);
                break;
            case bool flag:
                writer.Write((byte)(flag ? Tag.True : Tag.False));
                break;
            case DateTimeOffset date:
                writer.Write((byte)Tag.Date);
                writer.Write(date.UtcTicks);
                break;
            case byte[] bytes:
                writer.Write((byte)Tag.Bytes);
                writer.Write7BitEncodedInt(bytes.Length);
                writer.Write(bytes);
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
