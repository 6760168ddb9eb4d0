using System.Security.Cryptography;
using System.Text;
using Casefile.Core.Tenancy;
using Casefile.Core.Webhooks;

namespace Casefile.Core.Tests.Webhooks;

public sealed class WebhookSecretTests
{
    [Fact]
    public void A_receiver_can_check_a_signature_by_what_is_documented()
    {
        var body = """{"id":1}"""u8;
        var expected = HMACSHA256.HashData("whs_secret"u8, Encoding.UTF8.GetBytes("""1767225600.{"id":1}"""));
        Assert.Equal("sha256=" + Convert.ToHexStringLower(expected), WebhookSecret.Sign("whs_secret", 1_767_225_600, body));
    }

    [Fact]
    public void A_secret_is_kept_encrypted_and_never_twice_in_the_same_way()
    {
        var secrets = new WebhookSecret(new TenancyOptions { Pepper = "pepper" });
        var secret = WebhookSecret.New();
        var (one, other) = (secrets.Seal(secret, 7), secrets.Seal(secret, 7));
        Assert.NotEqual(one, other);
        Assert.DoesNotContain(secret, Encoding.Latin1.GetString(one), StringComparison.Ordinal);
        Assert.Equal(secret, secrets.Open(one, 7));
    }

    [Fact]
    public void A_kept_secret_is_no_good_for_another_webhook_under_another_pepper_or_when_tampered_with()
    {
        var secrets = new WebhookSecret(new TenancyOptions { Pepper = "pepper" });
        var kept = secrets.Seal("whs_secret", 7);
        Assert.Null(secrets.Open(kept, 8));
        Assert.Null(new WebhookSecret(new TenancyOptions { Pepper = "other" }).Open(kept, 7));
        Assert.Null(secrets.Open([], 7));
        for (var i = 0; i < kept.Length; i++)
        {
            var tampered = kept.ToArray();
            tampered[i] ^= 1;
            Assert.Null(secrets.Open(tampered, 7));
        }
    }

    [Fact]
    public void While_the_pepper_is_rotated_both_open_and_a_secret_can_be_renewed()
    {
        var kept = new WebhookSecret(new TenancyOptions { Pepper = "old" }).Seal("whs_secret", 7);
        var both = new WebhookSecret(new TenancyOptions { Pepper = "new", PreviousPepper = "old" });
        Assert.Equal("whs_secret", both.Open(kept, 7));

        var renewed = both.Renew(kept, 7).ToArray();
        Assert.Equal("whs_secret", new WebhookSecret(new TenancyOptions { Pepper = "new" }).Open(renewed, 7));
        Assert.Equal(renewed, both.Renew(renewed, 7).ToArray());
    }
}
