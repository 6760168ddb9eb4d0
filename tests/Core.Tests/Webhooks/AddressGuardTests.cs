using System.Net;
using Casefile.Core.Webhooks;
using CsCheck;

namespace Casefile.Core.Tests.Webhooks;

public sealed class AddressGuardTests
{
    private static readonly AddressGuard Guard = new(new WebhookOptions());

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.168.1.1")]
    [InlineData("192.88.99.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.251")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:53aa:64c:0:ffff:f5ff:fffe")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:a9fe:a9fe::")]
    [InlineData("2002:808:808::1")]
    [InlineData("2a00:1450::5efe:7f00:1")]
    [InlineData("2a00:1450::200:5efe:a9fe:a9fe")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("5f00::1")]
    public void What_is_not_public_is_not_delivered_to(string address) => Assert.False(Guard.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80e::200e")]
    public void What_is_public_is(string address) => Assert.True(Guard.Allows(IPAddress.Parse(address)));

    [Fact]
    public void A_network_that_the_operator_names_is_delivered_to_and_its_neighbours_are_not()
    {
        var guard = new AddressGuard(new WebhookOptions { AllowedNetworks = ["127.0.0.0/8", "fd12:3456::/32"] });
        Assert.True(guard.Allows(IPAddress.Parse("127.0.0.1")));
        Assert.True(guard.Allows(IPAddress.Parse("::ffff:127.0.0.1")));
        Assert.True(guard.Allows(IPAddress.Parse("fd12:3456::9")));
        Assert.False(guard.Allows(IPAddress.Parse("10.0.0.1")));
        Assert.False(guard.Allows(IPAddress.Parse("::1")));
        Assert.False(guard.Allows(IPAddress.Parse("fd12:3457::9")));
    }

    [Fact]
    public void Dressing_an_address_up_as_IPv6_never_gains_it_anything()
        => Gen.UInt.Sample(number =>
        {
            var plain = new IPAddress(number);
            var mapped = plain.MapToIPv6();
            Assert.Equal(Guard.Allows(plain), Guard.Allows(mapped));
            var four = plain.GetAddressBytes();
            byte[] translated = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. four];
            byte[] sixToFour = [0x20, 0x02, .. four, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
            byte[] compatible = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. four];
            foreach (var dressed in (byte[][])[translated, sixToFour, compatible]) Assert.False(Guard.Allows(new IPAddress(dressed)));
        });
}
