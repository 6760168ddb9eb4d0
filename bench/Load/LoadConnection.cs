using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Casefile.Load;

/// <summary>
/// One client: a kept-alive HTTP/1.1 connection, one request at a time, blocking, with two system calls a request where the answer comes in one piece.
/// It parses the status, <c>Content-Length</c> and chunks and nothing else, so that on a shared machine the load costs little beside what it measures.
/// </summary>
public sealed class LoadConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IPEndPoint server;
    private readonly byte[] host;
    private Socket? socket;
    private byte[] sending = new byte[16 * 1024];
    private byte[] received = new byte[64 * 1024];
    private int filled;

    /// <summary>Prepares a client; it connects with its first request.</summary>
    /// <param name="server">The server: <c>http://</c>, an IP address, a port.</param>
    public LoadConnection(Uri server)
    {
        this.server = new IPEndPoint(IPAddress.Parse(server.Host), server.Port);
        host = Encoding.ASCII.GetBytes($"Host: {server.Authority}\r\n\r\n");
    }

    /// <summary>Connects now, so that the first request does not pay for it.</summary>
    /// <exception cref="SocketException">The server does not listen.</exception>
    public void Open()
    {
        if (socket is not null) return;
        var opened = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds };
        try
        {
            opened.Connect(server);
        }
        catch
        {
            opened.Dispose();
            throw;
        }

        socket = opened;
    }

    /// <summary>Sends a request and waits for its whole answer, for 60 s without a byte at most.</summary>
    /// <exception cref="SocketException">The connection was refused or cut, or nothing came; the next request opens another.</exception>
    /// <exception cref="IOException">The server closed the connection before the end of its answer, or its answer is not HTTP/1.1.</exception>
    public LoadAnswer Send(LoadRequest request)
    {
        Open();
        try
        {
            Write(request);
            return Read(isHead: request.Method == "HEAD");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Closes the connection; the next request opens another.</summary>
    public void Dispose()
    {
        socket?.Dispose();
        socket = null;
    }

    private void Write(LoadRequest request)
    {
        var length = request.Head.Length + host.Length + request.Body.Length;
        if (sending.Length < length) sending = new byte[length];
        request.Head.CopyTo(sending);
        host.CopyTo(sending, request.Head.Length);
        request.Body.CopyTo(sending.AsMemory(request.Head.Length + host.Length));
        for (var sent = 0; sent < length;) sent += socket!.Send(sending, sent, length - sent, SocketFlags.None);
    }

    private LoadAnswer Read(bool isHead)
    {
        filled = 0;
        int end;
        while ((end = received.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0) Fill();
        var head = received.AsSpan(0, end);
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _)) throw new IOException("The answer is not HTTP/1.1.");

        var closes = HeaderOf(head, "Connection:"u8).SequenceEqual("close"u8);
        var start = end + 4;
        var length = isHead || status is 204 or 304 ? 0 : ReadBody(head, start);
        if (closes) Dispose();
        return new LoadAnswer(status, received.AsMemory(0, end), received.AsMemory(start, length));
    }

    private int ReadBody(ReadOnlySpan<byte> head, int start)
    {
        if (Utf8Parser.TryParse(HeaderOf(head, "Content-Length:"u8), out int length, out _))
        {
            while (filled < start + length) Fill();
            return length;
        }

        return HeaderOf(head, "Transfer-Encoding:"u8).SequenceEqual("chunked"u8)
            ? ReadChunks(start)
            : throw new IOException("The answer has neither a length nor chunks.");
    }

    /// <summary>Moves the chunks together as they come.</summary>
    private int ReadChunks(int start)
    {
        var (next, written) = (start, start);
        while (true)
        {
            int line;
            while ((line = received.AsSpan(next, filled - next).IndexOf("\r\n"u8)) < 0) Fill();
            if (!Utf8Parser.TryParse(received.AsSpan(next, line), out int size, out _, 'x')) throw new IOException("A chunk has no size.");
            next += line + 2;
            while (filled < next + size + 2) Fill();
            received.AsSpan(next, size).CopyTo(received.AsSpan(written));
            (next, written) = (next + size + 2, written + size);
            if (size == 0) return written - start;
        }
    }

    private void Fill()
    {
        if (filled == received.Length) Array.Resize(ref received, received.Length * 2);
        var read = socket!.Receive(received, filled, received.Length - filled, SocketFlags.None);
        if (read == 0) throw new IOException("The server closed the connection.");
        filled += read;
    }

    /// <summary>The value of a header, empty where it is not there.</summary>
    private static ReadOnlySpan<byte> HeaderOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name)) return line[name.Length..].Trim((byte)' ');
        }

        return [];
    }
}
