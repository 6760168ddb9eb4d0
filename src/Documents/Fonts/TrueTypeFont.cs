using System.Buffers.Binary;
using System.Text;

namespace Casefile.Documents.Fonts;

/// <summary>
/// What setting text needs of a TrueType file: which glyph a code point has, how wide it is, and the outlines for a subset. Immutable once read.
/// It reads only the files embedded here, so it trusts them.
/// </summary>
internal sealed class TrueTypeFont
{
    private readonly byte[] _file;
    private readonly Dictionary<string, (int Start, int Length)> _tables = [];
    private readonly ushort[] _basicPlane = new ushort[0x10000];
    private readonly Dictionary<int, ushort> _otherPlanes = [];
    private readonly int _longMetrics;
    private readonly bool _longOffsets;

    /// <summary>Reads the tables of a font file (OpenType 1.9, "Font file structure").</summary>
    public TrueTypeFont(string name, byte[] file)
    {
        Name = name;
        _file = file;
        for (int i = 0, count = UInt16(4); i < count; i++)
        {
            var entry = 12 + (16 * i);
            _tables.Add(Encoding.ASCII.GetString(file, entry, 4), (Int32(entry + 8), Int32(entry + 12)));
        }

        var head = _tables["head"].Start;
        UnitsPerEm = UInt16(head + 18);
        Box = (Int16(head + 36), Int16(head + 38), Int16(head + 40), Int16(head + 42));
        _longOffsets = Int16(head + 50) != 0;
        var hhea = _tables["hhea"].Start;
        Ascent = Int16(hhea + 4);
        Descent = Int16(hhea + 6);
        _longMetrics = UInt16(hhea + 34);
        ItalicAngle = Int32(_tables["post"].Start + 4) / 65536;
        ReadCharacterMap();
    }

    /// <summary>The PostScript name.</summary>
    public string Name { get; }

    /// <summary>Font units in the height of the type; every other measure is in these units.</summary>
    public int UnitsPerEm { get; }

    /// <summary>The box round all glyphs.</summary>
    public (short Left, short Bottom, short Right, short Top) Box { get; }

    /// <summary>How far the face reaches above the baseline.</summary>
    public int Ascent { get; }

    /// <summary>How far below it; negative.</summary>
    public int Descent { get; }

    /// <summary>Degrees counter-clockwise from upright; 0 or negative.</summary>
    public int ItalicAngle { get; }

    /// <summary>The glyph of a code point; 0 (the empty box) where the face has none.</summary>
    public ushort GlyphOf(int codePoint)
        => codePoint < _basicPlane.Length ? _basicPlane[codePoint] : _otherPlanes.GetValueOrDefault(codePoint);

    /// <summary>The width of a glyph, and how far its outline starts right of the pen.</summary>
    public (ushort Advance, short Bearing) MetricsOf(ushort glyph)
    {
        var table = _tables["hmtx"].Start;
        return glyph < _longMetrics
            ? (UInt16(table + (4 * glyph)), Int16(table + (4 * glyph) + 2))
            : (UInt16(table + (4 * (_longMetrics - 1))), Int16(table + (4 * _longMetrics) + (2 * (glyph - _longMetrics))));
    }

    /// <summary>Left and right edge of the outline, measured from the pen; (0, 0) where there is no outline.</summary>
    public (short Left, short Right) EdgesOf(ushort glyph)
    {
        var outline = OutlineOf(glyph);
        return outline.IsEmpty ? default : (BinaryPrimitives.ReadInt16BigEndian(outline[2..]), BinaryPrimitives.ReadInt16BigEndian(outline[6..]));
    }

    /// <summary>The `glyf` entry; empty for a glyph without ink.</summary>
    public ReadOnlySpan<byte> OutlineOf(ushort glyph)
    {
        var loca = _tables["loca"].Start;
        var (from, to) = _longOffsets
            ? (Int32(loca + (4 * glyph)), Int32(loca + (4 * glyph) + 4))
            : (UInt16(loca + (2 * glyph)) * 2, UInt16(loca + (2 * glyph) + 2) * 2);
        return _file.AsSpan(_tables["glyf"].Start + from, to - from);
    }

    /// <summary>A whole table; empty where the file has none of this name.</summary>
    public ReadOnlySpan<byte> Table(string name)
        => _tables.TryGetValue(name, out var place) ? _file.AsSpan(place.Start, place.Length) : [];

    private void ReadCharacterMap()
    {
        var cmap = _tables["cmap"].Start;
        for (int i = 0, count = UInt16(cmap + 2); i < count; i++)
        {
            var entry = cmap + 4 + (8 * i);
            // Windows' maps, basic plane and full; the others say the same.
            if (UInt16(entry) == 3)
            {
                var map = cmap + Int32(entry + 4);
                switch (UInt16(map))
                {
                    case 4: ReadSegments(map); break;
                    case 12: ReadGroups(map); break;
                }
            }
        }
    }

    private void ReadSegments(int map)
    {
        var twice = UInt16(map + 6);
        for (var i = 0; i < twice; i += 2)
        {
            var last = UInt16(map + 14 + i);
            var first = UInt16(map + 16 + twice + i);
            var delta = UInt16(map + 16 + (2 * twice) + i);
            var rangeAt = map + 16 + (3 * twice) + i;
            var range = UInt16(rangeAt);
            for (int c = first; c <= last && c != 0xFFFF; c++)
            {
                var glyph = range == 0 ? c : UInt16(rangeAt + range + (2 * (c - first)));
                _basicPlane[c] = (ushort)(range != 0 && glyph == 0 ? 0 : glyph + delta);
            }
        }
    }

    private void ReadGroups(int map)
    {
        for (int i = 0, count = Int32(map + 12); i < count; i++)
        {
            var group = map + 16 + (12 * i);
            var (first, last, glyph) = (Int32(group), Int32(group + 4), Int32(group + 8));
            for (var c = Math.Max(first, _basicPlane.Length); c <= last; c++)
            {
                _otherPlanes[c] = (ushort)(glyph + c - first);
            }
        }
    }

    private ushort UInt16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at));

    private short Int16(int at) => BinaryPrimitives.ReadInt16BigEndian(_file.AsSpan(at));

    private int Int32(int at) => BinaryPrimitives.ReadInt32BigEndian(_file.AsSpan(at));
}
