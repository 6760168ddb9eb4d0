using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Casefile.Bench;

/// <summary>The first so many sample records as NDJSON, made while they are sent.</summary>
internal sealed class SampleLines : HttpContent
{
    private const int ChunkBytes = 128 * 1024;

    private readonly int count;

    public SampleLines(int count)
    {
        this.count = count;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var buffer = new ArrayBufferWriter<byte>(ChunkBytes + 1024);
        await using var json = new Utf8JsonWriter(buffer);
        for (var number = 1; number <= count; number++)
        {
            SampleRecord.Of(number).Write(json);
            await json.FlushAsync();
            json.Reset();
            buffer.Write("\n"u8);
            if (buffer.WrittenCount < ChunkBytes && number < count) continue;
            await stream.WriteAsync(buffer.WrittenMemory);
            buffer.ResetWrittenCount();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
