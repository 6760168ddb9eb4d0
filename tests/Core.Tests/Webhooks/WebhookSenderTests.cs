using System.Net;
using System.Text;
using Casefile.Core.Webhooks;
using Casefile.Testing;

namespace Casefile.Core.Tests.Webhooks;

public sealed class WebhookSenderTests
{
    private static readonly WebhookOptions Trial = new() { AllowHttp = true, AllowedNetworks = ["127.0.0.0/8"], RequestTimeout = TimeSpan.FromSeconds(5) };

    [Fact]
    public async Task A_delivery_arrives_with_its_headers_and_a_signature_that_holds()
    {
        await using var receiver = new WebhookReceiver();
        using var sender = Sender(Trial);

        Assert.Equal(new WebhookAnswer(true, 204, null), await sender.SendAsync(To(receiver.Url, """{"id":5,"name":"ü"}"""), default));

        var got = Assert.Single(receiver.Received);
        Assert.Equal("POST /hook HTTP/1.1", got.Line);
        Assert.Equal("""{"id":5,"name":"ü"}""", got.Text);
        Assert.Equal("application/json; charset=utf-8", got.Headers["content-type"]);
        Assert.Equal("5", got.Headers["x-casefile-delivery"]);
        Assert.Equal("COMMENTED", got.Headers["x-casefile-event"]);
        var timestamp = long.Parse(got.Headers["x-casefile-timestamp"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(timestamp, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.Equal(WebhookSecret.Sign("whs_secret", timestamp, got.Body.Span), got.Headers["x-casefile-signature"]);
        Assert.DoesNotContain("traceparent", got.Headers.Keys);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::1")]
    [InlineData("2002:7f00:1::1")]
    public async Task A_public_name_that_resolves_to_an_inner_address_is_not_connected_to(string address)
    {
        await using var receiver = new WebhookReceiver();
        using var sender = Sender(new WebhookOptions { AllowHttp = true }, address);

        var answer = await sender.SendAsync(To($"http://public.example:{receiver.Port}/hook"), default);

        Assert.Equal(WebhookAnswer.Failed("the host's address is not a public one"), answer);
        Assert.Empty(receiver.Received);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    public async Task An_inner_address_in_the_url_itself_is_not_connected_to_however_it_is_written(string url)
    {
        await using var receiver = new WebhookReceiver();
        using var sender = Sender(new WebhookOptions { AllowHttp = true });

        var answer = await sender.SendAsync(To(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, receiver.Port)), default);

        Assert.Equal(WebhookAnswer.Failed("the host's address is not a public one"), answer);
        Assert.Empty(receiver.Received);
    }

    [Fact]
    public async Task A_name_that_changes_its_address_after_it_was_looked_at_gains_nothing()
    {
        await using var receiver = new WebhookReceiver();
        var answers = new Queue<string>(["127.0.0.9", "127.0.0.1"]);
        var asked = 0;
        var options = new WebhookOptions { AllowHttp = true, AllowedNetworks = ["127.0.0.9/32"] };
        using var sender = new WebhookSender(
            options,
            new AddressGuard(options),
            (_, _) =>
            {
                asked++;
                return Task.FromResult(new[] { IPAddress.Parse(answers.Dequeue()) });
            },
            TimeProvider.System);

        // The one address that was looked at is the one that is connected to: the name is not resolved once more in between.
        Assert.Equal("the connection was refused", (await sender.SendAsync(To($"http://rebinding.example:{receiver.Port}/"), default)).Error);
        Assert.Equal(1, asked);
        Assert.Equal("the host's address is not a public one", (await sender.SendAsync(To($"http://rebinding.example:{receiver.Port}/"), default)).Error);
        Assert.Empty(receiver.Received);
    }

    [Fact]
    public async Task Of_several_addresses_only_those_that_are_allowed_are_tried()
    {
        await using var receiver = new WebhookReceiver();
        using var sender = Sender(Trial, "10.0.0.1", "169.254.169.254", "127.0.0.1");
        Assert.True((await sender.SendAsync(To($"http://mixed.example:{receiver.Port}/"), default)).Succeeded);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var inner = new WebhookReceiver();
        await using var receiver = new WebhookReceiver((_, stream, token)
            => WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(307, $"location: {inner.Url}\r\n"), token));
        using var sender = Sender(Trial);

        Assert.Equal(new WebhookAnswer(false, 307, "redirects are not followed"), await sender.SendAsync(To(receiver.Url), default));
        Assert.Empty(inner.Received);
    }

    [Fact]
    public async Task A_huge_answer_is_not_read_to_its_end()
    {
        var sent = 0L;
        await using var receiver = new WebhookReceiver(async (_, stream, token) =>
        {
            await WebhookReceiver.WriteAsync(stream, "HTTP/1.1 200 X\r\ncontent-length: 10000000000\r\n\r\n", token);
            var chunk = new byte[65_536];
            while (true)
            {
                await stream.WriteAsync(chunk, token);
                Interlocked.Add(ref sent, chunk.Length);
            }
        });
        using var sender = Sender(Trial);

        Assert.Equal(new WebhookAnswer(true, 200, null), await sender.SendAsync(To(receiver.Url), default));
        Assert.InRange(Interlocked.Read(ref sent), 0, 50_000_000);
    }

    [Fact]
    public async Task Endless_headers_are_not_read_to_their_end()
    {
        await using var receiver = new WebhookReceiver(async (_, stream, token) =>
        {
            await WebhookReceiver.WriteAsync(stream, "HTTP/1.1 200 X\r\n", token);
            while (true) await WebhookReceiver.WriteAsync(stream, $"x: {new string('a', 1_000)}\r\n", token);
        });
        using var sender = Sender(Trial);
        Assert.Equal(WebhookAnswer.Failed("the answer's headers are too long"), await sender.SendAsync(To(receiver.Url), default));
    }

    [Fact]
    public async Task A_receiver_that_drips_its_headers_is_given_up()
    {
        await using var receiver = new WebhookReceiver(async (_, stream, token) =>
        {
            foreach (var letter in "HTTP/1.1 200 X\r\n" + new string('a', 10_000))
            {
                await WebhookReceiver.WriteAsync(stream, $"{letter}", token);
                await Task.Delay(20, token);
            }
        });
        using var sender = Sender(Trial with { RequestTimeout = TimeSpan.FromMilliseconds(500) });
        Assert.Equal(WebhookAnswer.Failed("no answer within 0.5 seconds"), await sender.SendAsync(To(receiver.Url), default));
    }

    [Fact]
    public async Task A_body_that_drips_costs_a_second_and_takes_nothing_back()
    {
        await using var receiver = new WebhookReceiver(async (_, stream, token) =>
        {
            await WebhookReceiver.WriteAsync(stream, "HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n", token);
            while (true)
            {
                await WebhookReceiver.WriteAsync(stream, "a", token);
                await Task.Delay(20, token);
            }
        });
        using var sender = Sender(Trial);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(new WebhookAnswer(true, 200, null), await sender.SendAsync(To(receiver.Url), default));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task What_is_no_http_and_what_closes_the_connection_is_a_failure_that_quotes_nothing()
    {
        await using var receiver = new WebhookReceiver((_, stream, token) => WebhookReceiver.WriteAsync(stream, "220 secret-banner ESMTP\r\n", token));
        await using var closing = new WebhookReceiver((_, _, _) => Task.CompletedTask);
        using var sender = Sender(Trial);
        Assert.Equal(WebhookAnswer.Failed("the answer is not HTTP"), await sender.SendAsync(To(receiver.Url), default));
        Assert.Equal(WebhookAnswer.Failed("the answer is not HTTP"), await sender.SendAsync(To(closing.Url), default));
    }

    [Fact]
    public async Task A_closed_port_and_an_unknown_name_are_told_apart()
    {
        var closed = new WebhookReceiver();
        var url = closed.Url;
        await closed.DisposeAsync();
        using var sender = Sender(Trial);
        Assert.Equal(WebhookAnswer.Failed("the connection was refused"), await sender.SendAsync(To(url), default));
        Assert.Equal(WebhookAnswer.Failed("the host has no address"), await sender.SendAsync(To("http://nobody.example/"), default));
    }

    [Fact]
    public async Task A_busy_receiver_may_say_how_long_it_wants_to_be_left_alone()
    {
        await using var receiver = new WebhookReceiver((_, stream, token)
            => WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(503, "retry-after: 120\r\n"), token));
        using var sender = Sender(Trial);
        Assert.Equal(new WebhookAnswer(false, 503, "the receiver answered 503", TimeSpan.FromSeconds(120)), await sender.SendAsync(To(receiver.Url), default));
    }

    private static WebhookSender Sender(WebhookOptions options, params string[] addresses) => new(
        options, new AddressGuard(options), (_, _) => Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse)), TimeProvider.System);

    private static WebhookRequest To(string url, string body = "{}") => new(new Uri(url), "whs_secret", 5, "COMMENTED", Encoding.UTF8.GetBytes(body));
}
