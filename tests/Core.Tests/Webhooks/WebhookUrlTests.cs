using Casefile.Core.Webhooks;

namespace Casefile.Core.Tests.Webhooks;

public sealed class WebhookUrlTests
{
    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/hooks?team=1&x=%0d%0a")]
    [InlineData("https://example.com:8443/hook")]
    [InlineData("https://hooks.bücher.example/ü")]
    [InlineData("https://[2606:4700:4700::1111]/hook")]
    [InlineData("https://1.1.1.1/hook")]
    public void A_public_https_address_is_taken(string url) => Assert.True(Read(url).Try(out _, out _));

    [Theory]
    [InlineData("")]
    [InlineData("example.com/hook")]
    [InlineData("/hook")]
    [InlineData("//example.com/hook")]
    [InlineData("http://example.com/hook")]
    [InlineData("ftp://example.com/hook")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.com:6379/_x")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https:///hook")]
    [InlineData("https://user@example.com/hook")]
    [InlineData("https://user:pass@example.com/hook")]
    [InlineData("https://example.com@127.0.0.1/hook")]
    [InlineData("https://example.com/hook#fragment")]
    [InlineData("https://example.com/ho ok")]
    [InlineData("https://example.com/hook\r\nhost: other")]
    [InlineData("\thttps://example.com/hook")]
    [InlineData("https://example.com\\@127.0.0.1/hook")]
    [InlineData("https://example.com:22/hook")]
    [InlineData("https://example.com:25/hook")]
    [InlineData("https://example.com:0/hook")]
    [InlineData("https://example.com:65536/hook")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://127.1/hook")]
    [InlineData("https://2130706433/hook")]
    [InlineData("https://0x7f000001/hook")]
    [InlineData("https://0177.0.0.1/hook")]
    [InlineData("https://0x7f.0.0.0x1/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://10.0.0.1/hook")]
    [InlineData("https://0/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://[::ffff:127.0.0.1]/hook")]
    [InlineData("https://[::ffff:7f00:1]/hook")]
    [InlineData("https://[64:ff9b::7f00:1]/hook")]
    [InlineData("https://[fe80::1%25eth0]/hook")]
    [InlineData("https://localhost/hook")]
    [InlineData("https://LOCALHOST./hook")]
    [InlineData("https://a.localhost/hook")]
    [InlineData("https://１２７.0.0.1/hook")]
    public void Anything_else_is_refused_and_says_why(string url)
    {
        var problem = Assert.IsType<Problem>(Read(url).Problem);
        Assert.StartsWith("url: ", Assert.Single(problem.Faults).Details, StringComparison.Ordinal);
    }

    [Fact]
    public void A_url_may_be_long_but_not_without_end()
    {
        Assert.True(Read("https://example.com/" + new string('a', 1_900)).Try(out _, out _));
        Assert.False(Read("https://example.com/" + new string('a', 2_000)).Try(out _, out _));
    }

    [Fact]
    public void Plain_http_is_taken_where_the_operator_allows_it()
    {
        var options = new WebhookOptions { AllowHttp = true, AllowedNetworks = ["127.0.0.0/8"] };
        var urls = new WebhookUrl(options, new AddressGuard(options));
        Assert.True(urls.Read("http://127.0.0.1:7071/hook").Try(out _, out _));
        Assert.True(urls.Read("http://localhost:7071/hook").Try(out _, out _));
        Assert.False(urls.Read("http://10.0.0.1/hook").Try(out _, out _));
    }

    private static Result<Uri> Read(string url)
    {
        var options = new WebhookOptions();
        return new WebhookUrl(options, new AddressGuard(options)).Read(url);
    }
}
