using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Casefile.Core.Cases.Files;

/// <summary>
/// The bytes that a JSON string of base64 stands for, decoded as they are read, straight from the request's UTF-8: neither text nor bytes are ever in memory a second
/// time. Line breaks and blanks within it are let pass, since many encoders put them there. It can be read again from its start, as a write to storage that is tried again
/// does.
/// </summary>
internal sealed class Base64Content : Stream
{
    /// <summary>Characters that are decoded at once: whole groups of four.</summary>
    private const int Window = 16 * 1024;

    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private readonly JsonElement text;
    private readonly byte[] characters = new byte[Window];
    private readonly byte[] bytes = new byte[Window / 4 * 3];
    private long length;
    private long position;
    private long decoded;
    private int next;
    private int start;
    private int end;

    private Base64Content(JsonElement text) => this.text = text;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set
        {
            if (value < position) Rewind();
            while (position < value && Take((int)Math.Min(value - position, bytes.Length)) is { IsEmpty: false })
            {
            }
        }
    }

    private ReadOnlySpan<byte> Raw => JsonMarshal.GetRawUtf8Value(text)[1..^1];

    /// <summary>Reads through a text once: what it holds, or why it is refused.</summary>
    /// <param name="text">A JSON string. Its document has to live as long as the content is read.</param>
    /// <param name="place">Where it is in the request.</param>
    /// <param name="mostBytes">The limit.</param>
    /// <param name="read">Is given the bytes in their order.</param>
    /// <returns>The content, to be read from its start.</returns>
    public static Result<Base64Content> Read(JsonElement text, string place, long mostBytes, Action<ReadOnlySpan<byte>> read)
    {
        var content = new Base64Content(text);
        while (true)
        {
            if (content.Decode() is { } fault)
            {
                return Problem.Malformed(
                    "Parameter is invalid", string.Create(CultureInfo.InvariantCulture, $"{place}: is not base64 at character {content.CharacterOf(fault)}"));
            }

            var taken = content.Take(int.MaxValue);
            if (taken.IsEmpty) break;
            if (content.position > mostBytes)
                return Problem.Of(ProblemKind.TooLarge, "File is too large", string.Create(CultureInfo.InvariantCulture, $"{place}: at most {mostBytes} bytes are kept"));
            read(taken);
        }

        content.length = content.position;
        content.Rewind();
        return content;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (start == end && Decode() is not null) throw new InvalidDataException("The text is not base64.");
        var taken = Take(buffer.Length);
        taken.CopyTo(buffer);
        return taken.Length;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Rewind() => (position, decoded, next, start, end) = (0, 0, 0, 0, 0);

    private ReadOnlySpan<byte> Take(int most)
    {
        if (start == end) Decode();
        var taken = bytes.AsSpan(start, Math.Min(most, end - start));
        start += taken.Length;
        position += taken.Length;
        return taken;
    }

    /// <summary>Decodes the next window, when all of the one before is taken.</summary>
    /// <returns>Where it is not base64, as the number of base64 characters before that place; null where it is.</returns>
    private long? Decode()
    {
        if (start < end) return null;
        var raw = Raw;
        var count = Gather(raw);
        (start, end) = (0, 0);
        if (count == 0) return null;

        var window = characters.AsSpan(0, count);
        var status = Base64.DecodeFromUtf8(window, bytes, out var consumed, out var written, isFinalBlock: next == raw.Length);
        if (status != OperationStatus.Done || consumed != count)
        {
            var foreign = window[consumed..].IndexOfAnyExcept(Alphabet);
            return decoded + consumed + Math.Max(foreign, 0);
        }

        end = written;
        decoded += count;
        return null;
    }

    /// <summary>Fills the window with what is not white space, and passes over white space behind it.</summary>
    private int Gather(ReadOnlySpan<byte> raw)
    {
        var count = 0;
        while (next < raw.Length)
        {
            var rest = raw.Slice(next, Math.Min(raw.Length - next, Window - count));
            var plain = rest.IndexOfAny((byte)'\\', (byte)' ') is >= 0 and var odd ? odd : rest.Length;
            rest[..plain].CopyTo(characters.AsSpan(count));
            count += plain;
            next += plain;
            if (next == raw.Length) break;

            var before = next;
            var one = Character(raw, ref next);
            if (IsWhite(one)) continue;
            if (count == Window)
            {
                next = before;
                break;
            }

            characters[count++] = one;
        }

        return count;
    }

    /// <summary>The place of a base64 character in the text as its sender sees it, counted from 1.</summary>
    private long CharacterOf(long wanted)
    {
        var (at, place, seen) = (0, 0L, 0L);
        for (var raw = Raw; at < raw.Length;)
        {
            var one = Character(raw, ref at);
            if ((one & 0xC0) != 0x80) place++;
            if (!IsWhite(one) && seen++ == wanted) break;
        }

        return place;
    }

    /// <summary>The next character of a JSON string, its escape undone; 0 for an escaped one that base64 does not have.</summary>
    private static byte Character(ReadOnlySpan<byte> raw, ref int at)
    {
        if (raw[at] != (byte)'\\') return raw[at++];
        at += 2;
        switch (raw[at - 1])
        {
            case (byte)'/': return (byte)'/';
            case (byte)'n': return (byte)'\n';
            case (byte)'r': return (byte)'\r';
            case (byte)'t': return (byte)'\t';
            case (byte)'u':
                at += 4;
                return Utf8Parser.TryParse(raw[(at - 4)..at], out ushort unit, out _, 'x') && unit < 0x80 ? (byte)unit : (byte)0;
            default: return 0;
        }
    }

    private static bool IsWhite(byte character) => character is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
