using System.Buffers;
using System.Text.Json;

namespace Casefile.Functions.Http;

/// <summary>A writer of JSON for each thread, used again for every answer that is written at once.</summary>
internal static class JsonWriters
{
    [ThreadStatic]
    private static Utf8JsonWriter? idle;

    /// <summary>Writes one JSON value to a buffer.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="write">Writes the value; it may not keep the writer.</param>
    public static void Write(IBufferWriter<byte> to, Action<Utf8JsonWriter> write)
    {
        var json = idle ?? new Utf8JsonWriter(to, JsonAnswer.Options);

        // An answer within an answer gets a writer of its own, and so does the one after a fault.
        idle = null;
        json.Reset(to);
        write(json);
        json.Flush();
        json.Reset(Stream.Null);
        idle = json;
    }
}
