using System.Text;
using Casefile.Functions.Http;

namespace Casefile.Functions.Tests.Http;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("{\"a\":1,}", "line 1, byte 8")]
    [InlineData("{\n  \"a\": tru\n}", "line 2, byte 11")]
    [InlineData("{\"a\":1} x", "line 1, byte 9")]
    [InlineData("{\"a\":\"tab\there\"}", "line 1, byte 10")]
    [InlineData("{\"a\":01}", "line 1, byte 7")]
    [InlineData("// comment\n{}", "line 1, byte 1")]
    [InlineData("", "line 1, byte 1")]
    public void Broken_JSON_is_refused_with_its_position(string json, string position)
        => Assert.EndsWith(position, Refused(Encoding.UTF8.GetBytes(json)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"a":"\ud83d"}""", 7)]
    [InlineData("""{"a":"\uDE00"}""", 7)]
    [InlineData("""{"a":"\ude00\ud83d"}""", 7)]
    [InlineData("""{"a":"\ud83d\u0041"}""", 7)]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", 7)]
    [InlineData("""{"\ud83d":1}""", 3)]
    public void Half_a_surrogate_pair_is_refused_with_its_position(string json, int position)
        => Assert.Equal($"half of a surrogate pair at line 1, byte {position}", Refused(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud83d"}""")]
    [InlineData("""{"a":"\\\ud83d\ude00\\"}""")]
    public void Whole_pairs_and_escaped_backslashes_are_taken(string json)
        => Assert.True(StrictJson.TryParse(Encoding.UTF8.GetBytes(json), out _, out _));

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_with_their_position()
    {
        byte[] json = [.. "{\"a\":\n\"x"u8, 0xC3, 0x28, .. "\"}"u8];

        Assert.Equal("not valid UTF-8 at line 2, byte 3", Refused(json));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"x":[{"a":1,"b":2,"a":3}]}""")]
    public void A_member_given_twice_is_refused_by_name(string json)
        => Assert.Contains("'a'", Refused(Encoding.UTF8.GetBytes(json)), StringComparison.Ordinal);

    [Fact]
    public void Sixty_four_levels_are_taken_and_one_more_is_not()
    {
        Assert.True(StrictJson.TryParse(Encoding.UTF8.GetBytes(new string('[', 64) + new string(']', 64)), out _, out _));
        Assert.Contains("64", Refused(Encoding.UTF8.GetBytes(new string('[', 65) + new string(']', 65))), StringComparison.Ordinal);
        Refused(Encoding.UTF8.GetBytes(new string('[', 1_000_000)));
    }

    private static string Refused(byte[] json)
    {
        Assert.False(StrictJson.TryParse(json, out _, out var reason));
        return reason!;
    }
}
