using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Casefile.Core.Webhooks;

/// <summary>Finds the addresses of a host; what <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/> does.</summary>
public delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellationToken);

/// <summary>Sends one request and tells how it ended; what <see cref="WebhookSender.SendAsync"/> does. It throws only when it is cancelled.</summary>
public delegate Task<WebhookAnswer> SendWebhook(WebhookRequest request, CancellationToken cancellationToken);

/// <summary>
/// Sends deliveries. Every connection goes to an address that <see cref="AddressGuard"/> has seen after the name was resolved, so a name that
/// changes its address gains nothing; redirects are not followed, no proxy stands between, and of an answer little more than its status is read. A singleton.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    /// <summary>Bytes of an answer that are read, so that its connection can serve again.</summary>
    private const int AnswerBytes = 4_096;

    private const string Agent = "Casefile-Webhooks/1";

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(1);

    private readonly WebhookOptions options;
    private readonly AddressGuard guard;
    private readonly ResolveHost resolve;
    private readonly TimeProvider time;
    private readonly HttpClient client;

    /// <param name="options">Time-outs.</param>
    /// <param name="guard">Decides about addresses.</param>
    /// <param name="resolve">Finds them.</param>
    /// <param name="time">Stamps the signatures.</param>
    public WebhookSender(WebhookOptions options, AddressGuard guard, ResolveHost resolve, TimeProvider time)
    {
        (this.options, this.guard, this.resolve, this.time) = (options, guard, resolve, time);
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            // Ids of our own traces are nobody else's business.
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            // A name whose address changes is looked up again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectTimeout = options.RequestTimeout,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Sends one delivery, once.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; whether it arrived is not known.</exception>
    public async Task<WebhookAnswer> SendAsync(WebhookRequest request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.RequestTimeout);
        try
        {
            using var message = MessageOf(request);
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var answer = AnswerOf(response);
            await DrainAsync(response);
            return answer;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return WebhookAnswer.Failed($"no answer within {options.RequestTimeout.TotalSeconds:0.#} seconds");
        }
        catch (HttpRequestException exception)
        {
            return WebhookAnswer.Failed(Explain(exception));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private HttpRequestMessage MessageOf(WebhookRequest request)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var content = new ReadOnlyMemoryContent(request.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        return new HttpRequestMessage(HttpMethod.Post, request.Url)
        {
            Content = content,
            Headers =
            {
                { "user-agent", Agent },
                { "x-casefile-delivery", request.DeliveryId.ToString(CultureInfo.InvariantCulture) },
                { "x-casefile-event", request.Event },
                { "x-casefile-timestamp", timestamp.ToString(CultureInfo.InvariantCulture) },
                { "x-casefile-signature", WebhookSecret.Sign(request.Secret, timestamp, request.Body.Span) },
            },
        };
    }

    private WebhookAnswer AnswerOf(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode) return new WebhookAnswer(true, status, null);
        var reason = status is >= 300 and < 400 ? "redirects are not followed" : $"the receiver answered {status}";
        var asked = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null;
        return new WebhookAnswer(false, status, reason, asked);
    }

    /// <summary>Reads the beginning of an answer. What comes late or is long costs its sender the connection, and nobody else anything.</summary>
    private static async Task DrainAsync(HttpResponseMessage response)
    {
        using var patience = new CancellationTokenSource(AnswerPatience);
        try
        {
            await using var content = await response.Content.ReadAsStreamAsync(patience.Token);
            var buffer = new byte[AnswerBytes];
            await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or HttpRequestException)
        {
            // The status has been said; the rest was never wanted.
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        var allowed = addresses.Where(guard.Allows).ToArray();
        if (allowed.Length == 0) throw new WebhookAddressException(addresses.Length == 0);

        SocketException? last = null;
        foreach (var address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                last = exception;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    /// <summary>A failure in words of our own: an exception's message may quote what the receiver sent.</summary>
    private static string Explain(HttpRequestException exception) => exception.InnerException switch
    {
        WebhookAddressException { NoneFound: false } => "the host's address is not a public one",
        WebhookAddressException => "the host has no address",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => "the host's name is not known",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "the connection was refused",
        _ => exception.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "the host's name is not known",
            HttpRequestError.ConnectionError => "no connection",
            HttpRequestError.SecureConnectionError => "TLS failed: the certificate or the protocol is not acceptable",
            HttpRequestError.ConfigurationLimitExceeded => "the answer's headers are too long",
            HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse => "the answer is not HTTP",
            _ => "the request failed",
        },
    };

    /// <summary>No address of a host is delivered to.</summary>
    private sealed class WebhookAddressException(bool noneFound) : IOException("No address is delivered to")
    {
        public bool NoneFound { get; } = noneFound;
    }
}

/// <summary>A delivery to be sent.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Secret">What it is signed with.</param>
/// <param name="DeliveryId">Its id, the same at every try.</param>
/// <param name="Event">What it tells: an activity type, or <c>TEST</c>.</param>
/// <param name="Body">The body, JSON.</param>
public sealed record WebhookRequest(Uri Url, string Secret, long DeliveryId, string Event, ReadOnlyMemory<byte> Body);

/// <summary>How a try to deliver ended.</summary>
/// <param name="Succeeded">Whether the receiver answered 2xx.</param>
/// <param name="Status">The answer's status, or null where none came.</param>
/// <param name="Error">What went wrong, or null.</param>
/// <param name="RetryAfter">How long the receiver asks to be left alone, or null.</param>
public sealed record WebhookAnswer(bool Succeeded, int? Status, string? Error, TimeSpan? RetryAfter = null)
{
    /// <summary>The receiver is gone for good (410).</summary>
    public bool IsGone => Status == 410;

    /// <summary>A try that got no answer.</summary>
    public static WebhookAnswer Failed(string error) => new(false, null, error);
}
