using Casefile.Core.Records;
using Casefile.Functions.Http;
using Casefile.Functions.Records;

namespace Casefile.Functions.Tests.Records;

public sealed class KeptListsTests
{
    [Fact]
    public void The_least_recently_used_goes_first()
    {
        var kept = new KeptLists(new KeptListOptions { Bytes = 8_000, LargestBytes = 4_000 });
        kept.Keep(Question("a"), List(1_500));
        kept.Keep(Question("b"), List(1_500));
        kept.Keep(Question("c"), List(1_500));
        Assert.True(kept.TryFind(Question("a"), out _));

        kept.Keep(Question("d"), List(1_500));

        Assert.False(kept.TryFind(Question("b"), out _));
        Assert.All(["a", "c", "d"], name => Assert.True(kept.TryFind(Question(name), out _)));
    }

    [Fact]
    public void A_newer_answer_takes_the_place_and_the_bytes_of_the_one_before()
    {
        var kept = new KeptLists(new KeptListOptions { Bytes = 8_000, LargestBytes = 4_000 });
        kept.Keep(Question("other"), List(2_000));
        for (var version = 1; version <= 100; version++) kept.Keep(Question("same"), List(3_000, version));

        Assert.True(kept.TryFind(Question("same"), out var newest));
        Assert.Equal(100, newest.Ground.Version);
        Assert.True(kept.TryFind(Question("other"), out _));
        Assert.Equal(2, kept.Count);
    }

    [Theory]
    [InlineData(8_000, 4_000, 4_000, true)]
    [InlineData(8_000, 4_000, 4_001, false)]
    [InlineData(0, 4_000, 1, false)]
    public void No_answer_is_kept_that_is_larger_than_allowed(long bytes, long largest, int length, bool taken)
        => Assert.Equal(taken, new KeptLists(new KeptListOptions { Bytes = bytes, LargestBytes = largest }).Takes(length));

    [Fact]
    public void The_owners_answer_is_not_the_others()
    {
        var kept = new KeptLists(new KeptListOptions());
        kept.Keep(Question("same") with { ByOwner = true }, List(10));

        Assert.False(kept.TryFind(Question("same"), out _));
    }

    private static ListQuestion Question(string name) => new(new Address("http", "localhost", "", "/api/v1/records", $"?name={name}"), ByOwner: false);

    private static KeptList List(int bytes, long version = 1) => new(new ListGround(1, version, null, []), "\"tag\"", new byte[bytes]);
}
