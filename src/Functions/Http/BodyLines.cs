using System.Buffers;

namespace Casefile.Functions.Http;

/// <summary>Where the rows of a body end.</summary>
internal enum RowSyntax
{
    /// <summary>A row is a line (NDJSON).</summary>
    Lines,

    /// <summary>A row ends at a line feed outside quotes (RFC 4180).</summary>
    Csv,
}

/// <summary>A row of a body.</summary>
/// <param name="Number">The number of its first line, from 1.</param>
/// <param name="Utf8">The row without what ends it; good until the next row is asked for.</param>
/// <param name="IsTooLong">Whether it was longer than allowed; its bytes were passed over then.</param>
internal readonly record struct BodyRow(long Number, ReadOnlyMemory<byte> Utf8, bool IsTooLong = false);

/// <summary>A body of any length, row by row: what it takes of memory is one row. Empty lines are passed over. Not for several threads at once.</summary>
internal sealed class BodyLines(Stream body, RowSyntax syntax, long limit) : IDisposable
{
    private const int FirstCapacity = 64 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstCapacity);
    private int start;
    private int scanned;
    private int end;
    private long line = 1;
    private long linesInRow;
    private bool skipping;
    private bool ended;
    private CsvState state;

    private enum CsvState
    {
        CellStart = 0,
        Plain,
        Quoted,
        QuoteInQuoted,
    }

    /// <summary>The next row, or null at the end.</summary>
    public async ValueTask<BodyRow?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Scan() is { } at)
            {
                if (Take(at) is { } row) return row;
                continue;
            }

            if (ended) return TakeRest();
            MakeRoom();
            var read = await body.ReadAsync(buffer.AsMemory(end), cancellationToken);
            ended = read == 0;
            end += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    /// <summary>The index of the line feed that ends the row, where the buffer has it.</summary>
    private int? Scan()
    {
        if (syntax == RowSyntax.Csv) return ScanCsv();
        var found = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
        var at = scanned + found;
        scanned = found < 0 ? end : at + 1;
        return found < 0 ? null : at;
    }

    private int? ScanCsv()
    {
        while (scanned < end)
        {
            var octet = buffer[scanned++];
            if (octet == '\n')
            {
                if (state != CsvState.Quoted)
                {
                    state = CsvState.CellStart;
                    return scanned - 1;
                }

                linesInRow++;
            }

            state = (state, octet) switch
            {
                (CsvState.CellStart, (byte)'"') => CsvState.Quoted,
                (CsvState.Quoted, (byte)'"') => CsvState.QuoteInQuoted,
                (CsvState.QuoteInQuoted, (byte)'"') => CsvState.Quoted,
                (CsvState.Quoted, _) => CsvState.Quoted,
                (_, (byte)',') => CsvState.CellStart,
                _ => CsvState.Plain,
            };
        }

        return null;
    }

    private BodyRow? Take(int at)
    {
        var number = line;
        line += linesInRow + 1;
        linesInRow = 0;
        var (utf8, tooLong) = (buffer.AsMemory(start, at - start), skipping || at - start > limit);
        start = at + 1;
        skipping = false;
        return Row(number, utf8, tooLong);
    }

    private BodyRow? TakeRest()
    {
        var (utf8, tooLong) = (buffer.AsMemory(start, end - start), skipping || end - start > limit);
        (start, skipping) = (end, false);
        return Row(line, utf8, tooLong);
    }

    private static BodyRow? Row(long number, ReadOnlyMemory<byte> utf8, bool tooLong)
    {
        if (tooLong) return new BodyRow(number, default, IsTooLong: true);
        if (number == 1 && utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (utf8.Span.EndsWith("\r"u8)) utf8 = utf8[..^1];
        return utf8.Span.ContainsAnyExcept((byte)' ', (byte)'\t') ? new BodyRow(number, utf8) : null;
    }

    private void MakeRoom()
    {
        if (end - start > limit) skipping = true;
        if (skipping) start = scanned = end;
        if (start == end) start = scanned = end = 0;
        if (end < buffer.Length) return;

        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        (scanned, end, start) = (scanned - start, end - start, 0);
    }
}
