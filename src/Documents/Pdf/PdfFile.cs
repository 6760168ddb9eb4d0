using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Casefile.Documents.Pdf;

/// <summary>
/// The objects of a PDF 1.7 file (ISO 32000-1, section 7.5), one after another. Bytes collect in memory until <see cref="DrainAsync"/> hands them on, so that
/// setting text is plain synchronous code and still no document is ever in memory as a whole.
/// </summary>
internal sealed class PdfFile : IDisposable
{
    private readonly MemoryStream _pending = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<long> _places = [0];
    private long _handedOn;

    /// <summary>Begins the file.</summary>
    public PdfFile() => Put("%PDF-1.7\n%\u00E2\u00E3\u00CF\u00D3\n");

    /// <summary>Bytes made and not yet handed on.</summary>
    public long Pending => _pending.Length;

    /// <summary>A number for an object that is written later; every one must be.</summary>
    public int Reserve()
    {
        _places.Add(-1);
        return _places.Count - 1;
    }

    /// <summary>Writes an object.</summary>
    public int Write(string content) => Write(Reserve(), content);

    /// <summary>Writes an object under a reserved number.</summary>
    public int Write(int number, string content)
    {
        _places[number] = _handedOn + _pending.Length;
        Put(string.Create(CultureInfo.InvariantCulture, $"{number} 0 obj\n{content}\nendobj\n"));
        return number;
    }

    /// <summary>Writes a stream, compressed.</summary>
    /// <param name="number">Its reserved number.</param>
    /// <param name="data">What it holds.</param>
    /// <param name="entries">More entries of its dictionary.</param>
    public int WriteStream(int number, ReadOnlySpan<byte> data, string entries = "")
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(data);
        }

        _places[number] = _handedOn + _pending.Length;
        Put(string.Create(CultureInfo.InvariantCulture, $"{number} 0 obj\n<</Filter/FlateDecode/Length {packed.Length}{entries}>>\nstream\n"));
        packed.WriteTo(_pending);
        Put("\nendstream\nendobj\n");
        return number;
    }

    /// <summary>Writes the cross-reference table and the trailer. The file's id is a hash of what it holds, so the same content is the same file.</summary>
    public void End(int catalog, int information)
    {
        _hash.AppendData(_pending.GetBuffer().AsSpan(0, (int)_pending.Length));
        var id = Convert.ToHexString(_hash.GetHashAndReset().AsSpan(0, 16));
        var start = _handedOn + _pending.Length;
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"xref\n0 {_places.Count}\n0000000000 65535 f \n");
        foreach (var place in _places.Skip(1))
        {
            table.Append(CultureInfo.InvariantCulture, $"{place:D10} 00000 n \n");
        }

        table.Append(CultureInfo.InvariantCulture, $"trailer\n<</Size {_places.Count}/Root {catalog} 0 R/Info {information} 0 R/ID[<{id}><{id}>]>>\nstartxref\n{start}\n%%EOF\n");
        Put(table.ToString());
    }

    /// <summary>Hands on what is pending.</summary>
    public async Task DrainAsync(Stream target, CancellationToken cancellationToken)
    {
        var bytes = _pending.GetBuffer().AsMemory(0, (int)_pending.Length);
        _hash.AppendData(bytes.Span);
        await target.WriteAsync(bytes, cancellationToken);
        _handedOn += bytes.Length;
        _pending.SetLength(0);
    }

    /// <summary>A text string (section 7.9.2.2), as UTF-16 in hexadecimal, so that nothing in it can be taken for syntax.</summary>
    public static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    /// <inheritdoc/>
    public void Dispose()
    {
        _pending.Dispose();
        _hash.Dispose();
    }

    private void Put(string latin1) => _pending.Write(Encoding.Latin1.GetBytes(latin1));
}
