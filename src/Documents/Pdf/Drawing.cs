using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Casefile.Documents.Fonts;

namespace Casefile.Documents.Pdf;

/// <summary>The drawing operators of a content stream (ISO 32000-1, annex A). Lengths are points; y grows downwards from the top of the page, as reading does.</summary>
internal sealed class Drawing(float pageHeight)
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    /// <summary>What was drawn so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>A filled rectangle.</summary>
    public void Fill(float x, float y, float width, float height, Ink ink)
    {
        Colour(ink);
        Number(x);
        Number(pageHeight - y - height);
        Number(width);
        Number(height);
        Put("re f\n"u8);
    }

    /// <summary>Characters on a baseline, by their codes in a subset.</summary>
    /// <param name="x">Where they start.</param>
    /// <param name="baseline">Where they stand.</param>
    /// <param name="face">Which of the page's fonts.</param>
    /// <param name="size">The type's size.</param>
    /// <param name="ink">The colour.</param>
    /// <param name="codes">The characters; between them, in thousandths of the size, how far the pen moves back.</param>
    public void Show(float x, float baseline, FontFace face, float size, Ink ink, ReadOnlySpan<(ushort Code, int Back)> codes)
    {
        Colour(ink);
        Put("BT /F"u8);
        Whole((int)face);
        Put(" "u8);
        Number(size);
        Put("Tf "u8);
        Number(x);
        Number(pageHeight - baseline);
        Put("Td [<"u8);
        foreach (var (code, back) in codes)
        {
            if (back != 0)
            {
                Put(">"u8);
                Whole(back);
                Put("<"u8);
            }

            var digits = _bytes.GetSpan(4);
            code.TryFormat(digits, out var length, "X4", CultureInfo.InvariantCulture);
            _bytes.Advance(length);
        }

        Put(">]TJ ET\n"u8);
    }

    private void Colour(Ink ink)
    {
        Number(ink.Red / 255f);
        Number(ink.Green / 255f);
        Number(ink.Blue / 255f);
        Put("rg "u8);
    }

    private void Number(float value)
    {
        Utf8Formatter.TryFormat(value, _bytes.GetSpan(32), out var length, new StandardFormat('F', 3));
        _bytes.Advance(length);
        Put(" "u8);
    }

    private void Whole(int value)
    {
        Utf8Formatter.TryFormat(value, _bytes.GetSpan(16), out var length);
        _bytes.Advance(length);
    }

    private void Put(ReadOnlySpan<byte> text) => _bytes.Write(text);
}
