using System.Buffers.Binary;
using System.Text;

namespace Casefile.Documents.Fonts;

/// <summary>
/// The code points that one document uses of a face, each numbered in the order of first use. That number is both the character's code in the document and
/// its glyph in the subset; so two characters that share a glyph, or that the face has none for, still are told apart when text is searched or copied.
/// </summary>
internal sealed class FontSubset(TrueTypeFont font)
{
    private static readonly byte[] Nothing = new byte[3];

    // Code 0 is the empty box, as in every font.
    private readonly List<(int CodePoint, ushort Glyph)> _used = [(0xFFFD, 0)];
    private readonly Dictionary<int, ushort> _codes = [];

    /// <summary>The font that this is a part of.</summary>
    public TrueTypeFont Font => font;

    /// <summary>What is in use, by code. The first is the empty box.</summary>
    public IReadOnlyList<(int CodePoint, ushort Glyph)> Used => _used;

    /// <summary>Whether nothing was asked for.</summary>
    public bool IsEmpty => _codes.Count == 0;

    /// <summary>The code of a code point, from 1; 0 once 60,000 different ones are in use (the parts of composite glyphs need numbers too).</summary>
    public ushort CodeOf(int codePoint)
    {
        if (!_codes.TryGetValue(codePoint, out var code))
        {
            code = (ushort)(_used.Count < 60_000 ? _used.Count : 0);
            _codes.Add(codePoint, code);
            if (code != 0)
            {
                _used.Add((codePoint, font.GlyphOf(codePoint)));
            }
        }

        return code;
    }

    /// <summary>A font file of only these glyphs, numbered as the codes are.</summary>
    public byte[] ToFile()
    {
        var glyphs = _used.ConvertAll(used => used.Glyph);
        var parts = new Dictionary<ushort, ushort>();
        using var outlines = new MemoryStream();
        var offsets = new List<int>();
        // The list grows while it is walked: the parts of composite glyphs are put at its end.
        for (var i = 0; i < glyphs.Count; i++)
        {
            offsets.Add((int)outlines.Position);
            var outline = font.OutlineOf(glyphs[i]).ToArray();
            RenumberParts(outline, glyphs, parts);
            outlines.Write(outline);
            outlines.Write(Nothing.AsSpan(0, (int)(-outlines.Position & 3)));
        }

        offsets.Add((int)outlines.Position);
        return Assemble(
            ("cvt ", font.Table("cvt ").ToArray()),
            ("fpgm", font.Table("fpgm").ToArray()),
            ("glyf", outlines.ToArray()),
            ("head", Head()),
            ("hhea", With(font.Table("hhea"), 34, (ushort)glyphs.Count)),
            ("hmtx", Metrics(glyphs)),
            ("loca", Words(offsets)),
            ("maxp", With(font.Table("maxp"), 4, (ushort)glyphs.Count)),
            ("prep", font.Table("prep").ToArray()));
    }

    // OpenType 1.9, "glyf", composite glyphs: a negative number of contours, then parts of flags, glyph and placement.
    private static void RenumberParts(byte[] outline, List<ushort> glyphs, Dictionary<ushort, ushort> parts)
    {
        if (outline.Length == 0 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
        {
            return;
        }

        var at = 10;
        int flags;
        do
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(outline.AsSpan(at));
            var part = BinaryPrimitives.ReadUInt16BigEndian(outline.AsSpan(at + 2));
            if (!parts.TryGetValue(part, out var number))
            {
                number = (ushort)glyphs.Count;
                parts.Add(part, number);
                glyphs.Add(part);
            }

            BinaryPrimitives.WriteUInt16BigEndian(outline.AsSpan(at + 2), number);
            at += 4 + ((flags & 0x1) != 0 ? 4 : 2) + ((flags & 0x8) != 0 ? 2 : (flags & 0x40) != 0 ? 4 : (flags & 0x80) != 0 ? 8 : 0);
        }
        while ((flags & 0x20) != 0);
    }

    private byte[] Head()
    {
        // The offsets in `loca` are long ones here.
        var head = With(font.Table("head"), 50, 1);
        head.AsSpan(8, 4).Clear();
        return head;
    }

    private byte[] Metrics(List<ushort> glyphs)
    {
        var table = new byte[4 * glyphs.Count];
        for (var i = 0; i < glyphs.Count; i++)
        {
            var (advance, bearing) = font.MetricsOf(glyphs[i]);
            BinaryPrimitives.WriteUInt16BigEndian(table.AsSpan(4 * i), advance);
            BinaryPrimitives.WriteInt16BigEndian(table.AsSpan((4 * i) + 2), bearing);
        }

        return table;
    }

    private static byte[] Words(List<int> offsets)
    {
        var table = new byte[4 * offsets.Count];
        for (var i = 0; i < offsets.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(table.AsSpan(4 * i), offsets[i]);
        }

        return table;
    }

    private static byte[] With(ReadOnlySpan<byte> table, int at, ushort value)
    {
        var copy = table.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(at), value);
        return copy;
    }

    private static byte[] Assemble(params (string Name, byte[] Data)[] all)
    {
        var tables = Array.FindAll(all, table => table.Data.Length > 0);
        var start = 12 + (16 * tables.Length);
        var file = new byte[start + tables.Sum(table => Padded(table.Data.Length))];
        var power = 1 << (int)Math.Log2(tables.Length);
        BinaryPrimitives.WriteInt32BigEndian(file, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(4), (ushort)tables.Length);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(6), (ushort)(16 * power));
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(8), (ushort)Math.Log2(tables.Length));
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(10), (ushort)(16 * (tables.Length - power)));
        for (var i = 0; i < tables.Length; i++)
        {
            var (name, data) = tables[i];
            var entry = file.AsSpan(12 + (16 * i));
            data.CopyTo(file, start);
            Encoding.ASCII.GetBytes(name, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], Sum(file.AsSpan(start, Padded(data.Length))));
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], start);
            BinaryPrimitives.WriteInt32BigEndian(entry[12..], data.Length);
            start += Padded(data.Length);
        }

        return file;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private static uint Sum(ReadOnlySpan<byte> words)
    {
        var sum = 0u;
        for (; !words.IsEmpty; words = words[4..])
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(words);
        }

        return sum;
    }
}
