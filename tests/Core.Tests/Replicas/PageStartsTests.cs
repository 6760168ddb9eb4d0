using Casefile.Core.Replicas;

namespace Casefile.Core.Tests.Replicas;

public sealed class PageStartsTests
{
    private readonly PageStarts starts = new();

    [Fact]
    public void A_page_is_reached_from_the_nearest_start_that_is_not_behind_it()
    {
        Remember(5, "a", 20);
        Remember(5, "a", 80);
        Remember(5, "a", 40);
        Remember(5, "b", 60);

        Assert.Equal(At(40), starts.Before(5, "a", 79));
        Assert.Equal(At(80), starts.Before(5, "a", 80));
        Assert.Null(starts.Before(5, "a", 19));
        Assert.Null(starts.Before(5, "c", 80));
    }

    [Fact]
    public void A_start_is_good_for_its_version_alone_and_a_newer_version_stays()
    {
        Remember(5, "a", 20);
        Assert.Null(starts.Before(4, "a", 20));
        Assert.Null(starts.Before(6, "a", 20));

        Remember(6, "a", 40);
        Remember(5, "a", 60);
        Assert.Null(starts.Before(5, "a", 100));
        Assert.Equal(At(40), starts.Before(6, "a", 100));
    }

    [Fact]
    public void The_latest_pages_of_the_lists_asked_for_lately_are_remembered_and_long_texts_are_not()
    {
        for (var page = 1; page <= 100; page++) Remember(5, "a", page * 20);
        Assert.Null(starts.Before(5, "a", 68 * 20));
        Assert.Equal(At(69 * 20), starts.Before(5, "a", 69 * 20));

        for (var list = 0; list < 31; list++) Remember(5, $"list {list}", 20);
        Assert.NotNull(starts.Before(5, "a", 2_000));
        Remember(5, "one more", 20);
        Assert.Null(starts.Before(5, "list 0", 20));
        Assert.NotNull(starts.Before(5, "a", 2_000));

        starts.Remember(5, "long", new PageStart(20, new RecordPosition(new string('x', 257), 1)));
        Assert.Null(starts.Before(5, "long", 20));
    }

    private void Remember(long version, string list, long skip) => starts.Remember(version, list, At(skip));

    private static PageStart At(long skip) => new(skip, new RecordPosition($"value {skip}", skip));
}
