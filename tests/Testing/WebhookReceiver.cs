using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Casefile.Testing;

/// <summary>
/// A receiver of webhooks on a free port of loopback, over bare TCP, so that it can answer in ways that no server would. A request a connection.
/// </summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<ReceivedWebhook> received = [];
    private readonly Func<ReceivedWebhook, Stream, CancellationToken, Task> answer;
    private readonly Task accepting;

    /// <param name="answer">Writes the whole answer, head and all.</param>
    public WebhookReceiver(Func<ReceivedWebhook, Stream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>A receiver that answers with a status, by what it got.</summary>
    public WebhookReceiver(Func<ReceivedWebhook, int>? status = null)
        : this((request, stream, token) => WriteAsync(stream, Head(status?.Invoke(request) ?? 204), token))
    {
    }

    /// <summary>Its port.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Its address as a URL, by number.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/hook");

    /// <summary>What it got so far, in the order of arrival.</summary>
    public IReadOnlyList<ReceivedWebhook> Received
    {
        get
        {
            lock (gate) return [.. received];
        }
    }

    /// <summary>An answer's head with no body behind it.</summary>
    public static string Head(int status, string more = "") => string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n{more}\r\n");

    /// <summary>Writes text.</summary>
    public static Task WriteAsync(Stream stream, string text, CancellationToken cancellationToken)
        => stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken).AsTask();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            var stream = client.GetStream();
            if (await ReadAsync(stream) is not { } request) return;
            lock (gate) received.Add(request);
            await answer(request, stream, stopping.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The other side, or the test, has had enough.
        }
    }

    private async Task<ReceivedWebhook?> ReadAsync(Stream stream)
    {
        var read = new MemoryStream();
        var buffer = new byte[8_192];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, stopping.Token);
            if (count == 0) return null;
            read.Write(buffer, 0, count);
            var text = Encoding.Latin1.GetString(read.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            var lines = text[..end].Split("\r\n");
            var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
            var length = headers.TryGetValue("content-length", out var given) ? int.Parse(given, CultureInfo.InvariantCulture) : 0;
            if (read.Length >= end + 4 + length) return new ReceivedWebhook(lines[0], headers, read.ToArray().AsMemory(end + 4, length));
        }
    }
}

/// <summary>A request that a receiver got.</summary>
/// <param name="Line">Its first line.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
public sealed record ReceivedWebhook(string Line, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>Its body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);
}
