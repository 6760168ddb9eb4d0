using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Casefile.Testing;

/// <summary>What a <see cref="FaultProxy"/> does to a request.</summary>
public enum ProxyFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Cuts the connection; nothing of the request reaches the storage.</summary>
    CutRequest,

    /// <summary>Lets the storage do the work, and cuts the connection when its answer comes.</summary>
    CutReply,

    /// <summary>Cuts the connection in the middle of the answer.</summary>
    CutReplyHalfway,

    /// <summary>Lets the storage do the work, and never passes on its answer.</summary>
    SwallowReply,

    /// <summary>Lets the storage do the work, and ends its own side of the connection before the answer: the sender may go on to send, and gets nothing.</summary>
    HalfClose,

    /// <summary>Keeps the request until <see cref="FaultProxy.Release"/>, and passes it on then, whether its sender still waits or not.</summary>
    Hold,
}

/// <summary>A proxy on loopback between the service and the storage that loses, cuts and delays what a test says.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private static readonly string[] Methods = ["GET /", "PUT /", "POST /", "DELETE /", "MERGE /", "PATCH /", "HEAD /"];

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Task, byte> connections = new();
    private readonly int target;
    private readonly Task accepting;
    private TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A proxy in front of a port of 127.0.0.1.</summary>
    public FaultProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The port of 127.0.0.1 that it listens on.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Decides by a request's first line (<c>POST /account/$batch HTTP/1.1</c>) what happens to it.</summary>
    public Func<string, ProxyFault> OnRequest { get; set; } = _ => ProxyFault.None;

    /// <summary>Lets this happen to the next transaction, and nothing to any other request.</summary>
    public void FailNextTransaction(ProxyFault fault)
    {
        var pending = 1;
        OnRequest = line => line.Contains("$batch", StringComparison.Ordinal) && Interlocked.Exchange(ref pending, 0) == 1 ? fault : ProxyFault.None;
    }

    /// <summary>Passes on what is held.</summary>
    public void Release()
    {
        var held = Interlocked.Exchange(ref release, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        held.TrySetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        release.TrySetResult();
        await accepting;
        await Task.WhenAll(connections.Keys);
        stop.Dispose();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                var serving = ServeAsync(client);
                connections[serving] = 0;
                _ = serving.ContinueWith(done => connections.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy was stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var storage = new TcpClient();
        using (client)
        {
            try
            {
                await storage.ConnectAsync(IPAddress.Loopback, target, stop.Token);
                var connection = new Connection(this, client, storage);
                await Task.WhenAny(connection.ForwardAsync(), connection.AnswerAsync()).Unwrap();
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side went away.
            }
        }
    }

    private sealed class Connection(FaultProxy proxy, TcpClient client, TcpClient storage)
    {
        private const int ChunkBytes = 64 * 1024;

        private readonly NetworkStream clientStream = client.GetStream();
        private readonly NetworkStream storageStream = storage.GetStream();
        private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile ProxyFault fault;

        public async Task ForwardAsync()
        {
            var chunk = new byte[ChunkBytes];
            while (await clientStream.ReadAsync(chunk, proxy.stop.Token) is var count and > 0)
            {
                if (RequestLine(chunk.AsSpan(0, count)) is { } line)
                    fault = proxy.OnRequest(line);
                if (fault == ProxyFault.CutRequest)
                {
                    Reset();
                    return;
                }

                if (fault == ProxyFault.Hold)
                    await HoldAsync(chunk[..count]);
                else
                    await storageStream.WriteAsync(chunk.AsMemory(0, count), proxy.stop.Token);
            }
        }

        public async Task AnswerAsync()
        {
            var chunk = new byte[ChunkBytes];
            while (await storageStream.ReadAsync(chunk, proxy.stop.Token) is var count and > 0)
            {
                answered.TrySetResult();
                switch (fault)
                {
                    case ProxyFault.CutReply:
                        Reset();
                        return;
                    case ProxyFault.CutReplyHalfway:
                        await clientStream.WriteAsync(chunk.AsMemory(0, count / 2), proxy.stop.Token);
                        await clientStream.FlushAsync(proxy.stop.Token);
                        client.Close();
                        return;
                    case ProxyFault.SwallowReply:
                        break;
                    case ProxyFault.HalfClose:
                        client.Client.Shutdown(SocketShutdown.Send);
                        break;
                    default:
                        await clientStream.WriteAsync(chunk.AsMemory(0, count), proxy.stop.Token);
                        break;
                }
            }
        }

        // Reads on while it holds: a sender that gives up may throw away what was not read.
        private async Task HoldAsync(byte[] first)
        {
            using var held = new MemoryStream();
            held.Write(first);
            var released = proxy.release.Task;
            var chunk = new byte[ChunkBytes];
            var reading = ReadOrEndAsync(chunk);
            while (await Task.WhenAny(reading, released) == reading && await reading is var count and > 0)
            {
                held.Write(chunk, 0, count);
                reading = ReadOrEndAsync(chunk);
            }

            await released;
            await storageStream.WriteAsync(held.ToArray(), proxy.stop.Token);
            await answered.Task.WaitAsync(proxy.stop.Token);
        }

        private async Task<int> ReadOrEndAsync(byte[] chunk)
        {
            try
            {
                return await clientStream.ReadAsync(chunk, proxy.stop.Token);
            }
            catch (IOException)
            {
                return 0;
            }
        }

        private void Reset()
        {
            client.LingerState = new LingerOption(true, 0);
            client.Close();
        }

        private static string? RequestLine(ReadOnlySpan<byte> chunk)
        {
            var end = chunk.IndexOf("\r\n"u8);
            if (end < 0)
                return null;
            var line = Encoding.ASCII.GetString(chunk[..end]);
            return Array.Exists(Methods, method => line.StartsWith(method, StringComparison.Ordinal)) ? line : null;
        }
    }
}
