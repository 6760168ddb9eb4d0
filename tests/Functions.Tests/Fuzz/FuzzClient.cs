using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>Sends requests that a decent client would not: over HTTP without mending them, or byte by byte.</summary>
internal sealed class FuzzClient(Uri service) : IDisposable
{
    /// <summary>What is taken for a hang.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What comes before an answer where it was asked for.</summary>
    private const string GoOn = "HTTP/1.1 100 Continue\r\n\r\n";

    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { Timeout = Patience };

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Sends a request and reads its answer to the end.</summary>
    /// <exception cref="TimeoutException">It takes longer than <see cref="Patience"/>.</exception>
    public async Task<FuzzAnswer> SendAsync(FuzzRequest request)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var (status, head, text) = request.OnTheWire ? await OnTheWireAsync(request).WaitAsync(Patience) : await OverHttpAsync(request);
            return new FuzzAnswer(status, head, text, Stopwatch.GetElapsedTime(started));
        }
        catch (OperationCanceledException slow)
        {
            throw new TimeoutException("There was no answer.", slow);
        }
    }

    private async Task<(int Status, string Head, string Text)> OverHttpAsync(FuzzRequest request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(service.GetLeftPart(UriPartial.Authority) + request.Target, AsItIs));
        if (request.Body is not null) message.Content = new ByteArrayContent(request.Body);
        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(message);
        return ((int)response.StatusCode, $"{response.Headers}{response.Content.Headers}", await response.Content.ReadAsStringAsync());
    }

    private async Task<(int Status, string Head, string Text)> OnTheWireAsync(FuzzRequest request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(service.Host, service.Port);
        await using var stream = connection.GetStream();
        var head = new StringBuilder($"{request.Method} {request.Target} HTTP/1.1\r\nHost: {service.Authority}\r\nConnection: close\r\n");
        foreach (var (name, value) in request.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (request.Body is not null && !request.Headers.Any(header => header.Name is "Content-Length" or "Transfer-Encoding"))
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {request.Body.Length}\r\n");
        head.Append("\r\n");

        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(head.ToString()));
            if (request.Body is not null) await stream.WriteAsync(request.Body);

            // Otherwise the server waits for the rest of what was promised.
            if (request.Headers.Any(header => header.Name is "Content-Length" or "Transfer-Encoding")) connection.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(answer);
        }
        catch (IOException)
        {
            // The server does not read on after what it has refused; what it said until then is its answer.
        }

        var text = Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
        if (text.StartsWith(GoOn, StringComparison.Ordinal)) text = text[GoOn.Length..];
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return text.Length > 12 && int.TryParse(text.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? (status, end < 0 ? text : text[..end], end < 0 ? "" : text[(end + 4)..])
            : (0, "", text);
    }
}
